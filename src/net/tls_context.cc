#include "net/tls_context.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <utility>

#include "base/log.h"
#include "net/dial_policy.h"
#include "net/tls_names.h"

namespace jmxbridge {
namespace {

/// What Java still takes with its own limits: keys from 80 bits of strength on.
constexpr int kSecurityLevel = 1;

Result<void> choose_ciphers(SSL_CTX* context, const CipherLists& ciphers) {
  const bool older =
      ciphers.older.empty() || SSL_CTX_set_cipher_list(context, ciphers.older.c_str()) == 1;
  if (!older || SSL_CTX_set_ciphersuites(context, ciphers.modern.c_str()) != 1) {
    return fail(
        fmt::format("OpenSSL takes none of the cipher suites of the JVM ({}); see ssl.ciphers",
                    last_tls_error()));
  }
  return {};
}

Result<void> show_certificate(asio::ssl::context& context, const TlsClient& client) {
  if (client.certificates.empty()) return {};
  boost::system::error_code error;
  context.use_certificate_chain(asio::buffer(client.certificates), error);
  if (!error) {
    context.use_private_key(asio::buffer(client.key), asio::ssl::context::pem, error);
  }
  if (error) {
    return fail(fmt::format("OpenSSL cannot use the client certificate and its key ({})",
                            printable(error.message())));
  }
  return {};
}

std::string explain_certificate(long verdict, std::string_view peer) {
  switch (verdict) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return fmt::format("The certificate of {} has expired; renew it", peer);
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return fmt::format("The certificate of {} is not valid yet; check the clocks of both", peer);
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return fmt::format(
          "The certificate of {} is for another host; have it issued for this one, or leave the "
          "check out with ssl.verifyHostName: false",
          peer);
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:  // by another authority of the same name
      return fmt::format(
          "The certificate of {} is not trusted; put its authority into the store of "
          "ssl.trustStore",
          peer);
    default:
      return fmt::format("OpenSSL refuses the certificate of {} ({}); see the target's key store",
                         peer, X509_verify_cert_error_string(verdict));
  }
}

/// What it means that the peer ends the connection without a word of TLS.
std::string explain_broken_off(const SSL& ssl, std::string_view peer, std::string_view cause) {
  if (SSL_is_init_finished(&ssl) == 0) {
    return fmt::format(
        "{} broke the TLS handshake off ({}); check that this port speaks TLS, and see the "
        "target's log",
        peer, cause);
  }
  // Under TLS 1.3 the client's certificate is looked at when the client thinks that it is done, and
  // the alert that tells of it may be lost when the peer closes.
  if (SSL_version(&ssl) < TLS1_3_VERSION) {
    return fmt::format("{} broke the connection off ({}); see the target's log", peer, cause);
  }
  const bool shows_one = SSL_get_certificate(&ssl) != nullptr;
  return fmt::format(
      "{} broke the connection off after the TLS handshake ({}), most likely because it {}", peer,
      cause,
      shows_one ? "does not trust the client certificate; put one that it trusts into the store of "
                  "ssl.keyStore"
                : "wants a client certificate; name a store with a key that it trusts in "
                  "ssl.keyStore");
}

}  // namespace

TlsAuthorities::TlsAuthorities(Certificates certificates)
    : certificates_(std::make_shared<const Certificates>(std::move(certificates))) {}

Result<TlsAuthorities> TlsAuthorities::parse(std::string_view pem) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> text(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free);
  Certificates certificates;
  while (text) {
    std::shared_ptr<X509> one(PEM_read_bio_X509(text.get(), nullptr, nullptr, nullptr), &X509_free);
    if (one) {
      certificates.push_back(std::move(one));
    } else if (ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE) {
      break;
    }
    ERR_clear_error();
  }
  ERR_clear_error();
  if (certificates.empty()) return fail("There is no certificate to trust; see ssl.trustStore");
  return TlsAuthorities(std::move(certificates));
}

void TlsAuthorities::add_to(asio::ssl::context& context) const {
  X509_STORE* store = SSL_CTX_get_cert_store(context.native_handle());
  for (const std::shared_ptr<X509>& one : *certificates_) X509_STORE_add_cert(store, one.get());
}

Result<asio::ssl::context> make_tls_context(const TlsClient& client) {
  asio::ssl::context context(asio::ssl::context::tls_client);
  SSL_CTX* native = context.native_handle();
  SSL_CTX_set_security_level(native, kSecurityLevel);
  SSL_CTX_set_read_ahead(native, 1);
  context.set_verify_mode(asio::ssl::verify_peer);
  X509_STORE_set_flags(SSL_CTX_get_cert_store(native), X509_V_FLAG_PARTIAL_CHAIN);
  for (const TlsAuthorities& authorities : client.authorities) authorities.add_to(context);

  const CipherLists ciphers = map_ciphers(client.ciphers);
  if (!limit_protocols(native, client.protocols, ciphers)) {
    return fail(fmt::format(
        "OpenSSL speaks none of the TLS protocols {} with the cipher suites that go with them; "
        "add TLSv1.2 or TLSv1.3 to ssl.protocols, or their suites to ssl.ciphers",
        printable(fmt::format("{}", fmt::join(client.protocols, ", ")))));
  }
  if (Result<void> set = choose_ciphers(native, ciphers); !set) return fail(std::move(set.error()));
  if (Result<void> set = show_certificate(context, client); !set) {
    return fail(std::move(set.error()));
  }
  return context;
}

Result<void> set_tls_host(SSL& ssl, const std::string& host, bool verify) {
  IpAddress address;
  const bool is_address = IpAddress::parse(host, address);
  bool done = true;
  if (is_address) {
    done =
        !verify || X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(&ssl), address.text().c_str()) == 1;
  } else {
    // As Java does: a name without a dot says nothing to a server that serves several.
    if (host.find('.') != std::string::npos) {
      std::string name = host;
      done =
          SSL_ctrl(&ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name.data()) == 1;
    }
    done = done && (!verify || SSL_set1_host(&ssl, host.c_str()) == 1);
  }
  if (done) return {};
  return fail(fmt::format("{} cannot be used as a host name with TLS ({})", printable(host),
                          last_tls_error()));
}

std::string explain_tls_failure(const SSL& ssl, const boost::system::error_code& error,
                                std::string_view peer) {
  if (const long verdict = SSL_get_verify_result(&ssl); verdict != X509_V_OK) {
    return explain_certificate(verdict, peer);
  }
  const std::string cause = printable(error.message());
  if (error.category() != asio::error::get_ssl_category()) {
    return explain_broken_off(ssl, peer, cause);
  }
  int reason = ERR_GET_REASON(static_cast<unsigned long>(error.value()));
  // Once the server has shown its certificate, both have a protocol and a suite in common.
  if (reason == SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE && SSL_get0_peer_certificate(&ssl) != nullptr) {
    reason = SSL_R_SSLV3_ALERT_BAD_CERTIFICATE;
  }
  switch (reason) {
    case SSL_R_UNEXPECTED_EOF_WHILE_READING:
      return explain_broken_off(ssl, peer, cause);
    case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
      return fmt::format(
          "{} wants a client certificate; name a store with a key that it trusts in ssl.keyStore",
          peer);
    case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
    case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
      return fmt::format(
          "{} refuses the client certificate, or wants one and got none; put one that it trusts "
          "into the store of ssl.keyStore",
          peer);
    case SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE:
    case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
    case SSL_R_TLSV1_ALERT_INSUFFICIENT_SECURITY:
    case SSL_R_UNSUPPORTED_PROTOCOL:
      return fmt::format(
          "{} and OpenSSL have no TLS protocol and cipher suite in common; compare ssl.protocols "
          "and ssl.ciphers with the settings of the target",
          peer);
    case SSL_R_WRONG_VERSION_NUMBER:
      return fmt::format("{} speaks no TLS; check the port", peer);
    default:
      return fmt::format("TLS with {} failed ({}); see the target's log", peer, cause);
  }
}

}  // namespace jmxbridge
