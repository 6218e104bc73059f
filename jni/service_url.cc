#include "jni/service_url.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/log.h"

namespace jmxbridge {
namespace {

constexpr std::string_view kExpected =
    "write service:jmx:rmi:///jndi/rmi://HOST:PORT/jmxrmi, or hostPort: HOST:PORT";

bool is_equal_ignoring_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
           return (x >= 'A' && x <= 'Z' ? x + 32 : x) == (y >= 'A' && y <= 'Z' ? y + 32 : y);
         });
}

/// Takes a prefix off, in any case of letters.
bool take(std::string_view& text, std::string_view prefix) {
  if (!is_equal_ignoring_case(text.substr(0, prefix.size()), prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  unsigned port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (port == 0 || port > 0xffff) return std::nullopt;
  return static_cast<std::uint16_t>(port);
}

Unexpected<Error> refuse(std::string_view what) {
  return fail(fmt::format("The JMX URL {}; {}", what, kExpected));
}

/// Reads `HOST[:PORT]`, where an IPv6 address stands in brackets.
Result<void> read_authority(std::string_view authority, ServiceUrl& url) {
  std::string_view port;
  bool has_port = false;
  if (authority.starts_with('[')) {
    const std::size_t end = authority.find(']');
    if (end == std::string_view::npos) return refuse("has a [ without a ]");
    url.host = authority.substr(1, end - 1);
    std::string_view rest = authority.substr(end + 1);
    has_port = !rest.empty();
    if (has_port && rest.front() != ':') return refuse("has text between ] and the port");
    if (has_port) port = rest.substr(1);
  } else {
    const std::size_t colon = authority.rfind(':');
    has_port = colon != std::string_view::npos;
    url.host = authority.substr(0, colon);
    if (has_port) port = authority.substr(colon + 1);
    if (url.host.find(':') != std::string::npos) {
      return refuse("has an IPv6 address without brackets");
    }
  }
  // As RMI does, an absent host is this machine.
  if (url.host.empty()) url.host = "localhost";
  if (!has_port || port.empty()) return {};
  const std::optional<std::uint16_t> number = parse_port(port);
  if (!number) return refuse(fmt::format("has the port `{}`", printable(port, 64)));
  url.port = *number;
  return {};
}

}  // namespace

Result<ServiceUrl> parse_service_url(std::string_view text) {
  std::string_view rest = text;
  if (!take(rest, "service:jmx:")) return refuse("does not begin with service:jmx:");
  if (!take(rest, "rmi://")) {
    const std::string_view protocol = rest.substr(0, rest.find(':'));
    return refuse(fmt::format("is of protocol `{}`, only rmi is spoken", printable(protocol, 64)));
  }
  const std::size_t path_at = rest.find('/');
  if (path_at == std::string_view::npos) return refuse("has no path");
  rest.remove_prefix(path_at);

  ServiceUrl url;
  if (rest.starts_with("/stub/")) {
    url.stub = rest.substr(6);
    if (url.stub.empty()) return refuse("has an empty stub");
    return url;
  }
  if (!rest.starts_with("/jndi/")) return refuse("has neither /jndi/ nor /stub/ in it");
  rest.remove_prefix(6);
  if (!take(rest, "rmi:")) {
    const std::string_view scheme = rest.substr(0, rest.find(':'));
    return refuse(
        fmt::format("looks its stub up with `{}`, only rmi: is spoken", printable(scheme, 64)));
  }
  std::string_view authority;
  if (rest.starts_with("//")) {
    rest.remove_prefix(2);
    const std::size_t slash = std::min(rest.find('/'), rest.size());
    authority = rest.substr(0, slash);
    rest.remove_prefix(slash);
  }
  if (Result<void> read = read_authority(authority, url); !read) {
    return fail(std::move(read.error()));
  }
  if (rest.starts_with('/')) rest.remove_prefix(1);
  if (rest.empty()) return refuse("names nothing in the registry");
  url.name = rest;
  return url;
}

}  // namespace jmxbridge
