#pragma once

#include <functional>
#include <map>
#include <string>

#include "config/yaml_cursor.h"

namespace jmxbridge {

/// True for what names of directives and handles of tags are made of: ASCII letters, digits, `-`
/// and `_`.
bool is_yaml_word(char32_t c);

/// Scans tags and resolves their handles: the two that YAML defines and those of the file's %TAG
/// directives. Both functions return false where the cursor was given a fault.
class YamlTags {
 public:
  YamlTags();

  /// The rest of a %TAG directive, behind its name. `start` is the place of its `%`.
  bool scan_directive(YamlCursor& text, Mark start);
  /// A tag, from its `!`. `resolved` is empty before, and then as `tag:yaml.org,2002:str`.
  bool scan(YamlCursor& text, std::string& resolved) const;

 private:
  bool scan_shorthand(YamlCursor& text, Mark start, std::string& resolved) const;

  std::map<std::string, std::string, std::less<>> prefixes_;  ///< by handle
};

}  // namespace jmxbridge
