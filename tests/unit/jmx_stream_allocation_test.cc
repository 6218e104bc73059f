#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "count_allocations.h"
#include "jmx/stream_decoder.h"
#include "jmx_stream_text.h"

using namespace jmxbridge;
using namespace std::string_literals;

TEST_CASE("stream: the second decode of a stream allocates nothing", "[jmx][allocations]") {
  const std::string name =
      GENERATE("jdk17/mxbean.v1.bin", "jdk17/scalars.v1.bin", "jdk17/unknown.v1.bin",
               "jdk25/times.v1.bin", "jdk25/others.v1.bin");
  const std::vector<std::byte> stream = read_stream(name);
  StreamDecoder decoder{Limits{}};
  REQUIRE(decoder.decode_attribute_list(stream).has_value());
  const std::size_t before = allocations;
  std::size_t values = 0;
  for (int i = 0; i < 100; ++i) values += decoder.decode_attribute_list(stream)->size();
  const std::size_t after = allocations;
  CHECK(values >= 500);
  CHECK(after - before == 0);
}

TEST_CASE("stream: streams by turns allocate nothing once each was read", "[jmx][allocations]") {
  const std::vector<std::byte> one = read_stream("jdk17/mxbean.v1.bin");
  const std::vector<std::byte> two = read_stream("jdk17/codebase.v1.bin");
  StreamDecoder decoder{Limits{}};
  for (int i = 0; i < 3; ++i) {
    REQUIRE(decoder.decode_attribute_list(one).has_value());
    REQUIRE(decoder.decode_attribute_list(two).has_value());
  }
  const std::size_t before = allocations;
  (void)decoder.decode_attribute_list(one);
  (void)decoder.decode_attribute_list(two);
  CHECK(allocations - before == 0);
}

TEST_CASE("hostile stream: a claimed length allocates no more than the bytes allow",
          "[jmx][allocations]") {
  std::string text =
      "\xAC\xED\0\x05\x75\x72\0\x13[Ljava.lang.Object;\0\0\0\0\0\0\0\1\2\0\0\x78\x70\x7F\xFF\xFF\xFF"s;
  text += std::string(100, '\x70');
  StreamDecoder decoder{Limits{}};
  largest_allocation = 0;
  const auto value =
      decoder.decode_value({reinterpret_cast<const std::byte*>(text.data()), text.size()});
  const std::size_t most = largest_allocation;
  CHECK_FALSE(value.has_value());
  CHECK(most <= 8192);
}
