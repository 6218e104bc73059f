#pragma once

#include <cstdint>
#include <string>
#include <string_view>

// Protobuf's encoding, field by field. Each function appends to `out`; `field` is the field's
// number in its message.

namespace jmxbridge {

/// How a field is laid out: the last three bits of its key.
enum class WireType : std::uint8_t { kVarint = 0, kFixed64 = 1, kDelimited = 2, kFixed32 = 5 };

void put_varint(std::uint64_t number, std::string& out);
void put_key(std::uint32_t field, WireType type, std::string& out);
/// A whole number, a boolean or an enumeration's.
void put_number(std::uint32_t field, std::uint64_t number, std::string& out);
/// A text, bytes, or a message that is ready.
void put_text(std::uint32_t field, std::string_view text, std::string& out);
void put_fixed64(std::uint32_t field, std::uint64_t number, std::string& out);
void put_double(std::uint32_t field, double number, std::string& out);

}  // namespace jmxbridge
