#pragma once

#include <openssl/types.h>

#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/system/error_code.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace jmxbridge {

namespace asio = boost::asio;

/// Certificates to trust. A handle: copies, and the contexts made with them, share the
/// certificates.
class TlsAuthorities {
 public:
  /// Reads PEM text; a certificate that OpenSSL cannot read is left out. Fails if none is left.
  static Result<TlsAuthorities> parse(std::string_view pem);

  std::size_t size() const { return certificates_->size(); }
  /// Adds them to those that the context trusts.
  void add_to(asio::ssl::context& context) const;

 private:
  using Certificates = std::vector<std::shared_ptr<X509>>;

  explicit TlsAuthorities(Certificates certificates);

  std::shared_ptr<const Certificates> certificates_;
};

/// How a client is to speak TLS. Protocols and cipher suites have Java's names; what OpenSSL does
/// not know of them is left out.
struct TlsClient {
  std::string_view certificates;  ///< PEM, the own one first; empty: none
  std::string_view key;           ///< PEM, PKCS#8
  std::vector<TlsAuthorities> authorities;
  std::vector<std::string> protocols;
  std::vector<std::string> ciphers;
};

/// A context for connections that trust and show just this, as Java's sockets would: without ALPN,
/// and each listed certificate trusted by itself. The error is a sentence, without key material.
Result<asio::ssl::context> make_tls_context(const TlsClient& client);

/// Prepares one connection for the host: its name goes to the server, if it is one, and with
/// `verify` the certificate must be for it.
Result<void> set_tls_host(SSL& ssl, const std::string& host, bool verify);

/// Why a handshake, or the first read after it, failed: one sentence about `peer`. A client
/// certificate that is missing shows only at that read under TLS 1.3.
std::string explain_tls_failure(const SSL& ssl, const boost::system::error_code& error,
                                std::string_view peer);

}  // namespace jmxbridge
