// Streams that no JVM writes: broken, or made to cost more than they are worth.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "jmx/stream_decoder.h"
#include "jmx_stream_text.h"

using namespace jmxbridge;
using namespace std::string_literals;

namespace {

/// Puts a stream together piece by piece.
class Stream {
 public:
  Stream() { add("\xAC\xED\0\x05"s); }

  Stream& add(const std::string& raw) {
    bytes_ += raw;
    return *this;
  }
  Stream& u8(unsigned number) { return big_endian(number, 1); }
  Stream& u16(unsigned number) { return big_endian(number, 2); }
  Stream& u32(std::uint64_t number) { return big_endian(number, 4); }
  Stream& u64(std::uint64_t number) { return big_endian(number, 8); }
  Stream& utf(const std::string& text) { return u16(static_cast<unsigned>(text.size())).add(text); }
  Stream& string(const std::string& text) { return add("\x74").utf(text); }
  Stream& reference(unsigned handle) { return add("\x71").u32(0x7E0000 + handle); }
  /// A class without superclass; `fields` in the stream's own form.
  Stream& class_desc(const std::string& name, unsigned flags, unsigned fields = 0,
                     const std::string& list = "") {
    return add("\x72").utf(name).u64(1).u8(flags).u16(fields).add(list).add("\x78\x70");
  }

  std::span<const std::byte> bytes() const {
    return {reinterpret_cast<const std::byte*>(bytes_.data()), bytes_.size()};
  }

 private:
  Stream& big_endian(std::uint64_t number, int size) {
    for (int shift = size * 8 - 8; shift >= 0; shift -= 8) {
      bytes_ += static_cast<char>(number >> shift & 0xFF);
    }
    return *this;
  }

  std::string bytes_;
};

std::string decoded(const Stream& stream, const Limits& limits = {}) {
  StreamDecoder decoder(limits);
  const Result<Value> value = decoder.decode_value(stream.bytes());
  if (value) return render(*value);
  return (value.error().kind == ErrorKind::kLimit       ? "limit: "
          : value.error().kind == ErrorKind::kMalformed ? "malformed: "
                                                        : "failed: ") +
         value.error().text;
}

void check_malformed(const Stream& stream) {
  CHECK_THAT(decoded(stream), Catch::StartsWith("malformed: "));
}

void check_limit(const Stream& stream, const Limits& limits = {}) {
  CHECK_THAT(decoded(stream, limits), Catch::StartsWith("limit: "));
}

constexpr unsigned kWrite = 3;  // serializable, with a writeObject of its own
constexpr unsigned kSerializable = 2;

/// An empty composite type and a map of `pairs`, as fields of a CompositeDataSupport. Handles: 0
/// its class, 1 and 2 the types of its fields, 3 the object, 4 the map's class, 5 the map.
Stream& open_composite(Stream& stream) {
  const std::string fields =
      "L\0\x08"
      "contents\x74\0\x01xL\0\x0D"
      "compositeType\x74\0\x01y"s;
  return stream.add("\x73")
      .class_desc("javax.management.openmbean.CompositeDataSupport", kSerializable, 2, fields)
      .add("\x73")
      .class_desc("java.util.TreeMap", kWrite)
      .add("\x77\x04\0\0\0\0"s);
}

}  // namespace

TEST_CASE("hostile stream: the header is checked", "[jmx]") {
  StreamDecoder decoder{Limits{}};
  for (const std::string& text :
       {""s, "\xAC"s, "\xAC\xED\0"s, "\xAC\xED\0\x04\x70"s, "PK\x03\x04"s}) {
    const Result<Value> value =
        decoder.decode_value({reinterpret_cast<const std::byte*>(text.data()), text.size()});
    REQUIRE_FALSE(value.has_value());
    CHECK(value.error().kind == ErrorKind::kMalformed);
  }
}

TEST_CASE("hostile stream: unknown type codes are malformed", "[jmx]") {
  for (unsigned code = 0; code < 256; ++code) {
    if (code == 0x70) continue;
    const std::string text = decoded(Stream().u8(code));
    CHECK_THAT(text, Catch::StartsWith("malformed: "));
  }
  check_malformed(Stream().add("\x73\x74").utf("x"));
  check_malformed(Stream().add("\x73\x70"));
  check_malformed(Stream().add("\x75\x70"));
  check_malformed(Stream().add("\x76\x70"));
  check_malformed(Stream().add("\x7E\x70").string("X"));
}

TEST_CASE("hostile stream: references point to what is there, and of the right kind", "[jmx]") {
  check_malformed(Stream().reference(0));
  check_malformed(Stream().add("\x71").u32(0));
  check_malformed(Stream().add("\x71").u32(0xFFFFFFFF));
  check_malformed(Stream().add("\x73").reference(0));
  // An array of Object whose element claims to be of a class that is a string.
  check_malformed(Stream()
                      .add("\x75")
                      .class_desc("[Ljava.lang.Object;", kSerializable)
                      .u32(2)
                      .string("x")
                      .add("\x73")
                      .reference(2));
}

TEST_CASE("hostile stream: a class cannot be its own ancestor or annotation", "[jmx]") {
  check_malformed(
      Stream().add("\x73\x72").utf("java.lang.X").u64(1).u8(2).u16(0).add("\x78").reference(0));
  check_malformed(Stream()
                      .add("\x73\x72")
                      .utf("java.lang.X")
                      .u64(1)
                      .u8(2)
                      .u16(0)
                      .add("\x73")
                      .reference(0)
                      .add("\x78\x70"));
}

TEST_CASE("hostile stream: field types are checked", "[jmx]") {
  check_malformed(Stream().add("\x73").class_desc("java.X", 2, 1, "Q\0\x01x"s));
  check_malformed(Stream().add("\x73").class_desc("java.X", 2, 1, "L\0\x01x\x70"s));
  check_malformed(Stream().add("\x73").class_desc("java.X", 2, 1, "L\0\x01x\x71\0\x7E\0\0"s));
  check_malformed(Stream().add("\x73").class_desc("java.X", 2, 0xFFFF, ""));
  check_malformed(Stream().add("\x73").class_desc("java.X", 6));
}

TEST_CASE("hostile stream: lengths are held against the bytes that are there", "[jmx]") {
  check_malformed(Stream().add("\x74").u16(5).add("four"));
  check_malformed(Stream().add("\x7C").u64(~std::uint64_t{0}).add("x"));
  check_malformed(Stream().add("\x7C").u64(std::uint64_t{1} << 62).add("x"));
  for (const std::uint64_t count : {0x7FFFFFFFULL, 0x80000000ULL, 0xFFFFFFFFULL, 100ULL}) {
    check_malformed(Stream().add("\x75").class_desc("[I", 2).u32(count).add("1234"));
    check_malformed(
        Stream().add("\x75").class_desc("[Ljava.lang.Object;", 2).u32(count).add("\x70\x70"));
  }
  check_malformed(
      Stream().add("\x73").class_desc("java.util.ArrayList", 3).add("\x7A").u32(0xFFFFFFFF));
  check_malformed(Stream().add("\x73").class_desc("java.util.ArrayList", 3).add("\x77\x05xx"));
  check_malformed(Stream().add("\x73\x7D").u32(0xFFFFFFFF));
  check_malformed(Stream().add("\x73\x7D").u32(0x7FFFFFFF).utf("java.lang.Runnable"));
}

TEST_CASE("hostile stream: nested claims do not add up", "[jmx]") {
  // Each array says that all bytes behind it are its elements; only one level can be right.
  Stream stream;
  stream.add("\x75").class_desc("[Ljava.lang.Object;", 2).u32(1000);
  for (int i = 0; i < 50; ++i) stream.add("\x75").reference(0).u32(900);
  stream.add(std::string(1000, '\x70'));
  check_malformed(stream);
}

TEST_CASE("hostile stream: text must be modified UTF-8", "[jmx]") {
  check_malformed(Stream().string("\xFF"));
  check_malformed(Stream().string("\xF0\x9F\x98\x80"));
  CHECK(decoded(Stream().string("\xC0\x80")) == "string \0"s);
  check_malformed(Stream().add("\x73").class_desc("java.\xFF", 2));
}

TEST_CASE("stream: a long string is read", "[jmx]") {
  const std::string text(70'000, 'x');
  CHECK(decoded(Stream().add("\x7C").u64(text.size()).add(text)) == "string " + text);
}

TEST_CASE("hostile stream: depth is bounded", "[jmx]") {
  Stream arrays;
  arrays.add("\x75").class_desc("[Ljava.lang.Object;", 2).u32(1);
  for (int i = 0; i < 100'000; ++i) arrays.add("\x75").reference(0).u32(1);
  check_limit(arrays);

  Stream classes;
  classes.add("\x73");
  for (int i = 0; i < 100'000; ++i) {
    classes.add("\x72").utf("java.X").u64(1).u8(2).u16(0).add("\x78");
  }
  check_limit(classes);

  Stream annotations;
  annotations.add("\x73");
  for (int i = 0; i < 100'000; ++i) {
    annotations.add("\x72").utf("java.X").u64(1).u8(2).u16(0).add("\x73");
  }
  check_limit(annotations);

  // No setting lets a stream use up the stack.
  Limits deep;
  deep.depth = 1'000'000;
  check_limit(arrays, deep);
  check_limit(classes, deep);
}

TEST_CASE("hostile stream: a chain of ancestors is bounded, however it is built", "[jmx]") {
  // Every class is an element of an array, and extends the one before it by reference.
  Stream stream;
  stream.add("\x75").class_desc("[Ljava.lang.Object;", 2).u32(10'000);
  unsigned handle = 1;
  stream.class_desc("java.X", 2);
  for (int i = 1; i < 10'000; ++i) {
    stream.add("\x72").utf("java.X").u64(1).u8(2).u16(0).add("\x78").reference(++handle);
  }
  check_limit(stream);
}

TEST_CASE("hostile stream: size and memory are bounded by answerBytes", "[jmx]") {
  Limits small;
  small.answer_bytes = 1000;
  check_limit(Stream().string(std::string(2000, 'x')), small);
  // Many small things take more memory than bytes.
  Stream stream;
  stream.add("\x75").class_desc("[Ljava.lang.Object;", 2).u32(300);
  for (int i = 0; i < 300; ++i) stream.string("");
  check_limit(stream, small);
}

TEST_CASE("hostile stream: a composite that holds itself is refused", "[jmx]") {
  Stream stream;
  open_composite(stream).string("me").reference(3).add("\x78\x70");
  check_limit(stream);
}

TEST_CASE("hostile stream: shared composites do not explode", "[jmx]") {
  // Each composite holds the one before it twice: 2^40 values for whoever walks through them.
  Stream stream;
  stream.add("\x75").class_desc("[Ljava.lang.Object;", 2).u32(41);
  const std::string fields =
      "L\0\x08"
      "contents\x74\0\x01xL\0\x0D"
      "compositeType\x74\0\x01y"s;
  stream.add("\x73")
      .class_desc("javax.management.openmbean.CompositeDataSupport", kSerializable, 2, fields)
      .add("\x73")
      .class_desc("java.util.TreeMap", kWrite)
      .add("\x77\x04\0\0\0\0"s)
      .add("\x78\x70");
  // Handles: 0 array class, 1 array, 2 class, 3 and 4 types, 5 composite, 6 map class, 7 map.
  unsigned composite = 5;
  unsigned next = 8;
  for (int i = 0; i < 40; ++i) {
    const unsigned me = next;
    stream.add("\x73").reference(2).add("\x73").reference(6).add("\x77\x04\0\0\0\0"s);
    stream.string("a").reference(composite).string("b").reference(composite).add("\x78\x70");
    next += 4;
    composite = me;
  }
  CHECK(decoded(stream) == "array [Ljava.lang.Object;");

  // The same as attributes: those that are too large are left out, the others stay.
  const std::string attribute_fields = "L\0\x04name\x74\0\x01zL\0\x05value\x74\0\x01z"s;
  Stream list;
  list.add("\x73")
      .class_desc("java.util.ArrayList", kWrite)
      .add("\x77\x04\0\0\0\0"s)
      .add("\x73")
      .class_desc("javax.management.Attribute", kSerializable, 2, attribute_fields)
      .string("0")
      .add("\x73")
      .class_desc("javax.management.openmbean.CompositeDataSupport", kSerializable, 2, fields)
      .add("\x73")
      .class_desc("java.util.TreeMap", kWrite)
      .add("\x77\x04\0\0\0\0"s)
      .add("\x78\x70");
  // Handles: 0 list class, 1 list, 2 attribute class, 3, 4 types, 5 attribute, 6 its name, 7 data
  // class, 8, 9 types, 10 data, 11 map class, 12 map.
  composite = 10;
  next = 13;
  for (int i = 1; i <= 40; ++i) {
    list.add("\x73").reference(2).string(std::to_string(i));
    const unsigned me = next + 2;
    list.add("\x73").reference(7).add("\x73").reference(11).add("\x77\x04\0\0\0\0"s);
    list.string("a").reference(composite).string("b").reference(composite).add("\x78\x70");
    next += 6;
    composite = me;
  }
  list.add("\x78");
  StreamDecoder decoder{Limits{}};
  const auto values = decoder.decode_attribute_list(list.bytes());
  REQUIRE(values.has_value());
  REQUIRE(values->size() == 41);
  CHECK_FALSE((*values)[10].over_limit);
  CHECK((*values)[10].value.kind == ValueKind::kComposite);
  CHECK((*values)[40].over_limit);
  CHECK((*values)[40].value.kind == ValueKind::kNull);
}

TEST_CASE("hostile stream: one map in many composites is not filled without end", "[jmx]") {
  Limits limits;
  limits.samples = 1000;
  const std::string fields =
      "L\0\x08"
      "contents\x74\0\x01xL\0\x0D"
      "compositeType\x74\0\x01y"s;
  const std::string attribute_fields = "L\0\x04name\x74\0\x01zL\0\x05value\x74\0\x01z"s;
  Stream list;
  list.add("\x73")
      .class_desc("java.util.ArrayList", kWrite)
      .add("\x73")
      .class_desc("javax.management.Attribute", kSerializable, 2, attribute_fields)
      .string("n")
      .add("\x73")
      .class_desc("javax.management.openmbean.CompositeDataSupport", kSerializable, 2, fields)
      .add("\x73")
      .class_desc("java.util.TreeMap", kWrite)
      .add("\x77\x04\0\0\0\0"s);
  for (int i = 0; i < 300; ++i) list.string(std::to_string(i + 1000)).add("\x70");
  list.add("\x78\x70");
  for (int i = 0; i < 10; ++i) {
    list.add("\x73").reference(2).string("m").add("\x73").reference(7).reference(12).add("\x70");
  }
  list.add("\x78");
  StreamDecoder decoder(limits);
  const auto values = decoder.decode_attribute_list(list.bytes());
  REQUIRE(values.has_value());
  REQUIRE(values->size() == 11);
  CHECK_FALSE((*values)[2].over_limit);
  CHECK((*values)[2].value.composite->names.size() == 300);
  CHECK((*values)[3].over_limit);
  CHECK((*values)[10].over_limit);
}

TEST_CASE("hostile stream: composites that lack their parts are empty", "[jmx]") {
  const std::string fields =
      "L\0\x08"
      "contents\x74\0\x01xL\0\x0D"
      "compositeType\x74\0\x01y"s;
  CHECK(decoded(Stream()
                    .add("\x73")
                    .class_desc("javax.management.openmbean.CompositeDataSupport", 2, 2, fields)
                    .add("\x70\x70")) == "{}");
  CHECK(decoded(Stream().add("\x73").class_desc("javax.management.openmbean.CompositeDataSupport",
                                                2)) == "{}");
  CHECK(decoded(Stream().add("\x73").class_desc("javax.management.openmbean.TabularDataSupport",
                                                2)) == "table()[]");
}

TEST_CASE("hostile stream: classes that lack their fields are no numbers", "[jmx]") {
  for (const char* name :
       {"java.lang.Long", "java.lang.Double", "java.lang.Float", "java.lang.Character",
        "java.math.BigInteger", "java.math.BigDecimal", "java.util.Date", "java.sql.Timestamp"}) {
    CHECK(decoded(Stream().add("\x73").class_desc(name, 2)) == "other ?" + std::string(name));
  }
  CHECK(decoded(Stream().add("\x73").class_desc("java.lang.Long", 2, 1, "I\0\x05value"s).u32(1)) ==
        "other ?java.lang.Long");
  CHECK(decoded(Stream()
                    .add("\x73")
                    .class_desc("java.util.Date", 3)
                    .add("\x77\x04"
                         "1234\x78")) == "other ?java.util.Date");
}

TEST_CASE("hostile stream: items out of order are sorted", "[jmx]") {
  Stream stream;
  open_composite(stream).string("b").string("2").string("a").string("1").string("c").string("3");
  stream.add("\x78\x70");
  CHECK(decoded(stream) == "{a=string 1, b=string 2, c=string 3}");
}

TEST_CASE("hostile stream: a huge BigInteger is no number", "[jmx]") {
  const auto big = [](std::size_t size) {
    return Stream()
        .add("\x73")
        .class_desc("java.math.BigInteger", 2, 2, "I\0\x06signum[\0\x09magnitude\x74\0\x02[B"s)
        .u32(1)
        .add("\x75")
        .class_desc("[B", 2)
        .u32(size)
        .add(std::string(size, '\xFF'));
  };
  CHECK(decoded(big(1)) == "big 255");
  CHECK(decoded(big(8)) == "big 18446744073709551615");
  CHECK(decoded(big(1024)).size() == 4 + 2467);
  CHECK(decoded(big(1025)) == "other ?java.math.BigInteger");
}

TEST_CASE("hostile stream: texts that many attributes share are not copied without end", "[jmx]") {
  Limits limits;
  limits.answer_bytes = 100'000;
  const std::string fields = "L\0\x04name\x74\0\x01z"s;
  Stream info;
  info.add("\x73")
      .class_desc("javax.management.MBeanInfo", 2, 1,
                  "[\0\x0A"
                  "attributes\x74\0\x01x"s)
      .add("\x75")
      .class_desc("[Ljavax.management.MBeanAttributeInfo;", 2)
      .u32(50)
      .add("\x73\x72")
      .utf("javax.management.MBeanAttributeInfo")
      .u64(1)
      .u8(2)
      .u16(0)
      .add("\x78")
      .class_desc("javax.management.MBeanFeatureInfo", 2, 1, fields)
      .string(std::string(20'000, 'n'));
  // Handles: 0 class, 1 type, 2 info, 3 array class, 4 array, 5 and 6 classes, 7 type, 8 attribute.
  for (int i = 1; i < 50; ++i) info.reference(8);
  StreamDecoder decoder(limits);
  const Result<MBeanInfo> read = decoder.decode_mbean_info(info.bytes());
  REQUIRE_FALSE(read.has_value());
  CHECK(read.error().kind == ErrorKind::kLimit);

  Stream names;
  names.add("\x75")
      .class_desc("[Ljavax.management.ObjectName;", 2)
      .u32(50)
      .add("\x73")
      .class_desc("javax.management.ObjectName", 3)
      .string("d:k=" + std::string(20'000, 'n'))
      .add("\x78");
  for (int i = 1; i < 50; ++i) names.reference(3);
  const auto read_names = decoder.decode_object_names(names.bytes());
  REQUIRE_FALSE(read_names.has_value());
  CHECK(read_names.error().kind == ErrorKind::kLimit);
}

TEST_CASE("hostile stream: a name that is none costs itself only", "[jmx]") {
  // The second is what Java makes of a key that is half of a surrogate pair.
  const std::vector<std::string> texts = {"nodomain", "d:\xed\xbf\xbf=v", "d:k=v"};
  Stream stream;
  stream.add("\x75").class_desc("[Ljavax.management.ObjectName;", 2).u32(3);
  for (const std::string& text : texts) {
    stream.add("\x73").class_desc("javax.management.ObjectName", 3).string(text).add("\x78");
  }
  StreamDecoder decoder{Limits{}};
  const auto names = decoder.decode_object_names(stream.bytes());
  REQUIRE(names.has_value());
  REQUIRE(names->size() == 1);
  CHECK(names->front().text() == "d:k=v");
}
