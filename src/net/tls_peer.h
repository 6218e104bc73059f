#pragma once

#include <openssl/types.h>

#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <string>

#include "base/result.h"
#include "net/tls_context.h"

namespace jmxbridge {

/// TLS with one peer, as all connections to it speak it: whom they trust, what they show, the host
/// that they expect, and the TLS session that the next one resumes. A peer has its own, so that
/// nothing of it is ever used for another. Held by its connections; not thread-safe.
class TlsPeer {
 public:
  /// `host` as the connections name it; with `verify_host` the certificate must be for it. The
  /// error is a sentence, without key material.
  static Result<std::shared_ptr<TlsPeer>> make(const TlsClient& client, std::string host,
                                               bool verify_host);

  TlsPeer(const TlsPeer&) = delete;
  TlsPeer& operator=(const TlsPeer&) = delete;

  struct Free {
    void operator()(SSL* ssl) const;
    void operator()(SSL_SESSION* session) const;
  };
  /// A client's side without a socket, ready for its handshake. It must not outlive the peer.
  std::unique_ptr<SSL, Free> connection();

  /// The next connection begins anew: after a handshake that failed.
  void forget_session() { session_.reset(); }

 private:
  TlsPeer(asio::ssl::context context, std::string host, bool verify_host);

  static int keep_session(SSL* ssl, SSL_SESSION* session);

  asio::ssl::context context_;
  const std::string host_;
  const bool verify_host_;
  std::unique_ptr<SSL_SESSION, Free> session_;
};

}  // namespace jmxbridge
