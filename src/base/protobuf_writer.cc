#include "base/protobuf_writer.h"

#include <bit>
#include <cstddef>

namespace jmxbridge {

void put_varint(std::uint64_t number, std::string& out) {
  for (; number > 0x7FU; number >>= 7) out += static_cast<char>((number & 0x7FU) | 0x80U);
  out += static_cast<char>(number);
}

void put_key(std::uint32_t field, WireType type, std::string& out) {
  put_varint((std::uint64_t{field} << 3) | static_cast<std::uint8_t>(type), out);
}

void put_number(std::uint32_t field, std::uint64_t number, std::string& out) {
  put_key(field, WireType::kVarint, out);
  put_varint(number, out);
}

void put_text(std::uint32_t field, std::string_view text, std::string& out) {
  put_key(field, WireType::kDelimited, out);
  put_varint(text.size(), out);
  out += text;
}

void put_fixed64(std::uint32_t field, std::uint64_t number, std::string& out) {
  put_key(field, WireType::kFixed64, out);
  for (std::size_t i = 0; i < sizeof number; ++i) out += static_cast<char>(number >> (8 * i));
}

void put_double(std::uint32_t field, double number, std::string& out) {
  put_fixed64(field, std::bit_cast<std::uint64_t>(number), out);
}

}  // namespace jmxbridge
