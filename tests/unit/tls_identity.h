#pragma once

#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "net/tls_context.h"

/// Keys and certificates made for a test, and servers that show them.
namespace jmxbridge::test {

constexpr long kDay = 86'400;

template <auto kFree>
struct Free {
  template <class T>
  void operator()(T* object) const {
    kFree(object);
  }
};
using Key = std::shared_ptr<EVP_PKEY>;
using Certificate = std::shared_ptr<X509>;
using SslPointer = std::unique_ptr<SSL, Free<SSL_free>>;
using Memory = std::unique_ptr<BIO, Free<BIO_free>>;

inline std::string text_of(const Memory& memory) {
  char* start = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &start);
  return {start, static_cast<std::size_t>(size)};
}

/// A key and a certificate for it.
struct Identity {
  Key key;
  Certificate certificate;

  std::string certificate_pem() const {
    const Memory memory(BIO_new(BIO_s_mem()));
    PEM_write_bio_X509(memory.get(), certificate.get());
    return text_of(memory);
  }

  std::string key_pem() const {
    const Memory memory(BIO_new(BIO_s_mem()));
    PEM_write_bio_PKCS8PrivateKey(memory.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    return text_of(memory);
  }
};

inline void extend(X509& certificate, X509& issuer, int kind, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, &issuer, &certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value);
  REQUIRE(extension != nullptr);
  X509_add_ext(&certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

/// What an identity is made with; without `issuer` it signs itself and others.
struct Wanted {
  const char* name = "target";
  const char* hosts = "IP:127.0.0.1,DNS:target.example";
  long starts = -kDay;
  long ends = kDay;
  const Identity* issuer = nullptr;
};

inline Identity make_identity(const Wanted& wanted) {
  static long serial = 1;
  Identity made{Key(EVP_EC_gen("P-256"), &EVP_PKEY_free), Certificate(X509_new(), &X509_free)};
  X509& certificate = *made.certificate;
  X509_set_version(&certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(&certificate), serial++);
  X509_gmtime_adj(X509_getm_notBefore(&certificate), wanted.starts);
  X509_gmtime_adj(X509_getm_notAfter(&certificate), wanted.ends);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(&certificate), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(wanted.name), -1, -1, 0);
  X509& issuer = wanted.issuer == nullptr ? certificate : *wanted.issuer->certificate;
  X509_set_issuer_name(&certificate, X509_get_subject_name(&issuer));
  X509_set_pubkey(&certificate, made.key.get());
  if (wanted.issuer == nullptr) {
    extend(certificate, issuer, NID_basic_constraints, "critical,CA:TRUE");
  } else {
    extend(certificate, issuer, NID_subject_alt_name, wanted.hosts);
  }
  const Key& signer = wanted.issuer == nullptr ? made.key : wanted.issuer->key;
  REQUIRE(X509_sign(&certificate, signer.get(), EVP_sha256()) > 0);
  return made;
}

inline Identity authority(const char* name) { return make_identity({.name = name}); }

inline Identity issued_by(const Identity& issuer) { return make_identity({.issuer = &issuer}); }

inline TlsAuthorities trust(const Identity& identity) {
  Result<TlsAuthorities> parsed = TlsAuthorities::parse(identity.certificate_pem());
  REQUIRE(parsed.has_value());
  return *parsed;
}

/// As a JVM has them enabled, cut short.
inline TlsClient client_with(std::vector<TlsAuthorities> authorities) {
  TlsClient client;
  client.authorities = std::move(authorities);
  client.protocols = {"TLSv1.3", "TLSv1.2"};
  client.ciphers = {"TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256",
                    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "TLS_RSA_WITH_AES_128_CBC_SHA",
                    "TLS_EMPTY_RENEGOTIATION_INFO_SCSV"};
  return client;
}

/// How the server's side is set up.
struct Server {
  const Identity& identity;
  const Identity* wants_client_of = nullptr;
  int version = 0;  ///< the only one; 0: all
  const char* ciphers = nullptr;
};

inline asio::ssl::context make_server(const Server& server) {
  asio::ssl::context context(asio::ssl::context::tls_server);
  SSL_CTX* native = context.native_handle();
  SSL_CTX_use_certificate(native, server.identity.certificate.get());
  SSL_CTX_use_PrivateKey(native, server.identity.key.get());
  if (server.wants_client_of != nullptr) {
    SSL_CTX_set_verify(native, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    trust(*server.wants_client_of).add_to(context);
  }
  if (server.version != 0) {
    SSL_CTX_set_min_proto_version(native, server.version);
    SSL_CTX_set_max_proto_version(native, server.version);
  }
  // Without one, OpenSSL resumes nothing that had a client certificate.
  const unsigned char id = 1;
  SSL_CTX_set_session_id_context(native, &id, 1);
  if (server.ciphers != nullptr) SSL_CTX_set_cipher_list(native, server.ciphers);
  return context;
}

}  // namespace jmxbridge::test
