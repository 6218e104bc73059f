#include <libdeflate.h>

#include <catch2/catch.hpp>
#include <memory>
#include <random>
#include <string>
#include <utility>

#include "exposition/gzip.h"

using namespace jmxbridge;

namespace {

/// What gzip makes of `member`; fails the test unless it is one whole member and nothing else.
std::string decompress(const std::string& member, std::size_t expected_size) {
  const std::unique_ptr<libdeflate_decompressor, void (*)(libdeflate_decompressor*)> decompressor(
      libdeflate_alloc_decompressor(), libdeflate_free_decompressor);
  std::string out(expected_size + 1, '\0');
  std::size_t read = 0;
  std::size_t written = 0;
  REQUIRE(libdeflate_gzip_decompress_ex(decompressor.get(), member.data(), member.size(),
                                        out.data(), out.size(), &read,
                                        &written) == LIBDEFLATE_SUCCESS);
  CHECK(read == member.size());
  out.resize(written);
  return out;
}

}  // namespace

TEST_CASE("gzip: a body comes back as it was, whatever its size", "[exposition]") {
  GzipWriter writer;
  std::string member = "what stood here before is replaced";
  std::mt19937 random(20240601);
  for (const std::size_t size : {0, 1, 2, 17, 4096, 65535, 65536, 1 << 20}) {
    std::string body(size, '\0');
    for (char& c : body) c = static_cast<char>(random() % 7 == 0 ? random() : 'a');
    writer.compress(body, member);
    CAPTURE(size);
    CHECK(decompress(member, size) == body);
  }
}

TEST_CASE("gzip: the member starts with the magic number of RFC 1952", "[exposition]") {
  GzipWriter writer;
  std::string member;
  writer.compress("jmx_up 1.0\n", member);
  REQUIRE(member.size() > 18);
  CHECK(member.substr(0, 3) == "\x1f\x8b\x08");
}

TEST_CASE("gzip: a page shrinks to a fraction", "[exposition]") {
  std::string body;
  for (int i = 0; i < 2000; ++i) {
    body += "kafka_log_Log_Value{name=\"Size\",partition=\"" + std::to_string(i) + "\"} 1.0E7\n";
  }
  GzipWriter writer;
  std::string member;
  writer.compress(body, member);
  CHECK(member.size() * 5 < body.size());
}

TEST_CASE("gzip: a writer can be moved and goes on working", "[exposition]") {
  GzipWriter first;
  GzipWriter second = std::move(first);
  std::string member;
  second.compress("moved", member);
  CHECK(decompress(member, 5) == "moved");
  GzipWriter third;
  third = std::move(second);
  third.compress("again", member);
  CHECK(decompress(member, 5) == "again");
}
