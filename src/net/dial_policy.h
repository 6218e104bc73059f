#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace jmxbridge {

/// A numeric IP address in network byte order. IPv4 stands in the first four bytes; an IPv4-mapped
/// IPv6 address (`::ffff:10.0.0.1`) is kept as the IPv4 address that a connect to it would reach.
struct IpAddress {
  std::array<std::uint8_t, 16> bytes{};
  bool v6 = false;

  /// Reads numeric text; an IPv6 zone (`%eth0`) is dropped. False if the text is no address.
  static bool parse(std::string_view text, IpAddress& out);
  /// The usual text, without a zone.
  std::string text() const;

  friend bool operator==(const IpAddress&, const IpAddress&) = default;
};

/// One entry of an allow list: which hosts, and which of their ports.
///
/// Written `NETWORK:PORT`, `NAME:PORT` or `*.SUFFIX:PORT`, where NETWORK is an address with or
/// without `/BITS` (IPv6 in brackets) and PORT a number, a range `LOW-HIGH`, or `*`.
class DialRule {
 public:
  /// The error quotes the entry and shows a right one.
  static Result<DialRule> parse(std::string_view text);

  bool admits_port(std::uint16_t port) const { return low_port_ <= port && port <= high_port_; }
  /// True if this is a rule for a network and the address lies in it.
  bool admits_address(const IpAddress& address) const;
  /// True if this is a rule for names and takes the name in; letter case does not count.
  bool admits_name(std::string_view name) const;
  /// True if only a name can be admitted.
  bool is_for_names() const { return !name_.empty(); }

 private:
  bool parse_network(std::string_view text, std::string& problem);
  bool parse_name(std::string_view text, std::string& problem);
  bool parse_ports(std::string_view text, std::string& problem);

  std::string name_;  ///< lower case; with `any_prefix_` the suffix that follows the `*`
  bool any_prefix_ = false;
  IpAddress network_;
  unsigned bits_ = 0;
  std::uint16_t low_port_ = 0;
  std::uint16_t high_port_ = 0;
};

/// Where the daemon may connect to (design section 8). Immutable; safe to share between threads.
///
/// A name is resolved once and its addresses are checked, so that what is dialled is what was
/// checked: a name server that changes its answer in between gains nothing.
class DialPolicy {
 public:
  /// Admits every host: for targets that the configuration names.
  static DialPolicy anything() { return DialPolicy(); }

  /// Admits what an entry admits, for targets that a URL names; an empty list admits nothing.
  ///
  /// An address passes by a network entry, or because its name passes by a name entry. The latter
  /// leads to ordinary addresses only: loopback, link-local, multicast and unspecified ones need a
  /// network entry of their own, for whoever answers for a name could point it there. The one
  /// exception is the entry `localhost`, which means loopback.
  static Result<DialPolicy> allow(std::span<const std::string> entries);

  /// The numeric addresses that host and port may be dialled at, best first (RFC 6724), each once.
  /// May block on DNS. The error names the host and what to change.
  Result<std::vector<std::string>> resolve(const std::string& host, std::uint16_t port) const;

  /// The same for a name that is resolved already, to these addresses.
  Result<std::vector<std::string>> admit(const std::string& host, std::uint16_t port,
                                         std::span<const std::string> addresses) const;

 private:
  DialPolicy() = default;

  bool admits(const IpAddress& address, std::uint16_t port, const DialRule* by_name) const;
  const DialRule* rule_for_name(std::string_view name, std::uint16_t port) const;
  bool may_admit(std::string_view name, std::uint16_t port) const;

  bool anything_ = true;
  std::vector<DialRule> rules_;
};

}  // namespace jmxbridge
