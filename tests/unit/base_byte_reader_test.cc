#include "base/byte_reader.h"

#include <array>
#include <catch2/catch.hpp>

using namespace jmxbridge;

namespace {

constexpr std::array<std::byte, 9> kBytes = {std::byte{0x81}, std::byte{0x82}, std::byte{0x83},
                                             std::byte{0x84}, std::byte{0x85}, std::byte{0x86},
                                             std::byte{0x87}, std::byte{0x88}, std::byte{'z'}};

}  // namespace

TEST_CASE("byte reader: integers are big-endian", "[base]") {
  CHECK(ByteReader(kBytes).u8() == 0x81);
  CHECK(ByteReader(kBytes).u16() == 0x8182);
  CHECK(ByteReader(kBytes).u32() == 0x81828384);
  CHECK(ByteReader(kBytes).u64() == 0x8182838485868788);
  CHECK(ByteReader(kBytes).i32() == static_cast<std::int32_t>(0x81828384));
  CHECK(ByteReader(kBytes).i64() == static_cast<std::int64_t>(0x8182838485868788));
}

TEST_CASE("byte reader: it goes on where it stopped", "[base]") {
  ByteReader in(kBytes);
  CHECK(in.take(7).size() == 7);
  CHECK(in.position() == 7);
  CHECK(in.peek() == 0x88);
  CHECK(in.u8() == 0x88);
  CHECK(in.take_text(1) == "z");
  CHECK(in.remaining() == 0);
  CHECK(in.ok());
  CHECK(in.peek() == 0);
  CHECK(in.ok());
}

TEST_CASE("byte reader: the first read past the end fails it for good", "[base]") {
  ByteReader in(kBytes);
  CHECK(in.u64() != 0);
  CHECK(in.u16() == 0);
  CHECK_FALSE(in.ok());
  CHECK(in.remaining() == 0);
  CHECK(in.u8() == 0);
  CHECK(in.take(1).empty());
  CHECK_FALSE(in.ok());
}

TEST_CASE("byte reader: no length is too large to be refused", "[base]") {
  ByteReader in(kBytes);
  CHECK(in.take(~std::uint64_t{0}).empty());
  CHECK_FALSE(in.ok());
  ByteReader empty;
  CHECK(empty.ok());
  CHECK(empty.take(0).empty());
  CHECK(empty.ok());
  CHECK(empty.u8() == 0);
  CHECK_FALSE(empty.ok());
}
