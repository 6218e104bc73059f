#include "base/utf.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace jmxbridge {
namespace {

void append_three_bytes(char32_t unit, std::string& out) {
  out += static_cast<char>(0xE0 | unit >> 12);
  out += static_cast<char>(0x80 | (unit >> 6 & 0x3F));
  out += static_cast<char>(0x80 | (unit & 0x3F));
}

/// One UTF-16 code unit of modified UTF-8 at `at`, which moves past it; -1 if malformed. Overlong
/// forms are read as Java reads them.
std::int32_t next_modified_unit(std::string_view bytes, std::size_t& at) {
  const auto byte = [&](std::size_t i) -> unsigned {
    return i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0;
  };
  const unsigned lead = byte(at);
  if (lead < 0x80) {
    ++at;
    return static_cast<std::int32_t>(lead);
  }
  const unsigned second = byte(at + 1);
  if ((lead & 0xE0) == 0xC0) {
    if ((second & 0xC0) != 0x80) return -1;
    at += 2;
    return static_cast<std::int32_t>((lead & 0x1F) << 6 | (second & 0x3F));
  }
  const unsigned third = byte(at + 2);
  if ((lead & 0xF0) != 0xE0 || (second & 0xC0) != 0x80 || (third & 0xC0) != 0x80) return -1;
  at += 3;
  return static_cast<std::int32_t>((lead & 0x0F) << 12 | (second & 0x3F) << 6 | (third & 0x3F));
}

constexpr bool is_high_surrogate(std::int32_t unit) { return (unit & 0xFC00) == 0xD800; }
constexpr bool is_low_surrogate(std::int32_t unit) { return (unit & 0xFC00) == 0xDC00; }

/// Lead bytes of supplementary characters (F0…) sort in UTF-16 before those of U+E000…U+FFFF (EE,
/// EF); everything else has UTF-8's order. Exchanging the two ranges gives the key of a byte.
unsigned java_order_key(char c) {
  const unsigned byte = static_cast<unsigned char>(c);
  if (byte < 0xEE) return byte;
  return byte < 0xF0 ? byte + 0x10 : byte - 2;
}

}  // namespace

void append_code_point(char32_t point, std::string& out) {
  if (point < 0x80) {
    out += static_cast<char>(point);
  } else if (point < 0x800) {
    out += static_cast<char>(0xC0 | point >> 6);
    out += static_cast<char>(0x80 | (point & 0x3F));
  } else if (point < 0x10000) {
    append_three_bytes(point, out);
  } else {
    out += static_cast<char>(0xF0 | point >> 18);
    out += static_cast<char>(0x80 | (point >> 12 & 0x3F));
    out += static_cast<char>(0x80 | (point >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (point & 0x3F));
  }
}

std::size_t utf8_sequence(std::string_view text, char32_t* point) {
  const auto byte = [&](std::size_t i) -> unsigned {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0;
  };
  const auto continues = [&](std::size_t i) { return (byte(i) & 0xC0) == 0x80; };
  const unsigned lead = byte(0);
  if (lead < 0x80) {
    *point = lead;
    return text.empty() ? 0 : 1;
  }
  if (lead >= 0xC2 && lead <= 0xDF && continues(1)) {
    *point = (lead & 0x1F) << 6 | (byte(1) & 0x3F);
    return 2;
  }
  if ((lead & 0xF0) == 0xE0 && continues(1) && continues(2)) {
    *point = (lead & 0x0F) << 12 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F);
    return *point < 0x800 || (*point & 0xF800) == 0xD800 ? 0 : 3;
  }
  if (lead >= 0xF0 && lead <= 0xF4 && continues(1) && continues(2) && continues(3)) {
    *point =
        (lead & 0x07) << 18 | (byte(1) & 0x3F) << 12 | (byte(2) & 0x3F) << 6 | (byte(3) & 0x3F);
    return *point < 0x10000 || *point > 0x10FFFF ? 0 : 4;
  }
  return 0;
}

std::size_t ascii_prefix(std::string_view text) {
  std::size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) {
    std::uint64_t chunk;
    std::memcpy(&chunk, text.data() + at, 8);
    if ((chunk & 0x8080808080808080U) != 0) break;
  }
  while (at < text.size() && static_cast<unsigned char>(text[at]) < 0x80) ++at;
  return at;
}

bool append_modified_utf8(std::string_view bytes, std::string& out) {
  const std::size_t before = out.size();
  std::size_t at = 0;
  while (at < bytes.size()) {
    const std::size_t plain = ascii_prefix(bytes.substr(at));
    out.append(bytes, at, plain);
    at += plain;
    if (at == bytes.size()) break;
    const std::int32_t unit = next_modified_unit(bytes, at);
    if (unit < 0) {
      out.resize(before);
      return false;
    }
    if (is_high_surrogate(unit)) {
      std::size_t next = at;
      const std::int32_t low = next < bytes.size() ? next_modified_unit(bytes, next) : -1;
      if (is_low_surrogate(low)) {
        at = next;
        append_code_point(static_cast<char32_t>(0x10000 + ((unit & 0x3FF) << 10) + (low & 0x3FF)),
                          out);
        continue;
      }
      out += '?';
    } else if (is_low_surrogate(unit)) {
      out += '?';
    } else {
      append_code_point(static_cast<char32_t>(unit), out);
    }
  }
  return true;
}

void append_as_modified_utf8(std::string_view text, std::string& out) {
  while (!text.empty()) {
    char32_t point = 0;
    const std::size_t size = utf8_sequence(text, &point);
    if (size == 0) {
      out += '?';
      text.remove_prefix(1);
      continue;
    }
    if (point == 0) {
      out += "\xC0\x80";
    } else if (point >= 0x10000) {
      append_three_bytes(0xD800 + ((point - 0x10000) >> 10), out);
      append_three_bytes(0xDC00 + ((point - 0x10000) & 0x3FF), out);
    } else {
      out.append(text, 0, size);
    }
    text.remove_prefix(size);
  }
}

bool is_utf8(std::string_view bytes) {
  while (true) {
    bytes.remove_prefix(ascii_prefix(bytes));
    if (bytes.empty()) return true;
    char32_t point = 0;
    const std::size_t size = utf8_sequence(bytes, &point);
    if (size == 0) return false;
    bytes.remove_prefix(size);
  }
}

std::strong_ordering compare_java_order(std::string_view a, std::string_view b) {
  const std::size_t common = std::min(a.size(), b.size());
  for (std::size_t i = 0; i < common; ++i) {
    if (a[i] != b[i]) return java_order_key(a[i]) <=> java_order_key(b[i]);
  }
  return a.size() <=> b.size();
}

}  // namespace jmxbridge
