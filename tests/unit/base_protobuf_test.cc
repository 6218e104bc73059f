#include <catch2/catch.hpp>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>

#include "base/protobuf_reader.h"
#include "base/protobuf_writer.h"

namespace jmxbridge {
namespace {

/// The fields of a message, `number:type=value` each.
std::string fields_of(std::string_view message) {
  std::string out;
  ProtobufReader reader(message);
  while (const std::optional<ProtobufField> field = reader.next()) {
    out += std::to_string(field->number) + ":" + std::to_string(static_cast<int>(field->type)) +
           "=" +
           (field->type == WireType::kDelimited ? std::string(field->text)
                                                : std::to_string(field->integer)) +
           " ";
  }
  return out;
}

TEST_CASE("protobuf: what is written is read back", "[base]") {
  std::string message;
  put_number(1, 0, message);
  put_number(2, std::numeric_limits<std::uint64_t>::max(), message);
  put_text(3, "text", message);
  put_text(4, "", message);
  put_fixed64(1000, 0x0102030405060708U, message);
  put_double(6, 1.0, message);
  message += std::string("\x3d\x01\0\0\0", 5);
  CHECK(fields_of(message) ==
        "1:0=0 2:0=18446744073709551615 3:2=text 4:2= 1000:1=72623859790382856 "
        "6:1=4607182418800017408 7:5=1 ");
}

TEST_CASE("protobuf: the bytes are those of the encoding's description", "[base]") {
  std::string message;
  put_number(1, 150, message);
  CHECK(message == "\x08\x96\x01");
  message.clear();
  put_text(2, "testing", message);
  CHECK(message == "\x12\x07testing");
}

TEST_CASE("protobuf: a message that is cut or broken ends there", "[base]") {
  std::string message;
  put_number(1, 7, message);
  const std::string good = fields_of(message);
  const std::string broken[] = {
      "\x12\x05"
      "abc",  // longer than what is left
      "\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
      "\x08",                                              // no value
      "\x08\x80",                                          // a varint without an end
      "\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",  // one that is too long
      "\x09"
      "1234567",  // seven of eight bytes
      "\x0d"
      "123",                 // three of four
      std::string("\0", 1),  // field 0
      "\x0b",
      "\x0c",
      "\x0e",
      "\x0f",                      // groups, and what is no type
      "\xff\xff\xff\xff\xff\x01",  // a field's number that is too large
  };
  for (const std::string& rest : broken) CHECK(fields_of(message + rest) == good);
}

}  // namespace
}  // namespace jmxbridge
