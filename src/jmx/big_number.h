#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace jmxbridge {

/// Longer magnitudes are not turned into text: the work grows with the square of their size, and
/// as a double they are infinite from 128 bytes on.
inline constexpr std::size_t kLongestMagnitude = 1024;

/// Appends a big-endian magnitude of at most kLongestMagnitude bytes in decimal.
void append_decimal(std::string_view magnitude, std::string& out);

/// The nearest double, ties to even; infinity past the largest (BigInteger.doubleValue).
double magnitude_to_double(std::string_view magnitude);

/// Appends digits × 10^-scale as BigDecimal.toString does.
void append_scaled(std::string_view digits, std::int32_t scale, std::string& out);

}  // namespace jmxbridge
