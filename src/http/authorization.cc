#include "http/authorization.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace jmxbridge {
namespace {

int sextet_of(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+') return 62;
  if (c == '/') return 63;
  return -1;
}

bool is_basic(std::string_view scheme) {
  constexpr std::string_view kBasic = "basic";
  if (scheme.size() != kBasic.size()) return false;
  for (std::size_t i = 0; i < kBasic.size(); ++i) {
    if ((scheme[i] | 0x20) != kBasic[i]) return false;
  }
  return true;
}

}  // namespace

std::optional<std::string> decode_base64(std::string_view text) {
  std::size_t padding = 0;
  while (padding < 2 && text.ends_with('=')) {
    text.remove_suffix(1);
    ++padding;
  }
  const std::size_t left_over = text.size() % 4;
  if (left_over == 1 || (padding > 0 && (left_over + padding) % 4 != 0)) return std::nullopt;
  std::string bytes;
  bytes.reserve(text.size() * 3 / 4);
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    const int sextet = sextet_of(c);
    if (sextet < 0) return std::nullopt;
    bits = bits << 6 | static_cast<std::uint32_t>(sextet);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes += static_cast<char>(bits >> count & 0xFF);
  }
  return bytes;
}

Authorization read_authorization(std::optional<std::string_view> header) {
  Authorization read;
  if (!header) return read;
  const std::size_t blank = header->find(' ');
  read.kind = Authorization::Kind::kOtherScheme;
  if (!is_basic(header->substr(0, blank))) return read;
  read.kind = Authorization::Kind::kMalformed;
  if (blank == std::string_view::npos) return read;
  std::string_view token = header->substr(blank + 1);
  token.remove_prefix(std::min(token.find_first_not_of(' '), token.size()));
  const std::optional<std::string> text = decode_base64(token);
  const std::size_t colon = text ? text->find(':') : std::string::npos;
  if (colon == std::string::npos) return read;
  read.kind = Authorization::Kind::kBasic;
  read.user = text->substr(0, colon);
  read.password = text->substr(colon + 1);
  return read;
}

}  // namespace jmxbridge
