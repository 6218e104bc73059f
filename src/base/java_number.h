#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace jmxbridge {

/// Room that one number takes at most in any of the texts below.
inline constexpr std::size_t kJavaNumberRoom = 32;

/// Writes a double as Java's Double.toString does since JDK 19 (specification, appendix B):
/// `5.0`, `1.0E7`, `NaN`, `Infinity`. Returns the end of what was written; `to` has
/// kJavaNumberRoom bytes.
char* write_java_double(double number, char* to);

/// The same for a float, by float rules: `1.1f` is `1.1`.
char* write_java_float(float number, char* to);

/// As write_java_double, but infinities as the exposition formats write them: `+Inf`, `-Inf`
/// (specification 10.13).
char* write_exposition_double(double number, char* to);

/// Reads a double as Double.parseDouble does (specification 7.8.3): surrounding blanks, exponents,
/// hexadecimal floats, the suffixes d, D, f and F, NaN and Infinity.
std::optional<double> parse_java_double(std::string_view text);

}  // namespace jmxbridge
