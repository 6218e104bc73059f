#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <utility>

#include "base/ascii.h"
#include "base/log.h"
#include "net/dial_policy.h"

namespace jmxbridge {
namespace {

constexpr std::array<std::uint8_t, 12> kMappedPrefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

template <class Number>
bool parse_number(std::string_view text, Number& out) {
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, out);
  return error == std::errc() && stop == end;
}

void clear_below(IpAddress& address, unsigned bits) {
  for (unsigned i = 0; i < address.bytes.size(); ++i) {
    const unsigned kept = bits > 8 * i ? std::min(8U, bits - 8 * i) : 0;
    address.bytes[i] &= static_cast<std::uint8_t>(0xff00U >> kept);
  }
}

/// An all-digit or hexadecimal last label is read as a part of an IPv4 address by resolvers, so
/// that a "name" such as `*.0.1` would take in addresses.
bool is_numeric_label(std::string_view label) {
  if (label.starts_with("0x")) return true;
  return std::all_of(label.begin(), label.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool is_name(std::string_view name) {
  std::size_t start = 0;
  while (true) {
    const std::size_t dot = name.find('.', start);
    const std::string_view label = name.substr(start, dot - start);
    if (label.empty() || label.size() > 63) return false;
    for (const char c : label) {
      const bool fine = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
      if (!fine) return false;
    }
    if (dot == std::string_view::npos) return !is_numeric_label(label);
    start = dot + 1;
  }
}

}  // namespace

bool IpAddress::parse(std::string_view text, IpAddress& out) {
  const std::string plain(text.substr(0, text.find('%')));
  if (plain.find('\0') != std::string::npos) return false;
  IpAddress address;
  if (inet_pton(AF_INET, plain.c_str(), address.bytes.data()) == 1) {
    out = address;
    return plain.size() == text.size();
  }
  if (inet_pton(AF_INET6, plain.c_str(), address.bytes.data()) != 1) return false;
  address.v6 = true;
  if (std::equal(kMappedPrefix.begin(), kMappedPrefix.end(), address.bytes.begin())) {
    std::copy(address.bytes.begin() + 12, address.bytes.end(), address.bytes.begin());
    std::fill(address.bytes.begin() + 4, address.bytes.end(), std::uint8_t{0});
    address.v6 = false;
  }
  out = address;
  return true;
}

std::string IpAddress::text() const {
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(v6 ? AF_INET6 : AF_INET, bytes.data(), text.data(), text.size());
  return text.data();
}

Result<DialRule> DialRule::parse(std::string_view text) {
  DialRule rule;
  std::string problem;
  const auto refuse = [&] {
    return fail(
        fmt::format("\"{}\" cannot be used as an entry of `allow`: {}; write for example "
                    "\"10.0.0.0/8:9999\", \"[2001:db8::/32]:9999\" or "
                    "\"*.kafka.svc:5555\"",
                    printable(text, 80), problem));
  };
  const std::size_t bracket = text.rfind(']');
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || (bracket != std::string_view::npos && colon < bracket)) {
    problem = "the port is missing";
    return refuse();
  }
  std::string_view host = text.substr(0, colon);
  if (!rule.parse_ports(text.substr(colon + 1), problem)) return refuse();

  const bool is_network = host.starts_with('[') || host.find('/') != std::string_view::npos || [&] {
    IpAddress address;
    return IpAddress::parse(host, address) && !address.v6;
  }();
  const bool parsed =
      is_network ? rule.parse_network(host, problem) : rule.parse_name(host, problem);
  if (!parsed) return refuse();
  return rule;
}

bool DialRule::parse_network(std::string_view text, std::string& problem) {
  // Both [2001:db8::/32] and [2001:db8::]/32 are written.
  std::string plain(text);
  const bool bracketed = plain.starts_with('[');
  if (bracketed) {
    const std::size_t close = plain.find(']');
    if (close == std::string::npos) {
      problem = "the bracket is not closed";
      return false;
    }
    plain.erase(close, 1);
    plain.erase(0, 1);
  }
  const std::size_t slash = plain.find('/');
  const std::string_view address = std::string_view(plain).substr(0, slash);
  const bool written_as_v6 = address.find(':') != std::string_view::npos;
  if (written_as_v6 != bracketed || address.find('%') != std::string_view::npos ||
      !IpAddress::parse(address, network_)) {
    problem = bracketed ? "what stands in brackets is no IPv6 address"
                        : "what stands before the port is no IPv4 address or network";
    return false;
  }
  const unsigned most = written_as_v6 ? 128 : 32;
  bits_ = most;
  if (slash != std::string::npos &&
      (!parse_number(std::string_view(plain).substr(slash + 1), bits_) || bits_ > most)) {
    problem = fmt::format("the network's size is no number from 0 to {}", most);
    return false;
  }
  if (written_as_v6 && !network_.v6) {
    // Given as IPv4-mapped: only what lies below the mapping can be meant.
    if (bits_ < 96) {
      problem = "IPv4 networks are written as such";
      return false;
    }
    bits_ -= 96;
  }
  IpAddress masked = network_;
  clear_below(masked, bits_);
  if (masked != network_) {
    problem = fmt::format("the network of that size is {}/{}", masked.text(), bits_);
    return false;
  }
  return true;
}

bool DialRule::parse_name(std::string_view text, std::string& problem) {
  std::string name(text);
  for (char& c : name) c = to_lower(c);
  any_prefix_ = name.starts_with("*.");
  if (any_prefix_) name.erase(0, 2);
  if (name.ends_with('.')) name.pop_back();
  if (name.empty() || name.size() > 253 || !is_name(name)) {
    problem = text.find(':') != std::string_view::npos
                  ? "an IPv6 address stands in brackets"
                  : "what stands before the port is no host name, network or *.SUFFIX";
    return false;
  }
  name_ = any_prefix_ ? "." + name : name;
  return true;
}

bool DialRule::parse_ports(std::string_view text, std::string& problem) {
  if (text == "*") {
    low_port_ = 1;
    high_port_ = 65535;
    return true;
  }
  const std::size_t dash = text.find('-');
  const bool is_range = dash != std::string_view::npos;
  const bool fine = parse_number(text.substr(0, dash), low_port_) &&
                    (!is_range || parse_number(text.substr(dash + 1), high_port_));
  if (!is_range) high_port_ = low_port_;
  if (!fine || low_port_ == 0 || high_port_ < low_port_) {
    problem = "the port is no number from 1 to 65535, range LOW-HIGH or *";
    return false;
  }
  return true;
}

bool DialRule::admits_address(const IpAddress& address) const {
  if (is_for_names() || address.v6 != network_.v6) return false;
  IpAddress masked = address;
  clear_below(masked, bits_);
  return masked == network_;
}

bool DialRule::admits_name(std::string_view name) const {
  if (!is_for_names() || name.size() < name_.size()) return false;
  if (!any_prefix_) return name == name_;
  return name.size() > name_.size() && name.ends_with(name_);
}

}  // namespace jmxbridge
