#include "commands/flag_values.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "config/coerced.h"

namespace jmxbridge {
namespace {

/// A decimal port with an optional plus sign, as Java's Integer.parseInt reads it; ports below
/// `lowest` are refused.
std::optional<std::uint16_t> read_port(std::string_view text, int lowest) {
  if (!text.empty() && text[0] == '+') text.remove_prefix(1);
  if (text.empty() || text[0] == '-') return std::nullopt;
  int port = 0;
  const char* end = text.data() + text.size();
  const std::from_chars_result read = std::from_chars(text.data(), end, port);
  if (read.ec != std::errc() || read.ptr != end || port < lowest || port > 65535) {
    return std::nullopt;
  }
  return static_cast<std::uint16_t>(port);
}

std::string without_brackets(std::string_view host) {
  if (host.size() >= 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  }
  return std::string(host);
}

}  // namespace

std::optional<HttpOptions::Address> read_peer_address(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  const std::string_view port_text =
      colon == std::string_view::npos ? text : text.substr(colon + 1);
  const std::optional<std::uint16_t> port = read_port(port_text, 1);
  if (!port) return std::nullopt;
  if (colon == std::string_view::npos) return HttpOptions::Address{"", *port};
  if (colon == 0) return HttpOptions::Address{"127.0.0.1", *port};
  std::string host = without_brackets(text.substr(0, colon));
  if (is_blank(host)) return std::nullopt;
  // Java binds this address for both families.
  if (host == "0.0.0.0") host.clear();
  return HttpOptions::Address{std::move(host), *port};
}

Complaint add_listen_address(CommandLine& line, std::string_view text) {
  const std::size_t colon = text.rfind(':');
  const std::optional<std::uint16_t> port =
      colon == std::string_view::npos ? std::nullopt : read_port(text.substr(colon + 1), 0);
  if (!port) return "is no HOST:PORT or :PORT with a port from 0 to 65535";
  std::string host = without_brackets(text.substr(0, colon));
  if (!host.empty() && is_blank(host)) return "has a blank host; write :PORT for every interface";
  line.listen.push_back({std::move(host), *port});
  return std::nullopt;
}

Complaint set_max_requests(CommandLine& line, std::string_view text) {
  constexpr std::size_t kMost = 100'000;
  std::size_t number = 0;
  const char* end = text.data() + text.size();
  const std::from_chars_result read = std::from_chars(text.data(), end, number);
  if (read.ec != std::errc() || read.ptr != end || number > kMost) {
    return "is no number from 0 to 100000";
  }
  line.max_requests = number;
  return std::nullopt;
}

Complaint set_timeout_offset(CommandLine& line, std::string_view text) {
  constexpr double kLongest = 3600;
  double number = 0;
  const char* end = text.data() + text.size();
  const std::from_chars_result read =
      std::from_chars(text.data(), end, number, std::chars_format::fixed);
  const std::string_view unit(read.ptr, static_cast<std::size_t>(end - read.ptr));
  double seconds = number;
  if (unit == "ms") {
    seconds = number / 1000;
  } else if (unit == "m") {
    seconds = number * 60;
  } else if (!unit.empty() && unit != "s") {
    seconds = -1;
  }
  if (read.ec != std::errc() || !(seconds >= 0 && seconds <= kLongest)) {
    return "is no duration from 0 to 3600s; write 500ms, 0.5s or 0.5";
  }
  line.timeout_offset = std::chrono::milliseconds(std::llround(seconds * 1000));
  return std::nullopt;
}

Complaint set_tolerance(CommandLine& line, std::string_view text) {
  constexpr double kHundred = 100;
  double number = 0;
  const char* end = text.data() + text.size();
  const std::from_chars_result read = std::from_chars(text.data(), end, number);
  const std::string_view unit(read.ptr, static_cast<std::size_t>(end - read.ptr));
  const bool is_part = unit == "%";
  if (read.ec != std::errc() || !(number >= 0) || std::isinf(number) ||
      (!unit.empty() && !is_part) || (is_part && number > kHundred)) {
    return "is neither a number from 0 on nor a percentage up to 100%; write 0.5 or 5%";
  }
  double& tolerance = is_part ? line.diff.tolerance.relative : line.diff.tolerance.absolute;
  tolerance = std::max(tolerance, is_part ? number / kHundred : number);
  line.diff.values = true;
  return std::nullopt;
}

Complaint set_limit(CommandLine& line, std::string_view text) {
  const char* end = text.data() + text.size();
  const std::from_chars_result read = std::from_chars(text.data(), end, line.diff.limit);
  if (read.ec != std::errc() || read.ptr != end) return "is no number from 0 on";
  return std::nullopt;
}

Complaint add_java_options(CommandLine& line, std::string_view text) {
  if (std::count(text.begin(), text.end(), '"') % 2 != 0) return "has a quote that is not closed";
  if (!line.java_options.empty()) line.java_options += ' ';
  line.java_options += text;
  return std::nullopt;
}

Complaint set_text(std::string& to, std::string_view text) {
  if (is_blank(text)) return "is blank";
  to = text;
  return std::nullopt;
}

}  // namespace jmxbridge
