#include "net/tls_peer.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <utility>

namespace jmxbridge {

void TlsPeer::Free::operator()(SSL* ssl) const { SSL_free(ssl); }
void TlsPeer::Free::operator()(SSL_SESSION* session) const { SSL_SESSION_free(session); }

Result<std::shared_ptr<TlsPeer>> TlsPeer::make(const TlsClient& client, std::string host,
                                               bool verify_host) {
  Result<asio::ssl::context> context = make_tls_context(client);
  if (!context) return fail(std::move(context.error()));
  std::shared_ptr<TlsPeer> peer(new TlsPeer(std::move(*context), std::move(host), verify_host));
  // That the host can be used shows here, before anybody connects.
  const std::unique_ptr<SSL, Free> trial(SSL_new(peer->context_.native_handle()));
  if (!trial) return fail("OpenSSL has no memory for a connection; free some");
  Result<void> usable = set_tls_host(*trial, peer->host_, verify_host);
  if (!usable) return fail(std::move(usable.error()));
  return peer;
}

TlsPeer::TlsPeer(asio::ssl::context context, std::string host, bool verify_host)
    : context_(std::move(context)), host_(std::move(host)), verify_host_(verify_host) {
  SSL_CTX* native = context_.native_handle();
  // Idle connections hold no buffers; a write may take a part, and go on from other memory.
  SSL_CTX_set_mode(native, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                               SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_session_cache_mode(native, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(native, &TlsPeer::keep_session);
}

std::unique_ptr<SSL, TlsPeer::Free> TlsPeer::connection() {
  std::unique_ptr<SSL, Free> ssl(SSL_new(context_.native_handle()));
  if (!ssl) return nullptr;
  SSL_set_app_data(ssl.get(), this);
  SSL_set_connect_state(ssl.get());
  if (!set_tls_host(*ssl, host_, verify_host_)) return nullptr;
  if (session_ && SSL_SESSION_is_resumable(session_.get()) == 1) {
    SSL_set_session(ssl.get(), session_.get());
  }
  ERR_clear_error();
  return ssl;
}

/// Called by OpenSSL when the peer has given something to resume; 1: it has been taken.
int TlsPeer::keep_session(SSL* ssl, SSL_SESSION* session) {
  static_cast<TlsPeer*>(SSL_get_app_data(ssl))->session_.reset(session);
  return 1;
}

}  // namespace jmxbridge
