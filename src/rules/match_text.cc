#include "rules/match_text.h"

#include <cstddef>

#include "base/utf.h"
#include "rules/java_case.h"

namespace jmxbridge {
namespace {}  // namespace

void append_match_subject(const Leaf& leaf, std::string_view attribute, std::string& out) {
  out += leaf.domain;
  out += '<';
  bool first = true;
  for (const Property& property : leaf.properties) {
    if (!first) out += ", ";
    first = false;
    out += property.key;
    out += '=';
    out += property.value;
  }
  out += "><";
  first = true;
  for (const std::string& key : leaf.attribute_keys) {
    if (!first) out += ", ";
    first = false;
    out += key;
  }
  out += '>';
  out += attribute;
}

std::string snake_case(std::string_view name) {
  std::string out;
  out.reserve(name.size() + 8);
  // The first character gets no underscore, whatever it is.
  bool after_break = true;
  for (std::size_t i = 0; i < name.size();) {
    const auto lead = static_cast<unsigned char>(name[i]);
    const std::size_t size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    if (i + size > name.size()) {
      out += name.substr(i);
      break;
    }
    if (size == 4) {
      // Two chars to Java, neither of which has a case.
      out += name.substr(i, size);
      after_break = false;
    } else {
      char32_t c = size == 1 ? lead : lead & (0x7FU >> size);
      for (std::size_t k = 1; k < size; ++k) {
        c = (c << 6) | (static_cast<unsigned char>(name[i + k]) & 0x3FU);
      }
      const bool upper = is_java_upper(c);
      if (upper && !after_break) out += '_';
      append_code_point(java_lower(c), out);
      after_break = upper || c == '_';
    }
    i += size;
  }
  return out;
}

}  // namespace jmxbridge
