#pragma once

#include <string>

#include "config/yaml_cursor.h"

namespace jmxbridge {

// The content of scalars, by SnakeYAML's rules: where one ends, how its lines fold and what its
// escapes stand for. `indent` is the indentation of the block collection around the scalar, -1
// outside of all. Where a function returns false, the cursor was given a fault.

/// True if a plain scalar can start here.
bool starts_plain_scalar(const YamlCursor& text, bool in_flow);

struct PlainScalar {
  std::u32string content;
  bool ends_line = false;  ///< a line break stands between it and what follows
};
PlainScalar scan_plain_scalar(YamlCursor& text, int indent, bool in_flow);

/// From the quote that opens the scalar to behind the one that closes it.
bool scan_quoted_scalar(YamlCursor& text, std::u32string& content);

/// From the `|` or `>` to the next line that does not belong to the scalar.
bool scan_block_scalar(YamlCursor& text, int indent, std::u32string& content);

}  // namespace jmxbridge
