#include "config/otel_environment.h"

#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <limits>

#include "base/percent.h"
#include "config/coerced.h"

namespace jmxbridge {
namespace {

using std::chrono::milliseconds;

std::optional<milliseconds> unit_of(std::string_view unit) {
  if (unit.empty() || unit == "ms") return milliseconds(1);
  if (unit == "s") return std::chrono::seconds(1);
  if (unit == "m") return std::chrono::minutes(1);
  if (unit == "h") return std::chrono::hours(1);
  if (unit == "d") return std::chrono::hours(24);
  return std::nullopt;
}

}  // namespace

std::optional<OtelVariable> otel_variable(std::string_view name) {
  std::string key(name);
  const char* text = std::getenv(key.c_str());
  if (text == nullptr || is_blank(text)) return std::nullopt;
  return OtelVariable{std::move(key), std::string(trim(text))};
}

std::optional<OtelVariable> otlp_variable(std::string_view end) {
  std::optional<OtelVariable> variable =
      otel_variable("OTEL_EXPORTER_OTLP_METRICS_" + std::string(end));
  return variable ? variable : otel_variable("OTEL_EXPORTER_OTLP_" + std::string(end));
}

Result<milliseconds> parse_otel_time(std::string_view text) {
  constexpr milliseconds kLongest = std::chrono::seconds(std::numeric_limits<std::int32_t>::max());
  std::int64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  const std::optional<milliseconds> unit =
      unit_of(trim({rest, static_cast<std::size_t>(end - rest)}));
  if (error != std::errc() || !unit || number < 1 || number > kLongest / *unit) {
    return fail("write milliseconds, such as 60000, or a time with its unit, such as 60s");
  }
  return number * *unit;
}

Result<std::map<std::string, std::string>> parse_otel_pairs(std::string_view text) {
  std::map<std::string, std::string> pairs;
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    const std::string_view pair = trim(text.substr(0, comma));
    text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
    if (pair.empty()) continue;
    const std::size_t equals = pair.find('=');
    const std::string name =
        percent_decoded(trim(pair.substr(0, equals == std::string_view::npos ? 0 : equals)));
    if (name.empty()) return fail("write NAME=VALUE,NAME=VALUE, each value percent-encoded");
    const std::string value = percent_decoded(trim(pair.substr(equals + 1)));
    if (!value.empty()) pairs[name] = value;
  }
  return pairs;
}

}  // namespace jmxbridge
