#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/protobuf_writer.h"

namespace jmxbridge {

/// One field of a protobuf message.
struct ProtobufField {
  std::uint32_t number = 0;
  WireType type = WireType::kVarint;
  std::uint64_t integer = 0;  ///< of kVarint, kFixed64 and kFixed32
  std::string_view text;      ///< of kDelimited, into the message
};

/// Reads a message field by field, never past its end. What breaks the format ends it.
class ProtobufReader {
 public:
  explicit ProtobufReader(std::string_view message) : rest_(message) {}

  /// The next field; nothing at the end, or at what is no field.
  std::optional<ProtobufField> next();

 private:
  std::optional<std::uint64_t> take_varint();
  std::optional<std::uint64_t> take_fixed(std::size_t size);
  std::optional<ProtobufField> broken();

  std::string_view rest_;
};

}  // namespace jmxbridge
