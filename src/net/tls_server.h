#pragma once

#include <boost/asio/ssl/context.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace jmxbridge {

namespace asio = boost::asio;

/// How a server is to speak TLS. Protocols and cipher suites have Java's names, which are IANA's.
struct TlsServerSettings {
  /// What is asked of clients; those that are asked for a certificate must also prove that it is
  /// theirs.
  enum class Clients : std::uint8_t {
    kNotAsked,
    kAsked,            ///< they may show a certificate, any
    kAnyRequired,      ///< they must show one, any
    kVerifiedIfShown,  ///< one that an authority signed, or none
    kVerified,         ///< one that an authority signed
  };

  std::string_view certificates;  ///< PEM, the own one first
  std::string_view key;           ///< PEM, without a passphrase
  std::string_view authorities;   ///< PEM, whose clients are trusted; empty: those of the system
  Clients clients = Clients::kNotAsked;
  bool limits_names = false;           ///< a client's certificate must have one of `names`
  std::vector<std::string> names;      ///< subject alternative names: DNS, IP, e-mail, URI
  std::vector<std::string> protocols;  ///< empty: TLS 1.2 and 1.3
  std::vector<std::string> ciphers;    ///< empty: OpenSSL's choice
  std::vector<std::string> groups;     ///< key exchange, OpenSSL's names; empty: its choice
  bool prefers_own_order = true;       ///< of the cipher suites, instead of the client's
};

/// What connections of a server speak TLS with. Safe to share between threads.
class TlsServer {
 public:
  /// The error is a sentence, without key material.
  static Result<std::shared_ptr<TlsServer>> make(const TlsServerSettings& settings);

  TlsServer(const TlsServer&) = delete;
  TlsServer& operator=(const TlsServer&) = delete;

  asio::ssl::context& context() { return context_; }
  /// When the server's certificate ends to be valid.
  std::chrono::system_clock::time_point expires() const { return expires_; }
  bool is_not_valid_yet() const { return is_not_valid_yet_; }

 private:
  struct ClientCheck {
    bool verifies = false;
    bool limits_names = false;
    std::vector<std::string> names;
  };

  TlsServer();

  Result<void> set_up(const TlsServerSettings& settings);
  Result<void> take_identity(const TlsServerSettings& settings);
  Result<void> choose(const TlsServerSettings& settings);
  Result<void> ask_clients(const TlsServerSettings& settings);
  /// What OpenSSL calls for a client's certificate; `check` is a ClientCheck.
  static int judge_client(X509_STORE_CTX* chain, void* check);

  asio::ssl::context context_;
  ClientCheck check_;
  std::chrono::system_clock::time_point expires_;
  bool is_not_valid_yet_ = false;
};

}  // namespace jmxbridge
