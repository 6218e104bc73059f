#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace jmxbridge {

/// A length of time as Go writes it: `0`, or numbers with units as `1.5s` or `1m30s`. Nothing if
/// the text is malformed, negative or longer than a day.
std::optional<std::chrono::nanoseconds> read_go_duration(std::string_view text);

}  // namespace jmxbridge
