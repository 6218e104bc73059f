#include "jmx/value.h"

#include <array>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <ctime>
#include <limits>
#include <string>

using namespace jmxbridge;

namespace {

Value integer(ValueKind kind, std::int64_t number) {
  Value value;
  value.kind = kind;
  value.integer = number;
  return value;
}

Value number(ValueKind kind, double number) {
  Value value;
  value.kind = kind;
  value.number = number;
  return value;
}

Value text(ValueKind kind, std::string_view text) {
  Value value;
  value.kind = kind;
  value.text = text;
  return value;
}

std::string match_text(const Value& value) {
  std::string out = ">";
  return append_match_text(value, out) ? out.substr(1) : "none" + out;
}

std::string java_text(const Value& value) {
  std::string out = ">";
  return append_java_text(value, out) ? out.substr(1) : "none" + out;
}

/// Sets the time zone for as long as it lives.
struct TimeZone {
  explicit TimeZone(const char* name) {
    setenv("TZ", name, 1);
    tzset();
  }
  ~TimeZone() {
    unsetenv("TZ");
    tzset();
  }
};

}  // namespace

TEST_CASE("value: match texts are Java's, exact where a sample is not", "[jmx]") {
  CHECK(match_text(integer(ValueKind::kInteger, 42)) == "42");
  CHECK(match_text(integer(ValueKind::kInteger, 9007199254740993)) == "9007199254740993");
  CHECK(match_text(integer(ValueKind::kInteger, std::numeric_limits<std::int64_t>::min())) ==
        "-9223372036854775808");
  CHECK(match_text(number(ValueKind::kDouble, 2)) == "2.0");
  CHECK(match_text(number(ValueKind::kDouble, 1e7)) == "1.0E7");
  CHECK(match_text(number(ValueKind::kDouble, std::numeric_limits<double>::infinity())) ==
        "Infinity");
  CHECK(match_text(number(ValueKind::kFloat, 1.1f)) == "1.1");
  CHECK(match_text(integer(ValueKind::kBoolean, 1)) == "true");
  CHECK(match_text(integer(ValueKind::kBoolean, 0)) == "false");
  CHECK(match_text(text(ValueKind::kString, "two\nlines")) == "two\nlines");
  CHECK(match_text(text(ValueKind::kBigNumber, "1.50E+3")) == "1.50E+3");
  CHECK(match_text(text(ValueKind::kEnum, "DAYS")) == "DAYS");
  CHECK(match_text(integer(ValueKind::kDate, 1700000000123)) == "1.700000000123E9");
}

TEST_CASE("value: kinds that reach no rule have no match text", "[jmx]") {
  for (const ValueKind kind : {ValueKind::kNull, ValueKind::kComposite, ValueKind::kTabular,
                               ValueKind::kArray, ValueKind::kOther, ValueKind::kUnknownClass}) {
    CHECK(match_text(text(kind, "x")) == "none>");
  }
}

TEST_CASE("value: Java texts are those of toString()", "[jmx]") {
  CHECK(java_text(integer(ValueKind::kInteger, -1)) == "-1");
  CHECK(java_text(text(ValueKind::kString, "")) == "");
  Value character = text(ValueKind::kOther, "é");
  CHECK(java_text(character) == "none>");
  character.text_is_exact = true;
  CHECK(java_text(character) == "é");
  for (const ValueKind kind : {ValueKind::kNull, ValueKind::kComposite, ValueKind::kTabular,
                               ValueKind::kArray, ValueKind::kUnknownClass}) {
    CHECK(java_text(text(kind, "x")) == "none>");
  }
}

TEST_CASE("value: a date is written in the zone of the process", "[jmx]") {
  {
    const TimeZone zone("UTC");
    CHECK(java_text(integer(ValueKind::kDate, 1700000000123)) == "Tue Nov 14 22:13:20 UTC 2023");
    CHECK(java_text(integer(ValueKind::kDate, -1)) == "Wed Dec 31 23:59:59 UTC 1969");
    CHECK(java_text(integer(ValueKind::kDate, 0)) == "Thu Jan 01 00:00:00 UTC 1970");
    CHECK(java_text(integer(ValueKind::kDate, 253402300800000)) == "Sat Jan 01 00:00:00 UTC 10000");
  }
  const TimeZone zone("CET-1CEST,M3.5.0,M10.5.0/3");
  CHECK(java_text(integer(ValueKind::kDate, 1700000000123)) == "Tue Nov 14 23:13:20 CET 2023");
  CHECK(java_text(integer(ValueKind::kDate, 1690000000000)) == "Sat Jul 22 06:26:40 CEST 2023");
}

TEST_CASE("value: a date that no calendar holds has no Java text", "[jmx]") {
  CHECK(java_text(integer(ValueKind::kDate, std::numeric_limits<std::int64_t>::min())) == "none>");
}

TEST_CASE("value: java.sql's dates bring their own text", "[jmx]") {
  Value stamp = integer(ValueKind::kDate, 1700000000123);
  stamp.text = "2023-11-14 22:13:20.123";
  CHECK(java_text(stamp) == "2023-11-14 22:13:20.123");
  CHECK(match_text(stamp) == "1.700000000123E9");
}

TEST_CASE("value: numbers are doubles, dates in seconds", "[jmx]") {
  CHECK(as_number(integer(ValueKind::kInteger, 9007199254740993)) == 9007199254740992.0);
  CHECK(as_number(integer(ValueKind::kBoolean, 1)) == 1.0);
  CHECK(as_number(number(ValueKind::kFloat, 1.1f)) == 1.100000023841858);
  CHECK(as_number(number(ValueKind::kBigNumber, 1500)) == 1500.0);
  CHECK(as_number(integer(ValueKind::kDate, 1700000000123)) == 1.700000000123e9);
  CHECK_FALSE(as_number(text(ValueKind::kString, "17")).has_value());
  CHECK_FALSE(as_number(text(ValueKind::kEnum, "DAYS")).has_value());
  CHECK_FALSE(as_number(Value()).has_value());
}

TEST_CASE("value: a kind is numeric exactly if it has a number", "[jmx]") {
  for (int kind = 0; kind <= static_cast<int>(ValueKind::kUnknownClass); ++kind) {
    const Value value = integer(static_cast<ValueKind>(kind), 1);
    CHECK(is_numeric(value.kind) == as_number(value).has_value());
  }
}

TEST_CASE("value: composite items are found by name", "[jmx]") {
  const std::array<std::string_view, 4> names = {"A", "a", "😀", "\xEF\xBF\xBD"};
  std::array<Value, 4> values;
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = integer(ValueKind::kInteger, static_cast<std::int64_t>(i));
  }
  const CompositeValue composite{"T", "d", names, values};
  for (std::size_t i = 0; i < names.size(); ++i) {
    REQUIRE(composite.find(names[i]) != nullptr);
    CHECK(composite.find(names[i])->integer == static_cast<std::int64_t>(i));
  }
  CHECK(composite.find("B") == nullptr);
  CHECK(composite.find("") == nullptr);
  CHECK(composite.find("zz") == nullptr);
  CHECK(CompositeValue{}.find("A") == nullptr);
}
