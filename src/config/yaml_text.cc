#include "config/yaml_text.h"

#include <fmt/format.h>

#include <cstdint>

#include "base/utf.h"

namespace jmxbridge {
namespace {

constexpr char32_t kByteOrderMark = 0xFEFF;
constexpr char32_t kReplacement = 0xFFFD;

bool is_admitted(char32_t c) {
  return (c >= 0x20 && c <= 0x7E) || c == '\n' || c == '\r' || c == '\t' || c == 0x85 ||
         (c >= 0xA0 && c <= 0xD7FF) || (c >= 0xE000 && c <= 0xFFFD) ||
         (c >= 0x10000 && c <= 0x10FFFF);
}

// Reads one code point at `at` and moves past it; false if the bytes there are no UTF-8.
bool read_code_point(std::string_view bytes, std::size_t& at, char32_t& out) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(bytes[i]); };
  const std::uint8_t first = byte(at);
  std::size_t length = 1;
  char32_t smallest = 0;
  if (first < 0x80) {
    out = first;
  } else if (first >= 0xC2 && first < 0xE0) {
    length = 2;
    smallest = 0x80;
    out = first & 0x1F;
  } else if (first >= 0xE0 && first < 0xF0) {
    length = 3;
    smallest = 0x800;
    out = first & 0x0F;
  } else if (first >= 0xF0 && first < 0xF5) {
    length = 4;
    smallest = 0x10000;
    out = first & 0x07;
  } else {
    return false;
  }
  if (bytes.size() - at < length) return false;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(at + i) & 0xC0) != 0x80) return false;
    out = (out << 6) | (byte(at + i) & 0x3F);
  }
  if (out < smallest || out > 0x10FFFF || (out >= 0xD800 && out < 0xE000)) return false;
  at += length;
  return true;
}

}  // namespace

void append_utf8(char32_t c, std::string& out) {
  if (c >= 0xD800 && c < 0xE000) {
    out += '?';
  } else {
    append_code_point(c, out);
  }
}

std::optional<YamlFault> decode_yaml(std::string_view bytes, std::u32string& out,
                                     std::optional<Mark>& not_utf8) {
  out.clear();
  out.reserve(bytes.size());
  Mark mark{1, 1};
  std::size_t at = 0;
  while (at < bytes.size()) {
    const std::size_t start = at;
    char32_t c = 0;
    if (!read_code_point(bytes, at, c)) {
      if (!not_utf8) not_utf8 = mark;
      c = kReplacement;
      ++at;
    }
    if (c == kByteOrderMark && start == 0) continue;
    if (!is_admitted(c)) {
      return YamlFault{
          mark, fmt::format("the character U+{:04X} cannot stand in YAML; remove it, or write it "
                            "as an escape in double quotes",
                            static_cast<std::uint32_t>(c))};
    }
    out += c;
    const bool half = c == U'\r' && at < bytes.size() && bytes[at] == '\n';
    if (is_yaml_break(c) && !half) {
      ++mark.line;
      mark.column = 1;
    } else if (c != kByteOrderMark) {
      ++mark.column;
    }
  }
  return std::nullopt;
}

}  // namespace jmxbridge
