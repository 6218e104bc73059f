#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace jmxbridge {

/// What was read of one bean, as io.jmxbridge.Record wrote it. A view into the lane's memory.
struct BeanRecord {
  enum class Status : std::uint8_t { kRead, kGone, kFailed };

  std::uint32_t bean = 0;
  Status status = Status::kRead;
  std::span<const std::byte> info;        ///< the stream of its MBeanInfo; empty: none
  std::span<const std::byte> attributes;  ///< for next_attribute()
  std::string_view detail;                ///< for all but kRead
};

/// What came of one attribute.
struct AttributeRecord {
  enum class Status : std::uint8_t { kValue, kThrew, kUnknownClass, kMalformed, kLimit };

  std::uint32_t attribute = 0;
  Status status = Status::kValue;
  std::span<const std::byte> bytes;  ///< the value's stream, or a text
};

/// Takes the next record off `bytes`; nothing at the end, or where the bytes make no sense.
std::optional<BeanRecord> next_bean(std::span<const std::byte>& bytes);

/// Takes the next attribute off a record's `attributes`.
std::optional<AttributeRecord> next_attribute(std::span<const std::byte>& bytes);

/// The bytes as text.
inline std::string_view as_text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace jmxbridge
