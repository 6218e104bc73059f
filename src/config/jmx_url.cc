#include "config/jmx_url.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/url/ipv6_address.hpp>
#include <string>

#include "base/ascii.h"
#include "base/log.h"

namespace jmxbridge {
namespace {

constexpr std::string_view kScheme = "service:jmx:";
constexpr std::string_view kJndi = "/jndi/";
constexpr std::string_view kStub = "/stub/";
constexpr std::string_view kRmi = "rmi:";
constexpr std::string_view kForm =
    "write service:jmx:rmi:///jndi/rmi://HOST:PORT/jmxrmi, or hostPort: HOST:PORT";

bool is_alphanumeric(char c) { return is_digit(c) || is_letter(c); }

bool starts_with_any_case(std::string_view text, std::string_view prefix) {
  if (text.size() < prefix.size()) return false;
  for (std::size_t i = 0; i < prefix.size(); ++i) {
    if (to_lower(text[i]) != prefix[i]) return false;
  }
  return true;
}

// The host in front of an optional port; the rest, with its colon, stays in `text`.
std::string_view take_host(std::string_view& text) {
  std::size_t end = 0;
  if (!text.empty() && text.front() == '[') {
    end = text.find(']');
    end = end == std::string_view::npos ? text.size() : end + 1;
  } else {
    end = std::min(text.find(':'), text.size());
  }
  const std::string_view host = text.substr(0, end);
  text.remove_prefix(end);
  return host;
}

bool is_host(std::string_view host) {
  if (host.empty()) return false;
  const bool bracketed = host.front() == '[';
  if (bracketed) {
    if (host.size() < 4 || host.back() != ']') return false;
    host = host.substr(1, host.size() - 2);
  }
  for (const char c : host) {
    if (is_alphanumeric(c) || c == '.') continue;
    if (bracketed ? c != ':' && c != '%' && c != '-' : c != '-' && c != '_') return false;
  }
  return true;
}

// `:PORT` or nothing; 0 stands for "chosen for me" and is no port to connect to.
bool is_port_part(std::string_view text) {
  if (text.empty()) return true;
  if (text.front() != ':' || text.size() < 2 || text.size() > 6) return false;
  int port = 0;
  for (const char c : text.substr(1)) {
    if (!is_digit(c)) return false;
    port = port * 10 + (c - '0');
  }
  return port > 0 && port <= 65535;
}

bool is_host_port(std::string_view text) {
  const std::string_view host = take_host(text);
  return is_host(host) && is_port_part(text);
}

std::string jndi_fault(std::string_view name) {
  if (!starts_with_any_case(name, kRmi)) {
    return fmt::format("the JNDI name is no rmi: name, and no other kind is looked up; {}", kForm);
  }
  name.remove_prefix(kRmi.size());
  if (name.substr(0, 2) != "//") return fmt::format("'//' must follow 'rmi:'; {}", kForm);
  name.remove_prefix(2);
  const std::size_t slash = name.find('/');
  if (slash == std::string_view::npos || slash + 1 == name.size()) {
    return fmt::format("the name in the registry is missing; {}", kForm);
  }
  const std::string_view address = name.substr(0, slash);
  // Without a host the registry is this machine's.
  if (address.empty() || is_host_port(address) ||
      (address.front() == ':' && is_port_part(address))) {
    return {};
  }
  return fmt::format("'{}' is no HOST:PORT of a registry; {}", printable(address, 80), kForm);
}

std::string stub_fault(std::string_view stub) {
  std::size_t padding = 0;
  for (const char c : stub) {
    const bool letter = is_alphanumeric(c) || c == '+' || c == '/';
    if (c == '=') {
      ++padding;
    } else if (!letter || padding > 0) {
      return "the stub is not base64; copy it again, whole";
    }
  }
  if (stub.empty() || padding > 2 || stub.size() % 4 != 0) {
    return "the stub is not complete base64; copy it again, whole";
  }
  return {};
}

// What follows `service:jmx:rmi:`; the authority is taken off and checked.
std::string take_authority(std::string_view& rest) {
  if (rest.substr(0, 2) != "//") return fmt::format("'//' must follow 'rmi:'; {}", kForm);
  rest.remove_prefix(2);
  const std::size_t end = std::min(rest.find_first_of("/;"), rest.size());
  const std::string_view authority = rest.substr(0, end);
  rest.remove_prefix(end);
  if (authority.empty() || is_host_port(authority) || authority == ":0" ||
      (authority.size() > 2 && authority.substr(authority.size() - 2) == ":0" &&
       is_host(authority.substr(0, authority.size() - 2)))) {
    return {};
  }
  return fmt::format("'{}' is no HOST:PORT; {}", printable(authority, 80), kForm);
}

}  // namespace

std::string url_of_host_port(std::string_view host_port) {
  return fmt::format("service:jmx:rmi:///jndi/rmi://{}/jmxrmi", host_port);
}

std::string host_port_fault(std::string_view host_port) {
  std::string_view rest = host_port;
  const std::string_view host = take_host(rest);
  bool digits = !host.empty();
  for (const char c : host) digits = digits && is_digit(c);
  if (digits && rest.empty()) {
    return fmt::format("'{0}' is taken for a host; write HOST:PORT, such as 127.0.0.1:{0}",
                       printable(host_port, 80));
  }
  if (is_host_port(host_port)) return {};
  return fmt::format("'{}' is no HOST:PORT, so no session can be opened; write HOST:PORT",
                     printable(host_port, 80));
}

std::string jmx_url_fault(std::string_view url) {
  if (url.empty()) return fmt::format("the URL is empty; {}", kForm);
  std::string_view rest = url;
  if (!starts_with_any_case(rest, kScheme)) {
    return fmt::format("the URL must start with service:jmx:; {}", kForm);
  }
  rest.remove_prefix(kScheme.size());
  if (!starts_with_any_case(rest, kRmi)) {
    return fmt::format("only the protocol rmi is served; {}", kForm);
  }
  rest.remove_prefix(kRmi.size());
  if (std::string fault = take_authority(rest); !fault.empty()) return fault;
  if (rest.substr(0, kJndi.size()) == kJndi) return jndi_fault(rest.substr(kJndi.size()));
  if (rest.substr(0, kStub.size()) == kStub) return stub_fault(rest.substr(kStub.size()));
  return fmt::format("the path of the URL must start with /jndi/ or /stub/; {}", kForm);
}

std::string_view jmx_url_host(std::string_view url) {
  const std::size_t jndi = url.find("/jndi/rmi://");
  if (jndi == std::string_view::npos) return {};
  std::string_view rest = url.substr(jndi + std::string_view("/jndi/rmi://").size());
  rest = rest.substr(0, rest.find('/'));
  return take_host(rest);
}

namespace {

bool is_loopback_address(std::string_view host) {
  // Java takes less than four numbers, too.
  if (host.starts_with("127.")) {
    return host.find_first_not_of("0123456789.") == std::string_view::npos;
  }
  if (host.size() > 2 && host.front() == '[') host = host.substr(1, host.size() - 2);
  const auto address = boost::urls::parse_ipv6_address(host);
  if (!address) return false;
  constexpr std::array<unsigned char, 13> kMapped127 = {0, 0, 0, 0,   0,   0,  0,
                                                        0, 0, 0, 255, 255, 127};
  const auto bytes = address->to_bytes();
  return address->is_loopback() || std::equal(kMapped127.begin(), kMapped127.end(), bytes.begin());
}

}  // namespace

bool is_loopback_host(std::string_view host) {
  if (host.empty() || is_loopback_address(host)) return true;
  std::string name(host);
  std::transform(name.begin(), name.end(), name.begin(), to_lower);
  if (name.ends_with('.')) name.pop_back();
  return name == "localhost" || name.ends_with(".localhost");
}

}  // namespace jmxbridge
