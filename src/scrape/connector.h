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

/// Reads a password that stands in a file, for each session anew. May block; callable from any
/// thread. The error is a clause without the password.
using ReadPassword = std::function<Result<std::string>()>;

/// User name and password for the target, sent only if both are non-empty (specification 3.2.3).
struct Login {
  std::string username;
  std::string password;
  ReadPassword read_password = nullptr;  ///< given: `password` is not looked at
};

/// A key or trust store of the JVM. The file is opened when a session is.
struct TlsStore {
  std::optional<std::string> filename;
  std::optional<std::string> type;       ///< such as PKCS12
  std::string password;                  ///< empty: none
  ReadPassword read_password = nullptr;  ///< given: `password` is not looked at
};

/// `ssl` of a target (specification 3.3). Stores, protocols and cipher suites come on top of what
/// the JVM has by itself; an empty list leaves the choice to it. The names are Java's.
struct TlsSettings {
  std::optional<TlsStore> key_store;
  std::optional<TlsStore> trust_store;
  std::vector<std::string> protocols;
  std::vector<std::string> ciphers;
  /// Whether the certificate must name the host; absent: as the JVM has it.
  std::optional<bool> verify_host;
};

/// How the JVM speaks TLS with a target, for lanes with sockets of their own. Keys and certificates
/// are PEM text.
struct TlsMaterial {
  std::string certificates;                ///< to show, the own one first; empty: none
  std::shared_ptr<const std::string> key;  ///< PKCS#8, wiped at its end; null: none
  std::string authorities;                 ///< to trust beside jdk_authorities
  /// What the JVM trusts by itself: long, and one text for all sessions. Null: nothing.
  std::shared_ptr<const std::string> jdk_authorities;
  std::vector<std::string> protocols;  ///< enabled, by Java's names
  std::vector<std::string> ciphers;    ///< enabled, by Java's names, best first
  bool verify_host = false;            ///< the certificate must name WireAddress::host
};

/// A target, as far as opening a session needs it.
struct Endpoint {
  /// kSelf: the embedded JVM's own platform MBean server; `url` is not used.
  enum class Kind : std::uint8_t { kRemote, kSelf };

  Kind kind = Kind::kRemote;
  /// A JMX service URL of protocol rmi (`/jndi/rmi://HOST[:PORT]/NAME` or `/stub/…`).
  std::string url;
  std::optional<Login> login;
  /// Absent: the registry is asked without TLS, and a stub that wants it has the JVM's own
  /// settings.
  std::optional<TlsSettings> tls;
  Dial dial;
};

/// An open session. Destroying it closes the session without waiting.
struct Session {
  std::unique_ptr<Source> portable;  ///< reads through the JVM; owns the session
  std::optional<WireAddress> wire;   ///< absent where only the JVM can speak to it
  std::optional<TlsMaterial> tls;    ///< where `wire` needs it
  /// Why `wire` is absent although its form is known; empty where there is no more to say.
  std::string wire_withheld;
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
  /// The error says, as the end of a sentence, why such an address can only be read through the
  /// JVM.
  virtual Result<std::unique_ptr<Source>> make(const WireAddress& address, const TlsMaterial* tls,
                                               const Dial& dial) = 0;
};

}  // namespace jmxbridge
