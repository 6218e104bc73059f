#include "jni/record.h"

namespace jmxbridge {
namespace {

using Bytes = std::span<const std::byte>;

std::optional<std::uint32_t> take_number(Bytes& bytes) {
  if (bytes.size() < 4) return std::nullopt;
  std::uint32_t number = 0;
  for (const std::byte b : bytes.first(4)) number = number << 8 | static_cast<std::uint8_t>(b);
  bytes = bytes.subspan(4);
  return number;
}

std::optional<Bytes> take_block(Bytes& bytes) {
  const std::optional<std::uint32_t> size = take_number(bytes);
  if (!size || *size > bytes.size()) return std::nullopt;
  const Bytes block = bytes.first(*size);
  bytes = bytes.subspan(*size);
  return block;
}

template <class Status>
std::optional<Status> take_status(Bytes& bytes, Status last) {
  if (bytes.empty() || static_cast<std::uint8_t>(bytes[0]) > static_cast<std::uint8_t>(last)) {
    return std::nullopt;
  }
  const Status status = static_cast<Status>(bytes[0]);
  bytes = bytes.subspan(1);
  return status;
}

}  // namespace

std::optional<BeanRecord> next_bean(std::span<const std::byte>& bytes) {
  std::optional<Bytes> rest = take_block(bytes);
  if (!rest) return std::nullopt;
  const std::optional<std::uint32_t> bean = take_number(*rest);
  const std::optional<BeanRecord::Status> status = take_status(*rest, BeanRecord::Status::kFailed);
  const std::optional<Bytes> block = take_block(*rest);
  if (!bean || !status || !block) return std::nullopt;
  BeanRecord record;
  record.bean = *bean;
  record.status = *status;
  if (*status == BeanRecord::Status::kRead) {
    record.info = *block;
    record.attributes = *rest;
  } else {
    record.detail = as_text(*block);
  }
  return record;
}

std::optional<AttributeRecord> next_attribute(std::span<const std::byte>& bytes) {
  const std::optional<std::uint32_t> attribute = take_number(bytes);
  const std::optional<AttributeRecord::Status> status =
      take_status(bytes, AttributeRecord::Status::kLimit);
  const std::optional<Bytes> block = take_block(bytes);
  if (!attribute || !status || !block) return std::nullopt;
  return AttributeRecord{*attribute, *status, *block};
}

}  // namespace jmxbridge
