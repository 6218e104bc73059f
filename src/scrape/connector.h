#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "jmx/wire_address.h"
#include "scrape/source.h"

namespace jmxbridge {

/// Decides whether and where a host and port may be connected to: resolves the name once, checks
/// each address against the policy, and gives the addresses to try as numeric text, best first.
/// The error names the host and what to change. Callable from any thread; may block on DNS.
using Dial =
    std::function<Result<std::vector<std::string>>(const std::string& host, std::uint16_t port)>;

/// User name and password for the target, sent only if both are non-empty (specification 3.2.3).
struct Login {
  std::string username;
  std::string password;
};

/// Key and trust material as PEM text, for lanes with sockets of their own.
struct TlsMaterial {
  std::string certificates;
  std::string key;
  std::string authorities;
};

/// A target, as far as opening a session needs it.
struct Endpoint {
  /// kSelf: the embedded JVM's own platform MBean server; `url` is not used.
  enum class Kind : std::uint8_t { kRemote, kSelf };

  Kind kind = Kind::kRemote;
  /// A JMX service URL of protocol rmi (`/jndi/rmi://HOST[:PORT]/NAME` or `/stub/…`).
  std::string url;
  std::optional<Login> login;
  Dial dial;
};

/// An open session. Destroying it closes the session without waiting.
struct Session {
  std::unique_ptr<Source> portable;  ///< reads through the JVM; owns the session
  std::optional<WireAddress> wire;   ///< absent where only the JVM can speak to it
  std::optional<TlsMaterial> tls;    ///< where `wire` needs it
};

/// Opens sessions (the embedded JVM does, behind this seam).
class Connector {
 public:
  virtual ~Connector() = default;

  /// The error is one sentence with host, port, cause and what to do, without secrets.
  virtual asio::awaitable<Result<Session>> open(const Endpoint& endpoint, Deadline deadline) = 0;
};

/// Makes lanes that read over sockets of their own.
class WireLane {
 public:
  virtual ~WireLane() = default;
  virtual std::unique_ptr<Source> make(const WireAddress& address, const TlsMaterial* tls,
                                       const Dial& dial) = 0;
};

}  // namespace jmxbridge
