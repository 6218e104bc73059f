#include "jmx/big_number.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <string>

using namespace jmxbridge;
using namespace std::string_literals;

namespace {

std::string decimal(std::string_view magnitude) {
  std::string text;
  append_decimal(magnitude, text);
  return text;
}

std::string scaled(std::string_view digits, std::int32_t scale) {
  std::string text;
  append_scaled(digits, scale, text);
  return text;
}

/// The magnitude of 2^bit.
std::string power_of_two(std::size_t bit) {
  std::string bytes(bit / 8 + 1, '\0');
  bytes[0] = static_cast<char>(1 << bit % 8);
  return bytes;
}

/// Twice a decimal text, digit by digit.
std::string doubled(std::string text) {
  int carry = 0;
  for (auto digit = text.rbegin(); digit != text.rend(); ++digit) {
    const int twice = (*digit - '0') * 2 + carry;
    *digit = static_cast<char>('0' + twice % 10);
    carry = twice / 10;
  }
  return carry > 0 ? "1" + text : text;
}

}  // namespace

TEST_CASE("big number: magnitudes become decimal", "[jmx]") {
  CHECK(decimal("") == "0");
  CHECK(decimal("\0\0"s) == "0");
  CHECK(decimal("\0\0\x0A"s) == "10");
  CHECK(decimal("\x3B\x9A\xCA\0"s) == "1000000000");
  CHECK(decimal("\x3B\x9A\xC9\xFF") == "999999999");
  CHECK(decimal("\x0D\xE0\xB6\xB3\xA7\x64\0\0"s) == "1000000000000000000");
}

TEST_CASE("big number: every power of two has its digits", "[jmx]") {
  std::string expected = "1";
  for (std::size_t bit = 0; bit < 8 * kLongestMagnitude; ++bit) {
    if (decimal(power_of_two(bit)) != expected) FAIL("2^" << bit);
    expected = doubled(expected);
  }
}

TEST_CASE("big number: doubles are the nearest, ties to even", "[jmx]") {
  CHECK(magnitude_to_double("") == 0);
  CHECK(magnitude_to_double("\x01") == 1);
  CHECK(magnitude_to_double("\x20\0\0\0\0\0\x01"s) == 9007199254740992.0);
  CHECK(magnitude_to_double("\x20\0\0\0\0\0\x03"s) == 9007199254740996.0);
  // 2^117 and half a unit, exactly and a little more.
  std::string tie = power_of_two(117);
  tie[tie.size() - 9] = 1;
  CHECK(magnitude_to_double(tie) == std::pow(2.0, 117));
  tie.back() = 1;
  CHECK(magnitude_to_double(tie) == std::nextafter(std::pow(2.0, 117), 1e300));
  for (std::size_t bit = 0; bit < 1024; ++bit) {
    CHECK(magnitude_to_double(power_of_two(bit)) == std::pow(2.0, static_cast<double>(bit)));
  }
  CHECK(std::isinf(magnitude_to_double(power_of_two(1024))));
  CHECK(std::isinf(magnitude_to_double(std::string(128, '\xFF'))));
  CHECK(std::isinf(magnitude_to_double(std::string(5000, '\x01'))));
}

TEST_CASE("big number: scales are written as BigDecimal writes them", "[jmx]") {
  CHECK(scaled("150", -1) == "1.50E+3");
  CHECK(scaled("1", -3) == "1E+3");
  CHECK(scaled("123450", 3) == "123.450");
  CHECK(scaled("5", 1) == "0.5");
  CHECK(scaled("123", 3) == "0.123");
  CHECK(scaled("123", 5) == "0.00123");
  CHECK(scaled("1", 6) == "0.000001");
  CHECK(scaled("1", 7) == "1E-7");
  CHECK(scaled("12", 8) == "1.2E-7");
  CHECK(scaled("0", 3) == "0.000");
  CHECK(scaled("0", 7) == "0E-7");
  CHECK(scaled("0", -2) == "0E+2");
  CHECK(scaled("7", 0) == "7");
  CHECK(scaled("1", std::numeric_limits<std::int32_t>::max()) == "1E-2147483647");
  CHECK(scaled("1", std::numeric_limits<std::int32_t>::min()) == "1E+2147483648");
}
