#include "http/deadline.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace jmxbridge {
namespace {

/// Seconds as Prometheus writes them, such as `10` and `0.5`; nothing if it is no positive number.
std::optional<double> read_seconds(std::string_view text) {
  double seconds = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, seconds);
  if (error != std::errc() || stop != end || !std::isfinite(seconds) || seconds <= 0) {
    return std::nullopt;
  }
  return seconds;
}

}  // namespace

std::chrono::milliseconds scrape_time(std::optional<std::string_view> header,
                                      std::chrono::milliseconds offset,
                                      std::chrono::milliseconds otherwise) {
  constexpr std::chrono::milliseconds kMost = std::chrono::hours(1);
  const std::optional<double> seconds = header ? read_seconds(*header) : std::nullopt;
  if (!seconds) return otherwise;
  // Bounded before the conversion, which is undefined for what an integer cannot hold.
  const double bounded = std::min(*seconds * 1000, static_cast<double>(kMost.count()));
  const std::chrono::milliseconds whole(static_cast<std::chrono::milliseconds::rep>(bounded));
  return whole - std::clamp(offset, std::chrono::milliseconds(0), whole / 4);
}

}  // namespace jmxbridge
