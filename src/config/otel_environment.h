#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace jmxbridge {

/// What a standard environment variable says, and its name for messages.
struct OtelVariable {
  std::string name;
  std::string text;  ///< trimmed, never empty
};

/// The variable of that name; an empty one is none.
std::optional<OtelVariable> otel_variable(std::string_view name);

/// `OTEL_EXPORTER_OTLP_METRICS_` with that end, else `OTEL_EXPORTER_OTLP_` with it.
std::optional<OtelVariable> otlp_variable(std::string_view end);

/// A time as the variables have it: milliseconds, or a number with ms, s, m, h or d; from 1 ms to
/// 2147483647 s. The error says what to write.
Result<std::chrono::milliseconds> parse_otel_time(std::string_view text);

/// `name=value,name=value`, percent-encoded. The error never shows a value.
Result<std::map<std::string, std::string>> parse_otel_pairs(std::string_view text);

}  // namespace jmxbridge
