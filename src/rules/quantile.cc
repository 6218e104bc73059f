#include "rules/quantile.h"

#include <array>
#include <charconv>

#include "base/java_number.h"

namespace jmxbridge {

std::optional<std::string> quantile_label(std::string_view text) {
  const std::optional<double> number = parse_java_double(text);
  if (!number || !(*number >= 0 && *number <= 1)) return std::nullopt;
  std::array<char, 32> room{};
  const double value = *number == 0 ? 0 : *number;  // no -0
  const std::to_chars_result end =
      std::to_chars(room.data(), room.data() + room.size(), value, std::chars_format::general);
  std::string label(room.data(), end.ptr);
  if (label.find_first_of(".e") == std::string::npos) label += ".0";
  return label;
}

}  // namespace jmxbridge
