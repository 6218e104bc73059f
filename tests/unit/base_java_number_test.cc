#include "base/java_number.h"

#include <bit>
#include <catch2/catch.hpp>
#include <clocale>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <string>

using namespace jmxbridge;

namespace {

std::string java(double number) {
  char text[kJavaNumberRoom];
  return {text, write_java_double(number, text)};
}

std::string java(float number) {
  char text[kJavaNumberRoom];
  return {text, write_java_float(number, text)};
}

std::string exposition(double number) {
  char text[kJavaNumberRoom];
  return {text, write_exposition_double(number, text)};
}

double from_bits(std::uint64_t bits) { return std::bit_cast<double>(bits); }

}  // namespace

TEST_CASE("java number: decimals stand plainly from 10^-3 up to 10^7", "[base]") {
  CHECK(java(1.0) == "1.0");
  CHECK(java(0.001) == "0.001");
  CHECK(java(9.9e-4) == "9.9E-4");
  CHECK(java(0.00123) == "0.00123");
  CHECK(java(9999999.0) == "9999999.0");
  CHECK(java(1e7) == "1.0E7");
  CHECK(java(12345678.0) == "1.2345678E7");
  CHECK(java(1234567.875) == "1234567.875");
  CHECK(java(123.0) == "123.0");
  CHECK(java(100.0) == "100.0");
  CHECK(java(0.25) == "0.25");
  CHECK(java(-17.5) == "-17.5");
  CHECK(java(1e21) == "1.0E21");
  CHECK(java(1e-5) == "1.0E-5");
  CHECK(java(1e100) == "1.0E100");
  CHECK(java(3.5782656e7) == "3.5782656E7");
  CHECK(java(1.700000000123e9) == "1.700000000123E9");
}

TEST_CASE("java number: zeros, infinities and NaN have their words", "[base]") {
  CHECK(java(0.0) == "0.0");
  CHECK(java(-0.0) == "-0.0");
  CHECK(java(std::nan("")) == "NaN");
  CHECK(java(-std::nan("")) == "NaN");
  CHECK(java(std::numeric_limits<double>::infinity()) == "Infinity");
  CHECK(java(-std::numeric_limits<double>::infinity()) == "-Infinity");
  CHECK(exposition(std::numeric_limits<double>::infinity()) == "+Inf");
  CHECK(exposition(-std::numeric_limits<double>::infinity()) == "-Inf");
  CHECK(exposition(std::nan("")) == "NaN");
  CHECK(exposition(1e7) == "1.0E7");
}

TEST_CASE("java number: digits are the shortest, and two where one would do", "[base]") {
  CHECK(java(2e23) == "2.0E23");
  CHECK(java(from_bits(1)) == "4.9E-324");
  CHECK(java(from_bits(2)) == "9.9E-324");
  CHECK(java(from_bits(3)) == "1.5E-323");
  CHECK(java(2.2250738585072014e-308) == "2.2250738585072014E-308");
  CHECK(java(std::numeric_limits<double>::max()) == "1.7976931348623157E308");
  CHECK(java(9007199254740992.0) == "9.007199254740992E15");
  CHECK(java(9007199254740991.0) == "9.007199254740991E15");
  CHECK(java(9223372036854775807.0) == "9.223372036854776E18");
  CHECK(java(0.1) == "0.1");
  CHECK(java(0.1 + 0.2) == "0.30000000000000004");
  CHECK(java(static_cast<double>(1.1f)) == "1.100000023841858");
  CHECK(java(123456789.125) == "1.23456789125E8");
  CHECK(java(1.0 / 3) == "0.3333333333333333");
  CHECK(java(5e-324 * 20) == "9.9E-323");
  CHECK(java(8.41e21) == "8.41E21");
  CHECK(java(2.0e-3) == "0.002");
}

TEST_CASE("java number: floats have their own digits", "[base]") {
  CHECK(java(1.1f) == "1.1");
  CHECK(java(1e10f) == "1.0E10");
  CHECK(java(16777216.0f) == "1.6777216E7");
  CHECK(java(33554432.0f) == "3.3554432E7");
  CHECK(java(3.4028235e38f) == "3.4028235E38");
  CHECK(java(std::bit_cast<float>(std::uint32_t{1})) == "1.4E-45");
  CHECK(java(0.001f) == "0.001");
  CHECK(java(-0.0f) == "-0.0");
  CHECK(java(std::numeric_limits<float>::quiet_NaN()) == "NaN");
}

TEST_CASE("java number: every text reads back as the same double", "[base]") {
  std::mt19937_64 random(1);
  for (int i = 0; i < 200'000; ++i) {
    double number = from_bits(random());
    if (i % 3 == 1) number = static_cast<double>(random() % 100'000'000) / 1000;
    if (i % 3 == 2) number = static_cast<double>(random() >> (random() % 64));
    if (!std::isfinite(number)) continue;
    const std::string text = java(number);
    REQUIRE(text.size() <= kJavaNumberRoom);
    const std::optional<double> read = parse_java_double(text);
    INFO(text);
    REQUIRE(read.has_value());
    REQUIRE(std::bit_cast<std::uint64_t>(*read) == std::bit_cast<std::uint64_t>(number));
  }
}

TEST_CASE("java number: what Double.parseDouble takes is taken", "[base]") {
  const auto [text, number] = GENERATE(table<const char*, double>({
      {"1", 1},
      {" 1 ", 1},
      {"\t-2.5\n", -2.5},
      {"+3", 3},
      {"1.", 1},
      {".5", 0.5},
      {"1.e2", 100},
      {"1e3", 1000},
      {"1E+3", 1000},
      {"1e-3", 0.001},
      {"1d", 1},
      {"1.5F", 1.5},
      {"1e3D", 1000},
      {"0x1p3", 8},
      {"0X1.8P1", 3},
      {"0x.8p0f", 0.5},
      {"0x1.p1d", 2},
      {"-0xap-1", -5},
      {"0x1.fffffffffffff8p1023", std::numeric_limits<double>::infinity()},
      {"0x1.fffffffffffff7p1023", std::numeric_limits<double>::max()},
      {"0x1p-1074", 4.9e-324},
      {"0x1p-1075", 0},
      {"0x1.00001p-1075", 4.9e-324},
      {"0x1.00000000000008p0", 1},
      {"0x1.000000000000080000000001p0", 1.0000000000000002},
      {"0x123456789abcdef123p-40", 305419896.60444444},
      {"0x0p99999999999999999999", 0},
      {"0x1p99999999999999999999", std::numeric_limits<double>::infinity()},
      {"1e400", std::numeric_limits<double>::infinity()},
      {"-1e400", -std::numeric_limits<double>::infinity()},
      {"1e-400", 0},
      {"1e99999999999999999999", std::numeric_limits<double>::infinity()},
      {"1e-99999999999999999999", 0},
      {"0e99999999999999999999", 0},
      {"2.4703282292062327e-324", 0},
      {"2.4703282292062328e-324", 4.9e-324},
      {"1.7976931348623159e308", std::numeric_limits<double>::infinity()},
      {"Infinity", std::numeric_limits<double>::infinity()},
      {"-Infinity", -std::numeric_limits<double>::infinity()},
      {"00001", 1},
  }));
  INFO(text);
  const std::optional<double> read = parse_java_double(text);
  REQUIRE(read.has_value());
  CHECK(*read == number);
  CHECK(std::signbit(*read) ==
        (std::string(text).find('-') < std::string(text).find_first_of("0123456789I")));
}

TEST_CASE("java number: NaN is read with and without a sign", "[base]") {
  CHECK(std::isnan(parse_java_double("NaN").value_or(0)));
  CHECK(std::isnan(parse_java_double(" -NaN ").value_or(0)));
  CHECK(std::isnan(parse_java_double("+NaN").value_or(0)));
}

TEST_CASE("java number: what Double.parseDouble refuses is refused", "[base]") {
  const char* const text = GENERATE(
      "", " ", "+", "-", ".", "e5", "1e", "1e+", "1 2", "--1", "+-1", "1_0", "1,5", "nan", "inf",
      "infinity", "INFINITY", "NaNf", "Infinityd", "1dd", "1fd", "d", "f", "0x", "0x1", "0x1d",
      "0x1.8", "0xp1", "0x.p1", "0x1p", "0x1p+", "0x1p1g", "x1p1", "1p1", "0b1", "1L",
      "\xC2\xA0"
      "1",
      "1e5.0", "1..2", "0x1..p1", "\xEF\xBC\x91");
  INFO(text);
  CHECK_FALSE(parse_java_double(text).has_value());
}

TEST_CASE("java number: control characters are blanks, others are not", "[base]") {
  CHECK(parse_java_double(std::string_view("\0\x01\x1F 1 \x7", 8)) == 1.0);
  CHECK_FALSE(parse_java_double("\x7F"
                                "1")
                  .has_value());
}

TEST_CASE("java number: the locale changes nothing", "[base]") {
  const char* const german = std::setlocale(LC_NUMERIC, "de_DE.UTF-8");
  CHECK(java(1.5) == "1.5");
  CHECK(java(123456.789012345) == "123456.789012345");
  CHECK(parse_java_double("1.5") == 1.5);
  CHECK_FALSE(parse_java_double("1,5").has_value());
  if (german != nullptr) std::setlocale(LC_NUMERIC, "C");
}
