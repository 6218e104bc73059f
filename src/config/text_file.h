#pragma once

#include <cstddef>
#include <string>

#include "base/result.h"

namespace jmxbridge {

/// The text of a file, at most one byte more than `most`. The error is a clause that says what to
/// do.
Result<std::string> read_text_file(const std::string& path, std::size_t most);

}  // namespace jmxbridge
