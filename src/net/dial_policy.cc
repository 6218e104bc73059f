#include "net/dial_policy.h"

#include <fmt/format.h>
#include <netdb.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include "base/ascii.h"
#include "base/log.h"

namespace jmxbridge {
namespace {

/// The longest name that DNS knows.
constexpr std::size_t kMaxHostLength = 253;

struct FreeAddresses {
  void operator()(addrinfo* list) const { freeaddrinfo(list); }
};

/// Control characters, blanks and above all a NUL, at which getaddrinfo() would end a name that was
/// checked as a whole, make a text no host.
bool is_host_text(std::string_view host) {
  return !host.empty() && host.size() <= kMaxHostLength &&
         std::all_of(host.begin(), host.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

/// Loopback, link-local, multicast and the like: addresses that mean something only here.
bool is_ordinary(const IpAddress& address) {
  const auto& b = address.bytes;
  if (address.v6) {
    const bool zeros =
        std::all_of(b.begin(), b.begin() + 15, [](std::uint8_t x) { return x == 0; });
    const bool unspecified_or_loopback = zeros && b[15] <= 1;
    const bool link_local = b[0] == 0xfe && (b[1] & 0xc0) == 0x80;
    return !unspecified_or_loopback && !link_local && b[0] != 0xff;
  }
  const bool link_local = b[0] == 169 && b[1] == 254;
  return b[0] != 0 && b[0] != 127 && !link_local && b[0] < 224;
}

bool is_loopback(const IpAddress& address) {
  IpAddress one;
  one.v6 = true;
  one.bytes[15] = 1;
  return address.v6 ? address == one : address.bytes[0] == 127;
}

/// A connect to `0.0.0.0` or `::` reaches this host, which no entry says.
bool is_unspecified(const IpAddress& address) {
  return std::all_of(address.bytes.begin(), address.bytes.end(),
                     [](std::uint8_t x) { return x == 0; });
}

/// The host as names are compared: without brackets and the root's dot, in lower case.
std::string plain_host(std::string_view host) {
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  }
  if (host.size() > 1 && host.back() == '.') host.remove_suffix(1);
  std::string plain(host);
  for (char& c : plain) c = to_lower(c);
  return plain;
}

/// `host:port` for messages, with brackets where they are needed.
std::string show(std::string_view host, std::uint16_t port) {
  const bool bare_v6 = host.find(':') != std::string_view::npos && host.front() != '[';
  return bare_v6 ? fmt::format("[{}]:{}", printable(host), port)
                 : fmt::format("{}:{}", printable(host), port);
}

std::string entry_for(const IpAddress& address, std::uint16_t port) {
  return address.v6 ? fmt::format("[{}/128]:{}", address.text(), port)
                    : fmt::format("{}/32:{}", address.text(), port);
}

Unexpected<Error> cannot_resolve(const std::string& host, int code) {
  if (code == EAI_AGAIN) {
    return fail(fmt::format("host {} cannot be resolved now; check that the name server answers",
                            printable(host)));
  }
  const std::string why =
      code == EAI_SYSTEM ? std::generic_category().message(errno) : std::string(gai_strerror(code));
  return fail(fmt::format("host {} cannot be resolved ({}); check the name and the name server",
                          printable(host), why));
}

/// The name's addresses in numeric text, with the zone of a link-local IPv6 address.
Result<std::vector<std::string>> look_up(const std::string& host) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int code = getaddrinfo(host.c_str(), nullptr, &hints, &found);
  if (code != 0) return cannot_resolve(host, code);
  const std::unique_ptr<addrinfo, FreeAddresses> list(found);

  std::vector<std::string> addresses;
  for (const addrinfo* each = list.get(); each != nullptr; each = each->ai_next) {
    std::array<char, NI_MAXHOST> text{};
    if (getnameinfo(each->ai_addr, each->ai_addrlen, text.data(), text.size(), nullptr, 0,
                    NI_NUMERICHOST) == 0) {
      addresses.emplace_back(text.data());
    }
  }
  if (addresses.empty()) return cannot_resolve(host, EAI_NONAME);
  return addresses;
}

/// What a URL's target is told; it says nothing of the addresses behind a name.
Unexpected<Error> not_allowed(const std::string& host, std::uint16_t port) {
  return fail(
      fmt::format("{} is no target that a URL may name; to allow it, add it to an `allow` list "
                  "under `probe` in the configuration",
                  show(host, port)));
}

}  // namespace

bool DialPolicy::admits(const IpAddress& address, std::uint16_t port,
                        const DialRule* by_name) const {
  if (anything_) return true;
  if (is_unspecified(address)) return false;
  if (by_name != nullptr) {
    if (is_ordinary(address)) return true;
    if (by_name->admits_name("localhost") && is_loopback(address)) return true;
  }
  return std::any_of(rules_.begin(), rules_.end(), [&](const DialRule& rule) {
    return rule.admits_port(port) && rule.admits_address(address);
  });
}

const DialRule* DialPolicy::rule_for_name(std::string_view name, std::uint16_t port) const {
  const auto rule = std::find_if(rules_.begin(), rules_.end(), [&](const DialRule& each) {
    return each.admits_port(port) && each.admits_name(name);
  });
  return rule == rules_.end() ? nullptr : &*rule;
}

bool DialPolicy::may_admit(std::string_view name, std::uint16_t port) const {
  if (anything_) return true;
  return std::any_of(rules_.begin(), rules_.end(), [&](const DialRule& rule) {
    return rule.admits_port(port) && (!rule.is_for_names() || rule.admits_name(name));
  });
}

Result<DialPolicy> DialPolicy::allow(std::span<const std::string> entries) {
  DialPolicy policy;
  policy.anything_ = false;
  for (const std::string& entry : entries) {
    Result<DialRule> rule = DialRule::parse(entry);
    if (!rule) return fail(std::move(rule).error());
    policy.rules_.push_back(*std::move(rule));
  }
  return policy;
}

Result<std::vector<std::string>> DialPolicy::resolve(const std::string& host,
                                                     std::uint16_t port) const {
  const std::string plain = plain_host(host);
  if (!is_host_text(plain)) {
    return fail(
        fmt::format("\"{}\" is no host name or address; write one such as "
                    "broker-1.example.org, 10.0.0.1 or [2001:db8::1]",
                    printable(host, 80)));
  }
  if (port == 0) return fail(fmt::format("{} has no port; write HOST:PORT", printable(host)));
  // Refused without a look at DNS where no answer could help, so that a client cannot make the
  // daemon ask for names at will.
  if (!may_admit(plain, port)) return not_allowed(host, port);
  const Result<std::vector<std::string>> addresses = look_up(plain);
  if (!addresses) return fail(addresses.error());
  return admit(host, port, *addresses);
}

Result<std::vector<std::string>> DialPolicy::admit(const std::string& host, std::uint16_t port,
                                                   std::span<const std::string> addresses) const {
  const DialRule* by_name = anything_ ? nullptr : rule_for_name(plain_host(host), port);
  std::vector<std::string> admitted;
  std::optional<IpAddress> special;
  for (const std::string& text : addresses) {
    IpAddress address;
    if (!IpAddress::parse(text, address)) continue;
    if (!admits(address, port, by_name)) {
      special = address;
      continue;
    }
    // What was checked as IPv4 is dialled as IPv4.
    const std::string dialled = address.v6 ? text : address.text();
    if (std::find(admitted.begin(), admitted.end(), dialled) == admitted.end()) {
      admitted.push_back(dialled);
    }
  }
  if (!admitted.empty()) return admitted;
  if (by_name != nullptr && special) {
    return fail(
        fmt::format("{} leads to {}, which a name may not; if that is meant, add \"{}\" to "
                    "an `allow` list under `probe` in the configuration",
                    show(host, port), special->text(), entry_for(*special, port)));
  }
  return not_allowed(host, port);
}

}  // namespace jmxbridge
