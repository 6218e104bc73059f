#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/password_file.h"
#include "config/report.h"

namespace jmxbridge {

/// A key or trust store of the daemon's own port; variables in the password are resolved.
struct HttpStoreConfig {
  Mark mark;
  std::string filename;
  std::optional<std::string> type;
  std::string password;
  std::optional<PasswordFile> password_file;  ///< then `password` is empty
};

/// `httpServer.ssl`: TLS on the daemon's own port (specification 2.7, 10.9).
struct HttpTlsConfig {
  Mark mark;
  HttpStoreConfig key_store;
  std::optional<std::string> alias;  ///< of the certificate to show; absent: the first usable one
  std::optional<HttpStoreConfig> trust_store;  ///< present: clients must show a certificate
  std::vector<std::string> protocols;          ///< 1.2, 1.3, by Java's names; empty: both
  std::vector<std::string> ciphers;            ///< Java's names; empty: the defaults
};

/// `httpServer.authentication.basic` (specification 10.7): the one user that is let in.
struct HttpBasicConfig {
  enum class Algorithm : std::uint8_t {
    kPlaintext,
    kSha1,
    kSha256,
    kSha512,
    kPbkdf2Sha1,
    kPbkdf2Sha256,
    kPbkdf2Sha512,
  };

  Mark mark;
  std::string username;
  Algorithm algorithm = Algorithm::kPlaintext;
  std::string password;                       ///< of kPlaintext only
  std::optional<PasswordFile> password_file;  ///< of kPlaintext only; then `password` is empty
  std::string hash;                           ///< of the others: its bytes
  std::string salt;
  std::int32_t iterations = 0;  ///< of PBKDF2
};

/// `httpServer.threads`.
struct HttpThreadsConfig {
  Mark mark;
  std::int32_t minimum = 1;
  std::int32_t maximum = 10;  ///< from minimum to 256
  std::int32_t keep_alive_seconds = 120;
};

/// A number of the file and where it stands.
struct PlacedInteger {
  std::int32_t value = 0;
  Mark mark;
};

/// `httpServer` (specification 2.7): how the daemon itself answers. Read once, at the start.
struct HttpServerConfig {
  Mark mark;
  std::optional<std::string> metrics_path;  ///< served beside `/metrics`; never blank
  std::optional<HttpThreadsConfig> threads;
  std::optional<PlacedInteger> maximum_request_seconds;
  std::optional<Mark> authentication_mark;  ///< present, whether it could be read or not
  std::optional<HttpBasicConfig> basic;
  std::optional<Mark> ssl_mark;  ///< present, whether it could be read or not
  std::optional<HttpTlsConfig> tls;
};

}  // namespace jmxbridge
