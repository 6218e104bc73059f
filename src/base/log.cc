#include "base/log.h"

#include <spdlog/formatter.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <exception>
#include <memory>
#include <optional>

#include "base/utf.h"

namespace jmxbridge {
namespace {

/// Characters that change how a terminal or a viewer shows what stands around them: C0 and C1
/// controls, line and paragraph separators, and those that turn the direction of writing.
bool is_hidden(char32_t point) {
  return point < 0x20 || (point >= 0x7F && point < 0xA0) || (point >= 0x200E && point <= 0x200F) ||
         (point >= 0x2028 && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069) ||
         point == 0xFEFF;
}

/// The escape of a hidden character, as JSON and Go write it.
template <class Out>
void append_escape(char32_t point, Out& out) {
  constexpr char kHex[] = "0123456789abcdef";
  const auto append = [&](std::string_view text) {
    out.append(text.data(), text.data() + text.size());
  };
  if (point == '\n') return append("\\n");
  if (point == '\r') return append("\\r");
  if (point == '\t') return append("\\t");
  append("\\u");
  for (int shift = 12; shift >= 0; shift -= 4) {
    const char digit = kHex[point >> shift & 0xF];
    append({&digit, 1});
  }
}

void append_text(spdlog::memory_buf_t& out, std::string_view text) {
  out.append(text.data(), text.data() + text.size());
}

/// Writes a text in double quotes: legal in JSON and in logfmt, and one line, whatever the bytes.
void append_quoted(spdlog::memory_buf_t& out, std::string_view text) {
  out.push_back('"');
  while (!text.empty()) {
    char32_t point = 0;
    const std::size_t size = utf8_sequence(text, &point);
    if (size == 0) {
      append_text(out, "\\ufffd");
      text.remove_prefix(1);
      continue;
    }
    if (point == '"' || point == '\\') out.push_back('\\');
    if (is_hidden(point)) {
      append_escape(point, out);
    } else {
      append_text(out, text.substr(0, size));
    }
    text.remove_prefix(size);
  }
  out.push_back('"');
}

std::string_view level_name(spdlog::level::level_enum level) {
  switch (level) {
    case spdlog::level::trace:
    case spdlog::level::debug:
      return "debug";
    case spdlog::level::warn:
      return "warn";
    case spdlog::level::err:
    case spdlog::level::critical:
      return "error";
    default:
      return "info";
  }
}

/// `2026-01-02T03:04:05.678Z`.
void append_time(spdlog::memory_buf_t& out, spdlog::log_clock::time_point time) {
  const auto since = std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch());
  const auto seconds = std::chrono::floor<std::chrono::seconds>(since);
  const std::time_t stamp = seconds.count();
  std::tm utc{};
  gmtime_r(&stamp, &utc);
  fmt::format_to(fmt::appender(out), "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
                 utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min,
                 utc.tm_sec, (since - seconds).count());
}

class LineFormatter final : public spdlog::formatter {
 public:
  explicit LineFormatter(LogFormat format) : format_(format) {}

  void format(const spdlog::details::log_msg& event, spdlog::memory_buf_t& out) override {
    const bool json = format_ == LogFormat::kJson;
    append_text(out, json ? "{\"ts\":\"" : "ts=");
    append_time(out, event.time);
    append_text(out, json ? "\",\"level\":\"" : " level=");
    append_text(out, level_name(event.level));
    append_text(out, json ? "\",\"msg\":" : " msg=");
    append_quoted(out, {event.payload.data(), event.payload.size()});
    append_text(out, json ? "}\n" : "\n");
  }

  std::unique_ptr<spdlog::formatter> clone() const override {
    return std::make_unique<LineFormatter>(format_);
  }

 private:
  LogFormat format_;
};

std::optional<spdlog::level::level_enum> read_level(std::string_view level) {
  if (level == "debug") return spdlog::level::debug;
  if (level == "info") return spdlog::level::info;
  if (level == "warn") return spdlog::level::warn;
  if (level == "error") return spdlog::level::err;
  return std::nullopt;
}

}  // namespace

bool set_up_log(std::string_view level, LogFormat format) {
  const std::optional<spdlog::level::level_enum> least = read_level(level);
  if (!least) return false;
  try {
    auto logger = std::make_shared<spdlog::logger>(
        "jmxbridge", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    logger->set_formatter(std::make_unique<LineFormatter>(format));
    logger->set_level(*least);
    spdlog::set_default_logger(std::move(logger));
  } catch (const std::exception&) {
    // The logger that is in place still writes to the terminal: a daemon without its own log
    // format is better than none.
  }
  return true;
}

std::string printable(std::string_view text, std::size_t limit) {
  constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  out.reserve(std::min(text.size(), limit) + 4);
  while (!text.empty()) {
    const std::size_t before = out.size();
    char32_t point = 0;
    std::size_t size = utf8_sequence(text, &point);
    if (size == 0) {
      const auto byte = static_cast<unsigned char>(text[0]);
      out += "\\x";
      out += kHex[byte >> 4];
      out += kHex[byte & 0xF];
      size = 1;
    } else if (is_hidden(point)) {
      append_escape(point, out);
    } else {
      out.append(text, 0, size);
    }
    if (out.size() > limit) {
      out.resize(before);
      out += "…";
      break;
    }
    text.remove_prefix(size);
  }
  return out;
}

}  // namespace jmxbridge
