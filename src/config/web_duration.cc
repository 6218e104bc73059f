#include "config/web_duration.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace jmxbridge {
namespace {

struct Unit {
  std::string_view name;
  double nanoseconds;
};

/// A longer name stands before its own beginning.
constexpr std::array<Unit, 8> kUnits = {{
    {"ns", 1},
    {"us", 1e3},
    {"\xC2\xB5s", 1e3},
    {"\xCE\xBCs", 1e3},
    {"ms", 1e6},
    {"s", 1e9},
    {"m", 60e9},
    {"h", 3600e9},
}};
constexpr double kLongest = 24 * 3600e9;

}  // namespace

std::optional<std::chrono::nanoseconds> read_go_duration(std::string_view text) {
  if (text == "0") return std::chrono::nanoseconds(0);
  if (text.empty()) return std::nullopt;
  double total = 0;
  while (!text.empty()) {
    // from_chars would take a sign, and words such as inf.
    if (text.front() != '.' && (text.front() < '0' || text.front() > '9')) return std::nullopt;
    double number = 0;
    const auto [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
    if (error != std::errc()) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    const auto* unit = std::find_if(kUnits.begin(), kUnits.end(),
                                    [&](const Unit& each) { return text.starts_with(each.name); });
    if (unit == kUnits.end()) return std::nullopt;
    text.remove_prefix(unit->name.size());
    total += number * unit->nanoseconds;
    if (total > kLongest) return std::nullopt;
  }
  return std::chrono::nanoseconds(std::llround(total));
}

}  // namespace jmxbridge
