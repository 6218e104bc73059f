#include "base/java_number.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <system_error>
#include <type_traits>

namespace jmxbridge {
namespace {

/// Below this every integer is a double of its own, and no shorter decimal lies within half a unit
/// of it: its decimal digits without trailing zeros are the shortest text.
constexpr double kExactIntegers = 9007199254740992.0;

constexpr char kDigitPairs[] =
    "0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444546"
    "4748"
    "4950515253545556575859606162636465666768697071727374757677787980818283848586878889909192939495"
    "96"
    "979899";

char* write_text(char* to, std::string_view text) {
  std::memcpy(to, text.data(), text.size());
  return to + text.size();
}

/// Lays out decimal digits d1 d2 … with value d1.d2… × 10^exponent as Java does.
char* lay_out(const char* digits, int count, int exponent, char* to) {
  if (exponent >= 0 && exponent < 7) {
    const int whole = exponent + 1;
    for (int i = 0; i < whole; ++i) *to++ = i < count ? digits[i] : '0';
    *to++ = '.';
    if (count <= whole) {
      *to++ = '0';
      return to;
    }
    std::memcpy(to, digits + whole, static_cast<std::size_t>(count - whole));
    return to + (count - whole);
  }
  if (exponent >= -3 && exponent < 0) {
    *to++ = '0';
    *to++ = '.';
    for (int i = -1; i > exponent; --i) *to++ = '0';
    std::memcpy(to, digits, static_cast<std::size_t>(count));
    return to + count;
  }
  *to++ = digits[0];
  *to++ = '.';
  if (count == 1) {
    *to++ = '0';
  } else {
    std::memcpy(to, digits + 1, static_cast<std::size_t>(count - 1));
    to += count - 1;
  }
  *to++ = 'E';
  return std::to_chars(to, to + 8, exponent).ptr;
}

/// A positive integer below kExactIntegers, times 10^-places.
char* write_scaled(std::uint64_t number, int places, char* to) {
  char digits[20];
  char* begin = digits + sizeof digits;
  std::uint64_t rest = number;
  while (rest >= 100) {
    begin -= 2;
    std::memcpy(begin, kDigitPairs + (rest % 100) * 2, 2);
    rest /= 100;
  }
  if (rest >= 10) {
    begin -= 2;
    std::memcpy(begin, kDigitPairs + rest * 2, 2);
  } else {
    *--begin = static_cast<char>('0' + rest);
  }
  int count = static_cast<int>(digits + sizeof digits - begin);
  if (places == 0 && count <= 7) {
    to = write_text(to, std::string_view(begin, static_cast<std::size_t>(count)));
    *to++ = '.';
    *to++ = '0';
    return to;
  }
  const int exponent = count - 1 - places;
  while (count > 1 && begin[count - 1] == '0') --count;
  return lay_out(begin, count, exponent, to);
}

/// A positive double that is a decimal of at most 15 digits, six of them behind the point; null if
/// it is none. No other decimal of up to 15 digits has the same double, so it is the shortest.
char* write_short_decimal(double number, char* to) {
  constexpr double kPlaces = 1e6;
  const double scaled = number * kPlaces;
  if (!(scaled >= 1 && scaled < 1e15)) return nullptr;
  const auto digits = static_cast<std::uint64_t>(scaled + 0.5);
  if (static_cast<double>(digits) / kPlaces != number) return nullptr;
  return write_scaled(digits, 6, to);
}

/// Takes `d.ddde±xx` apart and lays it out.
char* lay_out_scientific(char* text, const char* end, char* to) {
  char* const mark =
      static_cast<char*>(std::memchr(text, 'e', static_cast<std::size_t>(end - text)));
  int exponent = 0;
  for (const char* at = mark + 2; at != end; ++at) exponent = exponent * 10 + (*at - '0');
  if (mark[1] == '-') exponent = -exponent;
  int count = 1;
  if (mark - text > 1) {  // closes the gap of the point: d.ddd becomes _dddd
    text[1] = text[0];
    ++text;
    count = static_cast<int>(mark - text);
    while (count > 1 && text[count - 1] == '0') --count;
  }
  return lay_out(text, count, exponent, to);
}

template <class Number>
char* write_java(Number number, char* to) {
  if (std::isnan(number)) return write_text(to, "NaN");
  if (std::signbit(number)) {
    *to++ = '-';
    number = -number;
  }
  if (std::isinf(number)) return write_text(to, "Infinity");
  if (number == 0) return write_text(to, "0.0");
  constexpr Number kIntegers = std::is_same_v<Number, float> ? static_cast<Number>(1 << 24)
                                                             : static_cast<Number>(kExactIntegers);
  if (number < kIntegers) {
    const auto whole = static_cast<std::uint64_t>(number);
    if (static_cast<Number>(whole) == number) return write_scaled(whole, 0, to);
  }
  if constexpr (std::is_same_v<Number, double>) {
    if (char* const end = write_short_decimal(number, to)) return end;
  }
  char text[kJavaNumberRoom];
  auto written = std::to_chars(text, text + sizeof text, number, std::chars_format::scientific);
  if (number < std::numeric_limits<Number>::min() && text[1] != '.') {
    // Java takes the nearest decimal of two digits where one would do; among normal numbers that
    // is the same decimal.
    written = std::to_chars(text, text + sizeof text, number, std::chars_format::scientific, 1);
  }
  return lay_out_scientific(text, written.ptr, to);
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

int hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/// Exponents past this are all the same: infinity or zero.
constexpr std::int64_t kHugeExponent = 1'000'000'000;

/// Reads `[+-]digits` to the end of `text`, saturating at ±kHugeExponent.
std::optional<std::int64_t> read_exponent(std::string_view text) {
  bool negative = false;
  if (!text.empty() && (text[0] == '+' || text[0] == '-')) {
    negative = text[0] == '-';
    text.remove_prefix(1);
  }
  if (text.empty()) return std::nullopt;
  std::int64_t exponent = 0;
  for (const char c : text) {
    if (!is_digit(c)) return std::nullopt;
    if (exponent < kHugeExponent) exponent = exponent * 10 + (c - '0');
  }
  exponent = std::min(exponent, kHugeExponent);
  return negative ? -exponent : exponent;
}

/// significand × 2^exponent, rounded once to the nearest double, ties to even.
double scale_binary(std::uint64_t significand, bool inexact, std::int64_t exponent) {
  if (significand == 0) return 0;
  const int width = static_cast<int>(std::bit_width(significand));
  const std::int64_t top = exponent + width - 1;  // of the leading bit
  if (top > 1024) return std::numeric_limits<double>::infinity();
  if (top < -1076) return 0;
  const std::int64_t lowest = top - 52 < -1074 ? -1074 : top - 52;  // last bit that a double keeps
  const std::int64_t drop = lowest - exponent;
  if (drop <= 0) return std::ldexp(static_cast<double>(significand), static_cast<int>(exponent));
  if (drop > 64) return 0;
  const std::uint64_t kept = drop == 64 ? 0 : significand >> drop;
  const std::uint64_t half = std::uint64_t{1} << (drop - 1);
  const std::uint64_t rest = drop == 64 ? significand : significand & ((half << 1) - 1);
  const bool up = rest > half || (rest == half && (inexact || (kept & 1) != 0));
  return std::ldexp(static_cast<double>(kept + (up ? 1 : 0)), static_cast<int>(lowest));
}

/// What follows `0x` of a hexadecimal float, without its suffix.
std::optional<double> parse_hex(std::string_view text) {
  std::uint64_t significand = 0;
  std::int64_t exponent = 0;
  bool inexact = false;
  bool point = false;
  bool any = false;
  std::size_t at = 0;
  for (; at < text.size(); ++at) {
    if (text[at] == '.' && !point) {
      point = true;
      continue;
    }
    const int digit = hex_digit(text[at]);
    if (digit < 0) break;
    any = true;
    if (significand >> 60 == 0) {
      significand = significand << 4 | static_cast<unsigned>(digit);
      if (point) exponent -= 4;
    } else {
      inexact = inexact || digit != 0;
      if (!point) exponent += 4;
    }
  }
  if (!any || at == text.size() || (text[at] | 0x20) != 'p') return std::nullopt;
  const std::optional<std::int64_t> scale = read_exponent(text.substr(at + 1));
  if (!scale) return std::nullopt;
  return scale_binary(significand, inexact, exponent + *scale);
}

/// A decimal float without sign and suffix.
std::optional<double> parse_decimal(std::string_view text) {
  std::int64_t whole_digits = 0;   // significant ones, before the point
  std::int64_t leading_zeros = 0;  // after the point, before the first significant digit
  bool point = false;
  bool any = false;
  bool significant = false;
  std::size_t at = 0;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '.' && !point) {
      point = true;
      continue;
    }
    if (!is_digit(c)) break;
    any = true;
    significant = significant || c != '0';
    if (!point && significant) ++whole_digits;
    if (point && !significant) ++leading_zeros;
  }
  if (!any) return std::nullopt;
  std::int64_t exponent = 0;
  if (at < text.size()) {
    if ((text[at] | 0x20) != 'e') return std::nullopt;
    const std::optional<std::int64_t> read = read_exponent(text.substr(at + 1));
    if (!read) return std::nullopt;
    exponent = *read;
  }
  if (!significant) return 0.0;
  const std::int64_t magnitude = (whole_digits > 0 ? whole_digits : -leading_zeros) + exponent;
  if (magnitude > 400) return std::numeric_limits<double>::infinity();
  if (magnitude < -400) return 0.0;
  double number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec == std::errc::result_out_of_range) {
    return magnitude > 0 ? std::numeric_limits<double>::infinity() : 0.0;
  }
  if (read.ec != std::errc()) return std::nullopt;
  return number;
}

std::optional<double> parse_unsigned(std::string_view text) {
  if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
  if (text == "Infinity") return std::numeric_limits<double>::infinity();
  if (text.empty()) return std::nullopt;
  const bool hex = text.size() > 2 && text[0] == '0' && (text[1] | 0x20) == 'x';
  const char last = static_cast<char>(text.back() | 0x20);
  if (last == 'd' || last == 'f') {
    // In a hexadecimal float a trailing d or f is a suffix too: the exponent is mandatory and
    // decimal. `0x1d` fails below for want of an exponent, as in Java.
    text.remove_suffix(1);
  }
  return hex ? parse_hex(text.substr(2)) : parse_decimal(text);
}

}  // namespace

char* write_java_double(double number, char* to) { return write_java(number, to); }

char* write_java_float(float number, char* to) { return write_java(number, to); }

char* write_exposition_double(double number, char* to) {
  if (std::isinf(number)) return write_text(to, number > 0 ? "+Inf" : "-Inf");
  return write_java(number, to);
}

std::optional<double> parse_java_double(std::string_view text) {
  const auto blank = [](char c) { return static_cast<unsigned char>(c) <= 0x20; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  bool negative = false;
  if (!text.empty() && (text[0] == '+' || text[0] == '-')) {
    negative = text[0] == '-';
    text.remove_prefix(1);
  }
  std::optional<double> number = parse_unsigned(text);
  if (number && negative) *number = -*number;
  return number;
}

}  // namespace jmxbridge
