#pragma once

#include <spdlog/spdlog.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace jmxbridge {

enum class LogFormat : std::uint8_t { kLogfmt, kJson };

/// Sets up the one logger, which writes a line an event to stderr. `level` is debug, info, warn or
/// error; false for any other text.
bool set_up_log(std::string_view level, LogFormat format);

/// Text from a target, client or file for use in a log line or an error: control characters, line
/// ends and bytes that are no UTF-8 are escaped, and what passes `limit` bytes is cut with `…`.
std::string printable(std::string_view text, std::size_t limit = 512);

/// Log an event. Messages are sentences; hostile text in them goes through printable().
namespace log {
template <class... Args>
void debug(fmt::format_string<Args...> text, Args&&... args) {
  spdlog::debug(text, std::forward<Args>(args)...);
}
template <class... Args>
void info(fmt::format_string<Args...> text, Args&&... args) {
  spdlog::info(text, std::forward<Args>(args)...);
}
template <class... Args>
void warn(fmt::format_string<Args...> text, Args&&... args) {
  spdlog::warn(text, std::forward<Args>(args)...);
}
template <class... Args>
void error(fmt::format_string<Args...> text, Args&&... args) {
  spdlog::error(text, std::forward<Args>(args)...);
}
}  // namespace log

}  // namespace jmxbridge
