#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <string>

#include "http/authenticator.h"
#include "http/rate_limit.h"
#include "http/responses.h"
#include "net/tls_server.h"

namespace jmxbridge {

/// How clients are let in. Immutable; its parts are thread-safe.
struct Access {
  std::shared_ptr<TlsServer> tls;        ///< null: connections are plain
  std::shared_ptr<Authenticator> users;  ///< null: everyone is let in
  std::shared_ptr<RateLimit> rate;       ///< null: any number of requests
  /// What who is refused is told: header lines, each with its CRLF, and a body.
  std::string challenge = "WWW-Authenticate: Basic realm=\"/\", charset=\"UTF-8\"\r\n";
  std::string refusal;
  /// Who sends another scheme than Basic is told the challenge too; the peer does not (10.7.1).
  bool challenges_other_schemes = false;
  /// Header lines of every answer, each with its CRLF.
  std::string headers{kSecurityHeaders};
};

/// Where the server learns how clients are let in. Callable from any thread.
class AccessService {
 public:
  virtual ~AccessService() = default;

  /// What holds for a connection or request that comes now; never null.
  virtual asio::awaitable<std::shared_ptr<const Access>> current() = 0;
};

}  // namespace jmxbridge
