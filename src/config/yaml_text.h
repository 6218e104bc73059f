#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "config/report.h"

namespace jmxbridge {

/// What is wrong with a text before it has a structure, and where.
struct YamlFault {
  Mark mark;
  std::string text;
};

/// Decodes UTF-8 and takes off a byte order mark at the start. A fault names the first character
/// that YAML 1.1 does not admit; marks count code points. Bytes that are no UTF-8 become U+FFFD, as
/// in Java, and `not_utf8` is the place of the first.
std::optional<YamlFault> decode_yaml(std::string_view bytes, std::u32string& out,
                                     std::optional<Mark>& not_utf8);

/// Appends one code point as UTF-8; a lone surrogate becomes `?`, as Java writes it.
void append_utf8(char32_t c, std::string& out);

/// The YAML 1.1 line breaks: LF, CR, NEL, LS and PS.
constexpr bool is_yaml_break(char32_t c) {
  return c == U'\n' || c == U'\r' || c == U'\x85' || c == U'\x2028' || c == U'\x2029';
}

}  // namespace jmxbridge
