#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace jmxbridge {

/// How long a scrape may take (design section 7): the text of X-Prometheus-Scrape-Timeout-Seconds
/// less `offset`, but less a quarter of it at most; `otherwise` where there is no such header or it
/// is no positive number. Never more than an hour.
std::chrono::milliseconds scrape_time(std::optional<std::string_view> header,
                                      std::chrono::milliseconds offset,
                                      std::chrono::milliseconds otherwise);

}  // namespace jmxbridge
