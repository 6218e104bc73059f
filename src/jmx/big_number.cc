#include "jmx/big_number.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

namespace jmxbridge {
namespace {

constexpr std::uint32_t kChunk = 1'000'000'000;  // what one division takes off: nine digits

std::string_view without_leading_zeros(std::string_view magnitude) {
  magnitude.remove_prefix(std::min(magnitude.find_first_not_of('\0'), magnitude.size()));
  return magnitude;
}

}  // namespace

void append_decimal(std::string_view magnitude, std::string& out) {
  magnitude = without_leading_zeros(magnitude).substr(0, kLongestMagnitude);
  if (magnitude.empty()) {
    out += '0';
    return;
  }
  // Limbs of 32 bits, most significant first.
  std::array<std::uint32_t, kLongestMagnitude / 4> limbs{};
  const std::size_t count = (magnitude.size() + 3) / 4;
  for (std::size_t i = 0; i < magnitude.size(); ++i) {
    const std::size_t from_end = magnitude.size() - 1 - i;
    limbs[count - 1 - from_end / 4] |= std::uint32_t{static_cast<unsigned char>(magnitude[i])}
                                       << (from_end % 4 * 8);
  }
  const std::size_t begin = out.size();
  for (std::size_t first = 0; first < count;) {
    std::uint64_t rest = 0;
    for (std::size_t i = first; i < count; ++i) {
      rest = rest << 32 | limbs[i];
      limbs[i] = static_cast<std::uint32_t>(rest / kChunk);
      rest %= kChunk;
    }
    while (first < count && limbs[first] == 0) ++first;
    for (int digit = 0; digit < 9; ++digit) {
      out += static_cast<char>('0' + rest % 10);
      rest /= 10;
    }
  }
  while (out.back() == '0') out.pop_back();
  std::reverse(out.begin() + static_cast<std::ptrdiff_t>(begin), out.end());
}

double magnitude_to_double(std::string_view magnitude) {
  magnitude = without_leading_zeros(magnitude);
  constexpr std::size_t kDoubleBytes = 128;
  if (magnitude.size() > kDoubleBytes) return std::numeric_limits<double>::infinity();
  // The leading eight bytes hold at least 57 significant bits. What lies below only has to show
  // that it is not zero for the one rounding to come out right.
  const std::size_t leading = std::min<std::size_t>(magnitude.size(), 8);
  std::uint64_t top = 0;
  for (const char c : magnitude.substr(0, leading)) {
    top = top << 8 | static_cast<unsigned char>(c);
  }
  const std::string_view below = magnitude.substr(leading);
  if (below.find_first_not_of('\0') != std::string_view::npos) top |= 1;
  return std::ldexp(static_cast<double>(top), static_cast<int>(below.size() * 8));
}

void append_scaled(std::string_view digits, std::int32_t scale, std::string& out) {
  const auto count = static_cast<std::int64_t>(digits.size());
  const std::int64_t adjusted = -std::int64_t{scale} + (count - 1);
  if (scale == 0) {
    out += digits;
    return;
  }
  if (scale > 0 && adjusted >= -6) {
    const std::int64_t whole = count - scale;
    if (whole > 0) {
      out += digits.substr(0, static_cast<std::size_t>(whole));
      out += '.';
      out += digits.substr(static_cast<std::size_t>(whole));
    } else {
      out += "0.";
      out.append(static_cast<std::size_t>(-whole), '0');
      out += digits;
    }
    return;
  }
  out += digits[0];
  if (count > 1) {
    out += '.';
    out += digits.substr(1);
  }
  if (adjusted == 0) return;
  out += adjusted > 0 ? "E+" : "E";
  char text[24];
  out.append(text, std::to_chars(text, text + sizeof text, adjusted).ptr);
}

}  // namespace jmxbridge
