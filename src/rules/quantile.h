#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace jmxbridge {

/// The value of a summary's label `quantile` for a text that is a number from 0 to 1, in the one
/// form that OpenMetrics gives each number: `0.50` is `0.5`, `1` is `1.0`. Nothing for other texts.
std::optional<std::string> quantile_label(std::string_view text);

}  // namespace jmxbridge
