#include "net/tls_server.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/address.hpp>
#include <cstring>
#include <ctime>
#include <utility>

#include "base/log.h"
#include "net/tls_context.h"
#include "net/tls_names.h"

namespace jmxbridge {
namespace {

using Clients = TlsServerSettings::Clients;

/// As for clients: keys from 80 bits of strength on, as Java takes them.
constexpr int kLevelOfProtocols = 1;
/// TLS 1.0 and 1.1 sign with SHA-1, which every level forbids but this.
constexpr int kLevelOfOldProtocols = 0;

template <auto kFree>
struct Free {
  template <class T>
  void operator()(T* object) const {
    kFree(object);
  }
};
using Memory = std::unique_ptr<BIO, Free<BIO_free>>;

/// A key with a passphrase is refused, not asked for on a terminal.
int no_passphrase(char*, int, int, void*) { return -1; }

bool is_old(const std::string& protocol) { return protocol == "TLSv1" || protocol == "TLSv1.1"; }

std::string address_text(const ASN1_OCTET_STRING& address) {
  const unsigned char* bytes = ASN1_STRING_get0_data(&address);
  if (ASN1_STRING_length(&address) == 4) {
    asio::ip::address_v4::bytes_type v4;
    std::memcpy(v4.data(), bytes, v4.size());
    return asio::ip::make_address_v4(v4).to_string();
  }
  if (ASN1_STRING_length(&address) != 16) return {};
  asio::ip::address_v6::bytes_type v6;
  std::memcpy(v6.data(), bytes, v6.size());
  return asio::ip::make_address_v6(v6).to_string();
}

/// The text of a name of one of the four kinds that count; empty for others.
std::string name_text(const GENERAL_NAME& name) {
  switch (name.type) {
    case GEN_DNS:
    case GEN_EMAIL:
    case GEN_URI: {
      const ASN1_IA5STRING* text = name.d.ia5;
      return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
              static_cast<std::size_t>(ASN1_STRING_length(text))};
    }
    case GEN_IPADD:
      return address_text(*name.d.iPAddress);
    default:
      return {};
  }
}

bool has_name(const X509& certificate, const std::vector<std::string>& wanted) {
  const std::unique_ptr<GENERAL_NAMES, Free<GENERAL_NAMES_free>> names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(&certificate, NID_subject_alt_name, nullptr, nullptr)));
  const int count = names ? sk_GENERAL_NAME_num(names.get()) : 0;
  for (int i = 0; i < count; ++i) {
    const std::string text = name_text(*sk_GENERAL_NAME_value(names.get(), i));
    if (!text.empty() && std::find(wanted.begin(), wanted.end(), text) != wanted.end()) return true;
  }
  return false;
}

/// Tells clients which authorities' certificates to show.
void name_authorities(SSL_CTX* context) {
  STACK_OF(X509)* all = X509_STORE_get1_all_certs(SSL_CTX_get_cert_store(context));
  for (int i = 0; i < sk_X509_num(all); ++i) SSL_CTX_add_client_CA(context, sk_X509_value(all, i));
  sk_X509_pop_free(all, X509_free);
}

}  // namespace

TlsServer::TlsServer() : context_(asio::ssl::context::tls_server) {}

Result<std::shared_ptr<TlsServer>> TlsServer::make(const TlsServerSettings& settings) {
  ERR_clear_error();
  std::shared_ptr<TlsServer> server(new TlsServer());
  Result<void> done = server->set_up(settings);
  if (!done) return fail(std::move(done.error()));
  return server;
}

Result<void> TlsServer::set_up(const TlsServerSettings& settings) {
  SSL_CTX* context = context_.native_handle();
  const bool old = std::any_of(settings.protocols.begin(), settings.protocols.end(), is_old);
  SSL_CTX_set_security_level(context, old ? kLevelOfOldProtocols : kLevelOfProtocols);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  if (Result<void> taken = take_identity(settings); !taken) return taken;
  if (Result<void> chosen = choose(settings); !chosen) return chosen;
  return ask_clients(settings);
}

Result<void> TlsServer::take_identity(const TlsServerSettings& settings) {
  SSL_CTX* context = context_.native_handle();
  boost::system::error_code error;
  context_.use_certificate_chain(asio::buffer(settings.certificates), error);
  ERR_clear_error();
  if (error) {
    return fail(fmt::format("the certificate cannot be used ({}); give one in PEM form",
                            printable(error.message())));
  }
  const Memory text(BIO_new_mem_buf(settings.key.data(), static_cast<int>(settings.key.size())));
  const std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>> key(
      text ? PEM_read_bio_PrivateKey(text.get(), nullptr, no_passphrase, nullptr) : nullptr);
  if (!key) {
    return fail(fmt::format(
        "the key cannot be read ({}); give a private key in PEM form without a passphrase",
        last_tls_error()));
  }
  if (SSL_CTX_use_PrivateKey(context, key.get()) != 1 || SSL_CTX_check_private_key(context) != 1) {
    ERR_clear_error();
    return fail("the key is not that of the certificate; give the two that belong together");
  }
  const X509* own = SSL_CTX_get0_certificate(context);
  std::tm end{};
  if (ASN1_TIME_to_tm(X509_get0_notAfter(own), &end) != 1) {
    return fail("the certificate says no end of its validity; have it issued again");
  }
  expires_ = std::chrono::system_clock::from_time_t(timegm(&end));
  is_not_valid_yet_ = X509_cmp_current_time(X509_get0_notBefore(own)) > 0;
  return {};
}

Result<void> TlsServer::choose(const TlsServerSettings& settings) {
  SSL_CTX* context = context_.native_handle();
  std::vector<std::string> protocols = settings.protocols;
  if (protocols.empty()) protocols = {"TLSv1.2", "TLSv1.3"};
  CipherLists ciphers = map_ciphers(settings.ciphers);
  if (settings.ciphers.empty()) {
    // Named so that every protocol has some; what OpenSSL chooses by itself stays.
    ciphers.modern = "default";
    ciphers.older = "default";
  }
  if (!limit_protocols(context, protocols, ciphers)) {
    return fail(fmt::format("no cipher suite goes with the protocols {}; add one that does",
                            printable(fmt::format("{}", fmt::join(protocols, ", ")))));
  }
  if (!settings.ciphers.empty()) {
    const bool older =
        ciphers.older.empty() || SSL_CTX_set_cipher_list(context, ciphers.older.c_str()) == 1;
    if (!older || SSL_CTX_set_ciphersuites(context, ciphers.modern.c_str()) != 1) {
      return fail(fmt::format("OpenSSL takes none of the cipher suites ({}); choose others",
                              last_tls_error()));
    }
  }
  if (settings.prefers_own_order) SSL_CTX_set_options(context, SSL_OP_CIPHER_SERVER_PREFERENCE);
  if (settings.groups.empty()) return {};
  const std::string groups = fmt::format("{}", fmt::join(settings.groups, ":"));
  if (SSL_CTX_set1_groups_list(context, groups.c_str()) != 1) {
    return fail(
        fmt::format("OpenSSL takes none of the curves ({}); choose others", last_tls_error()));
  }
  return {};
}

Result<void> TlsServer::ask_clients(const TlsServerSettings& settings) {
  SSL_CTX* context = context_.native_handle();
  if (settings.clients == Clients::kNotAsked) {
    SSL_CTX_set_verify(context, SSL_VERIFY_NONE, nullptr);
    return {};
  }
  // A resumed session would bring the judgement of an earlier one.
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
  SSL_CTX_set_num_tickets(context, 0);
  const bool required =
      settings.clients == Clients::kAnyRequired || settings.clients == Clients::kVerified;
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | (required ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0),
                     nullptr);
  check_.verifies =
      settings.clients == Clients::kVerified || settings.clients == Clients::kVerifiedIfShown;
  check_.limits_names = settings.limits_names;
  check_.names = settings.names;
  SSL_CTX_set_cert_verify_callback(context, &TlsServer::judge_client, &check_);
  if (!check_.verifies) return {};
  if (settings.authorities.empty()) {
    SSL_CTX_set_default_verify_paths(context);
    return {};
  }
  const Result<TlsAuthorities> authorities = TlsAuthorities::parse(settings.authorities);
  if (!authorities) {
    return fail("there is no certificate of an authority to know clients by; give it in PEM form");
  }
  authorities->add_to(context_);
  name_authorities(context);
  // Each certificate given is trusted by itself, as Java and Go have it.
  X509_STORE_set_flags(SSL_CTX_get_cert_store(context), X509_V_FLAG_PARTIAL_CHAIN);
  return {};
}

int TlsServer::judge_client(X509_STORE_CTX* chain, void* check) {
  const auto& asked = *static_cast<const ClientCheck*>(check);
  if (asked.verifies && X509_verify_cert(chain) != 1) return 0;
  const X509* certificate = X509_STORE_CTX_get0_cert(chain);
  if (asked.limits_names && (certificate == nullptr || !has_name(*certificate, asked.names))) {
    X509_STORE_CTX_set_error(chain, X509_V_ERR_CERT_REJECTED);
    return 0;
  }
  if (!asked.verifies) X509_STORE_CTX_set_error(chain, X509_V_OK);
  return 1;
}

}  // namespace jmxbridge
