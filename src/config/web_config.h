#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "config/report.h"

namespace jmxbridge {

/// PEM text of its own, or the file that holds it; both empty: not given. The file counts first.
struct PemSource {
  std::string text;
  std::string file;  ///< not relative to anything but the working directory
  Mark mark;

  bool given() const { return !text.empty() || !file.empty(); }
};

/// `tls_server_config` of a web configuration.
struct WebTlsConfig {
  enum class ClientAuth : std::uint8_t {
    kNone,
    kRequest,
    kRequireAny,
    kVerifyIfGiven,
    kRequireAndVerify,
  };

  Mark mark;
  PemSource certificate;
  PemSource key;
  PemSource client_authorities;
  ClientAuth client_auth = ClientAuth::kNone;
  std::optional<std::vector<std::string>> client_names;  ///< client_allowed_sans
  std::vector<std::string> protocols;                    ///< Java's names, the oldest first
  std::vector<std::string> ciphers;  ///< IANA's names, for protocols up to TLS 1.2; empty: default
  std::vector<std::string> groups;   ///< OpenSSL's names of curves; empty: default
  bool prefers_own_order = true;
};

/// A user of `basic_auth_users`.
struct WebUser {
  std::string name;
  std::string hash;  ///< bcrypt's text
};

/// `rate_limit`: one request each interval, and so many at once.
struct WebRateLimit {
  std::chrono::nanoseconds interval{0};
  std::int32_t burst = 1;

  friend bool operator==(const WebRateLimit&, const WebRateLimit&) = default;
};

/// What `--web.config.file` names: how clients are let in, as Prometheus' exporter-toolkit has it.
struct WebConfig {
  std::optional<WebTlsConfig> tls;
  std::vector<std::pair<std::string, std::string>> headers;  ///< none is empty
  std::vector<WebUser> users;                                ///< empty: everyone
  std::optional<WebRateLimit> rate_limit;
};

}  // namespace jmxbridge
