#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace jmxbridge {

/// Reads big-endian fields from bytes it does not own, never past their end. The first read that
/// does not fit makes the reader fail for good: it then stands at the end, and every read yields
/// zeros. So a parser may check `ok()` once after a group of reads, before it acts on them.
class ByteReader {
 public:
  ByteReader() = default;
  explicit ByteReader(std::span<const std::byte> bytes)
      : begin_(bytes.data()), at_(bytes.data()), end_(bytes.data() + bytes.size()) {}

  bool ok() const { return !failed_; }
  std::size_t remaining() const { return static_cast<std::size_t>(end_ - at_); }
  /// Bytes read so far.
  std::size_t position() const { return static_cast<std::size_t>(at_ - begin_); }

  /// The next byte without taking it; 0 at the end, without failing.
  std::uint8_t peek() const { return at_ == end_ ? 0 : static_cast<std::uint8_t>(*at_); }

  std::uint8_t u8() { return take_integer<std::uint8_t>(); }
  std::uint16_t u16() { return take_integer<std::uint16_t>(); }
  std::uint32_t u32() { return take_integer<std::uint32_t>(); }
  std::uint64_t u64() { return take_integer<std::uint64_t>(); }
  std::int32_t i32() { return static_cast<std::int32_t>(u32()); }
  std::int64_t i64() { return static_cast<std::int64_t>(u64()); }

  /// The next `count` bytes, which stay where they are; empty if there are fewer.
  std::span<const std::byte> take(std::uint64_t count) {
    if (count > remaining()) {
      fail();
      return {};
    }
    const std::byte* const from = at_;
    at_ += count;
    return {from, static_cast<std::size_t>(count)};
  }

  /// The same as text.
  std::string_view take_text(std::uint64_t count) {
    const std::span<const std::byte> bytes = take(count);
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }

  void fail() {
    failed_ = true;
    at_ = end_;
  }

 private:
  template <class Integer>
  Integer take_integer() {
    if (remaining() < sizeof(Integer)) [[unlikely]] {
      fail();
      return 0;
    }
    Integer integer = 0;
    for (std::size_t i = 0; i < sizeof(Integer); ++i) {
      integer = static_cast<Integer>(static_cast<std::uint64_t>(integer) << 8 |
                                     static_cast<std::uint64_t>(at_[i]));
    }
    at_ += sizeof(Integer);
    return integer;
  }

  const std::byte* begin_ = nullptr;
  const std::byte* at_ = nullptr;
  const std::byte* end_ = nullptr;
  bool failed_ = false;
};

}  // namespace jmxbridge
