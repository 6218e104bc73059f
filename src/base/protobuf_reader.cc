#include "base/protobuf_reader.h"

#include <cstddef>

namespace jmxbridge {

std::optional<ProtobufField> ProtobufReader::broken() {
  rest_ = {};
  return std::nullopt;
}

std::optional<std::uint64_t> ProtobufReader::take_varint() {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < 10 && i < rest_.size(); ++i) {
    const auto byte = static_cast<unsigned char>(rest_[i]);
    number |= std::uint64_t{byte & 0x7FU} << (7 * i);
    if (byte < 0x80) {
      rest_.remove_prefix(i + 1);
      return number;
    }
  }
  return std::nullopt;
}

std::optional<std::uint64_t> ProtobufReader::take_fixed(std::size_t size) {
  if (rest_.size() < size) return std::nullopt;
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < size; ++i) {
    number |= std::uint64_t{static_cast<unsigned char>(rest_[i])} << (8 * i);
  }
  rest_.remove_prefix(size);
  return number;
}

std::optional<ProtobufField> ProtobufReader::next() {
  if (rest_.empty()) return std::nullopt;
  const std::optional<std::uint64_t> key = take_varint();
  if (!key || *key >> 3 == 0 || *key >> 3 > 0x1FFFFFFF) return broken();
  ProtobufField field;
  field.number = static_cast<std::uint32_t>(*key >> 3);
  field.type = static_cast<WireType>(*key & 7U);
  std::optional<std::uint64_t> number;
  switch (field.type) {
    case WireType::kVarint:
      number = take_varint();
      break;
    case WireType::kFixed64:
      number = take_fixed(8);
      break;
    case WireType::kFixed32:
      number = take_fixed(4);
      break;
    case WireType::kDelimited:
      number = take_varint();
      if (!number || *number > rest_.size()) return broken();
      field.text = rest_.substr(0, static_cast<std::size_t>(*number));
      rest_.remove_prefix(field.text.size());
      return field;
  }
  if (!number) return broken();
  field.integer = *number;
  return field;
}

}  // namespace jmxbridge
