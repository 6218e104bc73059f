#include "jmx/stream_decoder.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdlib>
#include <ctime>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "jmx_stream_text.h"

using namespace jmxbridge;

namespace {

/// Where one JDK's streams of one protocol version are.
struct Variant {
  std::string jdk;
  std::string version;

  std::string operator()(const std::string& name) const { return jdk + name + version; }
};

/// Runs the test over what both JDKs wrote, plainly (v2) and as RMI does (v1). Once a test.
Variant each_variant() {
  const std::string jdk = GENERATE("jdk17/", "jdk25/");
  const std::string version = GENERATE(".v1.bin", ".v2.bin");
  return {jdk, version};
}

std::string value_of(const std::string& path) {
  const std::vector<std::byte> stream = read_stream(path);
  StreamDecoder decoder{Limits{}};
  const Result<Value> value = decoder.decode_value(stream);
  return value ? render(*value) : value.error().text;
}

struct Attribute {
  std::string name;
  std::string value;

  friend bool operator==(const Attribute&, const Attribute&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Attribute& attribute) {
    return out << attribute.name << ": " << attribute.value;
  }
};

using Attributes = std::vector<Attribute>;

Attributes attributes_of(const std::string& path) {
  const std::vector<std::byte> stream = read_stream(path);
  StreamDecoder decoder{Limits{}};
  const Result<std::span<const NamedValue>> list = decoder.decode_attribute_list(stream);
  if (!list) return {{"error", list.error().text}};
  Attributes attributes;
  for (const NamedValue& named : *list) {
    CHECK_FALSE(named.over_limit);
    attributes.push_back({std::string(named.name), render(named.value)});
  }
  return attributes;
}

MBeanInfo info_of(const std::string& path) {
  const std::vector<std::byte> stream = read_stream(path);
  StreamDecoder decoder{Limits{}};
  Result<MBeanInfo> info = decoder.decode_mbean_info(stream);
  INFO(path);
  REQUIRE(info.has_value());
  return *info;
}

std::vector<std::string> names_of(const std::string& path) {
  const std::vector<std::byte> stream = read_stream(path);
  StreamDecoder decoder{Limits{}};
  const Result<std::vector<ObjectName>> names = decoder.decode_object_names(stream);
  INFO(path);
  REQUIRE(names.has_value());
  std::vector<std::string> texts;
  for (const ObjectName& name : *names) texts.emplace_back(name.text());
  std::sort(texts.begin(), texts.end());
  return texts;
}

void use_utc() {
  setenv("TZ", "UTC", 1);
  tzset();
}

}  // namespace

TEST_CASE("stream: every scalar of the JDK is read exactly", "[jmx]") {
  const Variant variant = each_variant();
  use_utc();
  CHECK(attributes_of(variant("scalars")) ==
        Attributes{
            {"byte", "integer -1"},
            {"short", "integer -2"},
            {"int", "integer -2147483648"},
            {"long", "integer 9007199254740993"},
            {"float", "float 1.1"},
            {"double", "double 1.0E7"},
            {"nan", "double NaN"},
            {"negative zero", "double -0.0"},
            {"true", "boolean true"},
            {"false", "boolean false"},
            {"char", "other é"},
            {"surrogate", "other ?"},
            {"string", std::string("string a\0é😀?z", 17)},
            {"empty", "string "},
            {"big integer", "big -1606938044258990275541962092341162602522202993782792835301376"},
            {"big zero", "big 0"},
            {"big long", "big 9007199254740993"},
            {"decimal", "big 1.50E+3"},
            {"decimal plain", "big -123.450"},
            {"decimal small", "big 1E-7"},
            {"decimal tiny", "big 1E-400"},
            {"decimal zero", "big 0.000"},
            {"decimal point", "big 0.00123"},
            {"decimal big", "big 12345678901234567890.123456789"},
            {"atomic int", "integer -5"},
            {"atomic long", "integer 6"},
            {"atomic boolean", "other true"},
            {"adder", "integer 9007199254740993"},
            {"double adder", "double 2.5"},
            {"date", "date Tue Nov 14 22:13:20 UTC 2023"},
            {"old date", "date Wed Dec 31 23:59:59 UTC 1969"},
            {"timestamp", "date 2023-11-14 22:13:20.123456"},
            {"sql date", "date 2023-11-14"},
            {"sql time", "date 22:13:20"},
            {"null", "null"},
            {"days", "enum DAYS"},
            {"heap", "enum Heap memory"},
            {"non heap", "enum Non-heap memory"},
            {"half days", "enum HalfDays"},
            {"field", "enum AmPmOfDay"},
            {"days again", "enum DAYS"},
            {"body", "other QuarterOfYear"},
            {"name", "other d:b=2,a=\"x,y\""},
            {"class", "other ?java.lang.Class"},
            {"ints", "array [I"},
            {"strings", "array [[Ljava.lang.String;"},
            {"doubles", "array [D"},
            {"last", "integer 42"},
        });
}

TEST_CASE("stream: big numbers and dates have their doubles and milliseconds", "[jmx]") {
  const Variant variant = each_variant();
  const std::vector<std::byte> stream = read_stream(variant("scalars"));
  StreamDecoder decoder{Limits{}};
  const Result<std::span<const NamedValue>> list = decoder.decode_attribute_list(stream);
  REQUIRE(list.has_value());
  const auto value = [&](std::string_view name) {
    for (const NamedValue& named : *list) {
      if (named.name == name) return named.value;
    }
    FAIL("no attribute " << name);
    return Value();
  };
  CHECK(value("big integer").number == -std::pow(2.0, 200));
  CHECK(value("big long").number == 9007199254740992.0);
  CHECK(value("decimal").number == 1500.0);
  CHECK(value("decimal plain").number == -123.45);
  CHECK(value("decimal tiny").number == 0.0);
  CHECK(value("decimal big").number == 12345678901234567890.123456789);
  CHECK(value("float").number == 1.100000023841858);
  for (const char* name : {"date", "timestamp", "sql date", "sql time"}) {
    CHECK(value(name).integer == 1700000000123);
    CHECK(as_number(value(name)) == 1.700000000123e9);
  }
  CHECK(value("old date").integer == -1);
}

TEST_CASE("stream: collections, maps and other JDK classes are passed over", "[jmx]") {
  const Variant variant = each_variant();
  const Attributes attributes = attributes_of(variant("others"));
  REQUIRE(attributes.size() == 41);
  for (std::size_t i = 0; i + 1 < attributes.size(); ++i) {
    INFO(attributes[i].name);
    CHECK_THAT(attributes[i].value, Catch::StartsWith("other ?java."));
  }
  CHECK(attributes.back() == Attribute{"last", "integer 42"});
}

TEST_CASE("stream: java.time's externalizable forms are passed over, framed or not", "[jmx]") {
  const Variant variant = each_variant();
  const Attributes attributes = attributes_of(variant("times"));
  REQUIRE(attributes.size() == 30);
  for (std::size_t i = 0; i + 1 < attributes.size(); ++i) {
    INFO(attributes[i].name);
    if (attributes[i].name == "month") {
      CHECK(attributes[i].value == "enum MAY");
    } else {
      CHECK_THAT(attributes[i].value, Catch::StartsWith("other ?java.time."));
    }
  }
  CHECK(attributes.back() == Attribute{"last", "integer 42"});
}

TEST_CASE("stream: a class outside the JDK costs its own value only", "[jmx]") {
  const Variant variant = each_variant();
  CHECK(attributes_of(variant("unknown")) == Attributes{
                                                 {"first", "integer 1"},
                                                 {"widget", "unknown MakeStreams$Widget"},
                                                 {"color", "unknown MakeStreams$Color"},
                                                 {"green", "unknown MakeStreams$Color"},
                                                 {"gadget", "unknown MakeStreams$Gadget"},
                                                 {"array", "unknown MakeStreams$Widget"},
                                                 {"arrays", "unknown MakeStreams$Widget"},
                                                 {"in list", "unknown MakeStreams$Widget"},
                                                 {"in map", "unknown MakeStreams$Widget"},
                                                 {"type", "unknown MakeStreams$Widget"},
                                                 {"again", "unknown MakeStreams$Widget"},
                                                 {"accumulator", "unknown MakeStreams"},
                                                 {"proxy", "unknown MakeStreams$PlainMBean"},
                                                 {"jdk proxy", "unknown MakeStreams$Handler"},
                                                 {"string", "string still here"},
                                                 {"last", "integer 42"},
                                             });
  CHECK(value_of(variant("unknown_root")) == "unknown MakeStreams$Widget");
}

TEST_CASE("stream: an externalizable class is passed over where it has a frame", "[jmx]") {
  const std::string jdk = GENERATE("jdk17/", "jdk25/");
  CHECK(attributes_of(jdk + "external.v2.bin") ==
        Attributes{{"special", "unknown MakeStreams$Special"}, {"last", "integer 42"}});
  const std::vector<std::byte> stream = read_stream(jdk + "external.v1.bin");
  StreamDecoder decoder{Limits{}};
  const auto list = decoder.decode_attribute_list(stream);
  REQUIRE_FALSE(list.has_value());
  CHECK(list.error().kind == ErrorKind::kMalformed);
}

TEST_CASE("stream: composites ascend in Java's order and know their type", "[jmx]") {
  const Variant variant = each_variant();
  const std::string expected =
      "{A=integer 2, b=integer 1, nul=null, on=other d:k=v, sub={z=boolean true}, "
      "texts=array [Ljava.lang.String;, é=double 2.5, 😀=integer 4, \xEF\xBF\xBD=integer 3}";
  const std::string path = variant("composite");
  CHECK(value_of(path) == expected);
  const std::vector<std::byte> stream = read_stream(path);
  StreamDecoder decoder{Limits{}};
  const Result<Value> value = decoder.decode_value(stream);
  REQUIRE(value.has_value());
  REQUIRE(value->kind == ValueKind::kComposite);
  CHECK(value->composite->type_name == "Outer");
  CHECK(value->composite->description == "ctdesc");
  REQUIRE(value->composite->find("sub") != nullptr);
  REQUIRE(value->composite->find("sub")->kind == ValueKind::kComposite);
  CHECK(value->composite->find("sub")->composite->description == "subdesc");
}

TEST_CASE("stream: a value that is sent twice is the same value", "[jmx]") {
  const Variant variant = each_variant();
  const std::vector<std::byte> stream = read_stream(variant("shared"));
  StreamDecoder decoder{Limits{}};
  const auto list = decoder.decode_attribute_list(stream);
  REQUIRE(list.has_value());
  REQUIRE(list->size() == 3);
  CHECK((*list)[0].value.composite == (*list)[1].value.composite);
  CHECK((*list)[2].value.composite == (*list)[0].value.composite->find("sub")->composite);
}

TEST_CASE("stream: tables have index, rows and the row type's description", "[jmx]") {
  const Variant variant = each_variant();
  const std::string path = variant("tabular");
  CHECK(value_of(path) ==
        "table(key,type)[{Value=integer 100, key=string k1, other=double 1.5, type=string t1}"
        "{Value=integer 200, key=string k2, other=double 2.5, type=null}]");
  const std::vector<std::byte> stream = read_stream(path);
  StreamDecoder decoder{Limits{}};
  const Result<Value> value = decoder.decode_value(stream);
  REQUIRE(value.has_value());
  REQUIRE(value->kind == ValueKind::kTabular);
  CHECK(value->tabular->type_name == "Tab");
  CHECK(value->tabular->row_description == "rowdesc");
}

TEST_CASE("stream: an index may be a composite", "[jmx]") {
  const Variant variant = each_variant();
  CHECK(value_of(variant("composite_index")) ==
        "table(id)[{id={id=string 1, path=string /db/query1.xq}, running=integer 1}]");
}

TEST_CASE("stream: an MXBean's attributes are open data", "[jmx]") {
  const Variant variant = each_variant();
  CHECK(attributes_of(variant("mxbean")) ==
        Attributes{
            {"Counts",
             "table(key)[{key=string k1, value=integer 1}{key=string k2, value=integer 2}]"},
            {"Nested",
             "table(key)[{key=string 1.2.3.4, value=table(key)[{key=string networkErrors, "
             "value=integer 338}]}]"},
            {"Usage", "{committed=integer 3, init=integer 1, max=integer 4, used=integer 2}"},
            {"Names", "array [Ljava.lang.String;"},
            {"State", "string RUNNABLE"},
        });
}

TEST_CASE("stream: a codebase stands as a text, then as handles", "[jmx]") {
  const Variant variant = each_variant();
  CHECK(attributes_of(variant("codebase")) ==
        Attributes{
            {"Usage", "{committed=integer 3, init=integer 1, max=integer 4, used=integer 2}"},
            {"Counts",
             "table(key)[{key=string k1, value=integer 1}{key=string k2, value=integer 2}]"},
        });
}

TEST_CASE("stream: null and a cycle are values", "[jmx]") {
  const Variant variant = each_variant();
  CHECK(value_of(variant("null")) == "null");
  CHECK(value_of(variant("cycle")) == "array [Ljava.lang.Object;");
}

TEST_CASE("stream: a reset before the object changes nothing", "[jmx]") {
  CHECK(attributes_of("jdk17/reset.v2.bin") == Attributes{{"a", "integer 1"}, {"b", "integer 1"}});
  CHECK(attributes_of("jdk25/reset.v2.bin") == Attributes{{"a", "integer 1"}, {"b", "integer 1"}});
}

TEST_CASE("stream: an exception in place of the rest is the error", "[jmx]") {
  const Variant variant = each_variant();
  const std::vector<std::byte> stream = read_stream(variant("thrown"));
  StreamDecoder decoder{Limits{}};
  const auto list = decoder.decode_attribute_list(stream);
  REQUIRE_FALSE(list.has_value());
  CHECK(list.error().kind == ErrorKind::kFailed);
  CHECK_THAT(list.error().text,
             Catch::Contains("java.io.NotSerializableException: java.lang.Thread"));
}

TEST_CASE("stream: an MBeanInfo lists its attributes as the target gives them", "[jmx]") {
  const Variant variant = each_variant();
  const MBeanInfo info = info_of(variant("odd_info"));
  CHECK(info.class_name == "com.acme.Widget");
  CHECK(info.attributes == std::vector<AttributeInfo>{
                               {"Size", "int", "the size", true},
                               {"Secret", "java.lang.String", std::nullopt, false},
                               {"Untyped", "java.lang.Object", "", true},
                           });
}

TEST_CASE("stream: an MBeanInfo with a class that is not the JDK's is none, as in Java", "[jmx]") {
  const Variant variant = each_variant();
  const std::vector<std::byte> stream = read_stream(variant("foreign_info"));
  StreamDecoder decoder{Limits{}};
  const Result<MBeanInfo> info = decoder.decode_mbean_info(stream);
  REQUIRE_FALSE(info.has_value());
  CHECK(info.error().text == "the class MakeStreams$Widget stands in its MBeanInfo");
}

TEST_CASE("stream: a descriptor says whether an MBeanInfo may change", "[jmx]") {
  const Variant variant = each_variant();
  CHECK(info_of(variant("odd_info")).immutable);
  CHECK(info_of(variant("support_info")).immutable);
  CHECK(info_of(variant("mxbean_info")).immutable);
  CHECK(info_of(variant("plain_info")).immutable);
  CHECK_FALSE(info_of(variant("mutable_info")).immutable);
  CHECK_FALSE(info_of(variant("model_info")).immutable);
  CHECK_FALSE(info_of(variant("open_info")).immutable);
  CHECK_FALSE(info_of(variant("compat_info")).immutable);
}

TEST_CASE("stream: subclasses of MBeanInfo are read alike", "[jmx]") {
  const Variant variant = each_variant();
  CHECK(info_of(variant("open_info")).attributes ==
        std::vector<AttributeInfo>{{"Open", "java.lang.Long", "open one", true}});
  CHECK(info_of(variant("model_info")).attributes ==
        std::vector<AttributeInfo>{{"Count", "long", "how many", true}});
  const MBeanInfo info = info_of(variant("mxbean_info"));
  CHECK(info.class_name == "MakeStreams$Points");
  REQUIRE(info.attributes.size() == 5);
  for (const AttributeInfo& attribute : info.attributes) {
    if (attribute.name == "Usage") {
      CHECK(attribute.type == "javax.management.openmbean.CompositeData");
    }
    CHECK(attribute.readable);
  }
}

TEST_CASE("stream: names come from a set and from an array", "[jmx]") {
  const Variant variant = each_variant();
  CHECK(names_of(variant("names")) ==
        std::vector<std::string>{"*:x=1,*", "a:k=\"q,\\\"\",a=é", "b:type=B,name=n"});
  CHECK(names_of(variant("name_array")) == std::vector<std::string>{"a:k=v", "b:k=v"});
}

TEST_CASE("stream: the serial form of JMX 1.0 is read too", "[jmx]") {
  const Variant variant = each_variant();
  CHECK(names_of(variant("compat_names")) ==
        std::vector<std::string>{"b:type=B,name=n", "c:z=1,a=2,*", "d:*"});
  CHECK(value_of(variant("compat_composite")) == "{A=integer 2, b=integer 1}");
  CHECK(attributes_of(variant("compat_attributes")) ==
        Attributes{{"a", "integer 1"}, {"table", "table(key)[{key=string k1, v=integer 1}]"}});
  CHECK(info_of(variant("compat_info")).attributes ==
        std::vector<AttributeInfo>{{"Size", "int", "the size", true}});
}

TEST_CASE("stream: what holds something else is refused", "[jmx]") {
  const std::vector<std::byte> stream = read_stream("jdk17/composite.v2.bin");
  StreamDecoder decoder{Limits{}};
  CHECK_FALSE(decoder.decode_attribute_list(stream).has_value());
  CHECK_FALSE(decoder.decode_mbean_info(stream).has_value());
  const auto names = decoder.decode_object_names(read_stream("jdk17/null.v2.bin"));
  REQUIRE_FALSE(names.has_value());
  CHECK(names.error().kind == ErrorKind::kMalformed);
  CHECK_FALSE(decoder.decode_object_names(read_stream("jdk17/mxbean.v2.bin")).has_value());
}

TEST_CASE("stream: every cut of a stream is an error, whatever is asked for", "[jmx]") {
  const std::string name =
      GENERATE("scalars", "mxbean", "mxbean_info", "names", "unknown", "times");
  const std::string version = GENERATE(".v1.bin", ".v2.bin");
  const std::vector<std::byte> stream = read_stream("jdk17/" + name + version);
  StreamDecoder decoder{Limits{}};
  REQUIRE(decoder.decode_value(stream).has_value());
  for (std::size_t size = 0; size < stream.size(); ++size) {
    // A copy of its own, so that a sanitizer sees every byte that is read past the end.
    const std::vector<std::byte> part(stream.begin(),
                                      stream.begin() + static_cast<std::ptrdiff_t>(size));
    const Result<Value> value = decoder.decode_value(part);
    const bool refused = !value && value.error().kind == ErrorKind::kMalformed &&
                         !decoder.decode_attribute_list(part) && !decoder.decode_mbean_info(part) &&
                         !decoder.decode_object_names(part);
    if (!refused) FAIL_CHECK("taken although cut after " << size << " bytes");
  }
}

TEST_CASE("stream: bytes behind the object are an error", "[jmx]") {
  std::vector<std::byte> stream = read_stream("jdk17/scalars.v1.bin");
  stream.push_back(std::byte{0x70});
  StreamDecoder decoder{Limits{}};
  CHECK_FALSE(decoder.decode_value(stream).has_value());
}

TEST_CASE("stream: a decoder is as new after an error, and may be moved", "[jmx]") {
  const std::vector<std::byte> stream = read_stream("jdk17/tabular.v1.bin");
  StreamDecoder decoder{Limits{}};
  CHECK_FALSE(decoder.decode_value({}).has_value());
  CHECK_FALSE(decoder.decode_value(std::span(stream).first(stream.size() / 2)).has_value());
  REQUIRE(decoder.decode_value(stream).has_value());
  StreamDecoder moved = std::move(decoder);
  const Result<Value> value = moved.decode_value(stream);
  REQUIRE(value.has_value());
  CHECK(value->kind == ValueKind::kTabular);
}
