#include "net/tls_context.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <boost/asio/ssl/error.hpp>
#include <catch2/catch.hpp>
#include <memory>
#include <string>

#include "tls_identity.h"

namespace jmxbridge {
namespace {

using namespace test;
using Catch::Contains;

/// What came of a connection: what both have agreed on, or why not.
struct Outcome {
  std::string error;
  std::string protocol;
  std::string cipher;
  std::string server_name;
};

/// Lets one side go on; true when it is done.
bool step(SSL* side, int& code, boost::system::error_code& error) {
  ERR_clear_error();
  code = SSL_do_handshake(side);
  if (code == 1) return true;
  const int why = SSL_get_error(side, code);
  if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE) {
    error.assign(static_cast<int>(ERR_get_error()), asio::error::get_ssl_category());
  }
  return false;
}

/// Reads on the client's side what the server has to say after the handshake.
boost::system::error_code read_on(SSL* client) {
  char byte = 0;
  ERR_clear_error();
  const int count = SSL_read(client, &byte, 1);
  if (count > 0 || SSL_get_error(client, count) == SSL_ERROR_WANT_READ) return {};
  return {static_cast<int>(ERR_get_error()), asio::error::get_ssl_category()};
}

Outcome connect(const TlsClient& wanted, const Server& server,
                const std::string& host = "127.0.0.1", bool verify = true) {
  Outcome outcome;
  Result<asio::ssl::context> context = make_tls_context(wanted);
  if (!context) {
    outcome.error = context.error().text;
    return outcome;
  }
  asio::ssl::context other = make_server(server);
  const SslPointer client(SSL_new(context->native_handle()));
  const SslPointer peer(SSL_new(other.native_handle()));
  BIO* near = nullptr;
  BIO* far = nullptr;
  REQUIRE(BIO_new_bio_pair(&near, 1 << 16, &far, 1 << 16) == 1);
  SSL_set_bio(client.get(), near, near);
  SSL_set_bio(peer.get(), far, far);
  SSL_set_connect_state(client.get());
  SSL_set_accept_state(peer.get());
  REQUIRE(set_tls_host(*client, host, verify).has_value());

  boost::system::error_code error;
  boost::system::error_code ignored;
  bool done = false;
  for (int i = 0; i < 10 && !error; i++) {
    int code = 0;
    done = step(client.get(), code, error);
    step(peer.get(), code, ignored);
  }
  if (done && !error) error = read_on(client.get());
  if (error) {
    outcome.error = explain_tls_failure(*client, error, "broker:9999");
    return outcome;
  }
  REQUIRE(done);
  outcome.protocol = SSL_get_version(client.get());
  outcome.cipher = SSL_CIPHER_standard_name(SSL_get_current_cipher(client.get()));
  const char* name = SSL_get_servername(peer.get(), TLSEXT_NAMETYPE_host_name);
  outcome.server_name = name == nullptr ? "" : name;
  return outcome;
}

}  // namespace

TEST_CASE("tls: a trusted server is connected to, with the best that both have", "[net]") {
  const Identity root = authority("root");
  const Identity target = issued_by(root);
  const Outcome modern = connect(client_with({trust(root)}), {.identity = target});
  CHECK(modern.error.empty());
  CHECK(modern.protocol == "TLSv1.3");
  CHECK(modern.cipher == "TLS_AES_256_GCM_SHA384");
  CHECK(modern.server_name.empty());
  const Outcome older =
      connect(client_with({trust(root)}), {.identity = target, .version = TLS1_2_VERSION});
  CHECK(older.error.empty());
  CHECK(older.cipher == "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384");
}

TEST_CASE("tls: authorities of several texts count together, and a server's own certificate too",
          "[net]") {
  const Identity root = authority("root");
  const Identity other = authority("other");
  const Identity target = issued_by(root);
  CHECK(connect(client_with({trust(other), trust(root)}), {.identity = target}).error.empty());
  CHECK(connect(client_with({trust(target)}), {.identity = target}).error.empty());
  CHECK(TlsAuthorities::parse(root.certificate_pem() + "between\n" + other.certificate_pem())
            ->size() == 2);
  // Java may read what OpenSSL cannot; the others stay.
  CHECK(TlsAuthorities::parse("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n" +
                              root.certificate_pem())
            ->size() == 1);
  CHECK_FALSE(TlsAuthorities::parse("").has_value());
}

TEST_CASE("tls: a server that nobody vouches for is refused", "[net]") {
  const Identity root = authority("root");
  const Identity other = authority("other");
  const Identity target = issued_by(root);
  CHECK(connect(client_with({trust(other)}), {.identity = target}).error ==
        "The certificate of broker:9999 is not trusted; put its authority into the store of "
        "ssl.trustStore");
  CHECK_THAT(connect(client_with({}), {.identity = target}).error, Contains("is not trusted"));
  CHECK_THAT(connect(client_with({trust(other)}), {.identity = root}, "", false).error,
             Contains("is not trusted"));
}

TEST_CASE("tls: a certificate is good for its time only", "[net]") {
  const Identity root = make_identity({.name = "root", .starts = -9 * kDay, .ends = 9 * kDay});
  const Identity late = make_identity({.starts = -3 * kDay, .ends = -2 * kDay, .issuer = &root});
  const Identity early = make_identity({.starts = 2 * kDay, .ends = 3 * kDay, .issuer = &root});
  CHECK(connect(client_with({trust(root)}), {.identity = late}).error ==
        "The certificate of broker:9999 has expired; renew it");
  CHECK_THAT(connect(client_with({trust(root)}), {.identity = early}).error,
             Contains("is not valid yet"));
}

TEST_CASE("tls: the host is checked if that is wanted, as name or as address", "[net]") {
  const Identity root = authority("root");
  const Identity target = issued_by(root);
  const TlsClient client = client_with({trust(root)});
  const Server server{.identity = target};
  const Outcome named = connect(client, server, "target.example");
  CHECK(named.error.empty());
  CHECK(named.server_name == "target.example");
  CHECK(connect(client, server, "127.0.0.2").error ==
        "The certificate of broker:9999 is for another host; have it issued for this one, or leave "
        "the "
        "check out with ssl.verifyHostName: false");
  CHECK_THAT(connect(client, server, "other.example").error, Contains("for another host"));
  CHECK_THAT(connect(client, server, "::1").error, Contains("for another host"));
  CHECK(connect(client, server, "127.0.0.2", false).error.empty());
  const Outcome short_name = connect(client, server, "other", false);
  CHECK(short_name.error.empty());
  CHECK(short_name.server_name.empty());
}

TEST_CASE("tls: a client certificate is shown, and its lack is told, under both protocols",
          "[net]") {
  const Identity root = authority("root");
  const Identity target = issued_by(root);
  const Identity own = issued_by(root);
  const std::string certificate = own.certificate_pem();
  const std::string key = own.key_pem();
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    const Server server{.identity = target, .wants_client_of = &root, .version = version};
    TlsClient client = client_with({trust(root)});
    const std::string lacking = connect(client, server).error;
    if (version == TLS1_3_VERSION) {
      CHECK_THAT(lacking, Contains("broker:9999 wants a client certificate"));
    } else {
      CHECK_THAT(lacking, Contains("refuses the client certificate, or wants one and got none"));
    }
    client.certificates = certificate;
    client.key = key;
    CHECK(connect(client, server).error.empty());

    const Identity stranger = authority("stranger");
    const std::string strange = stranger.certificate_pem();
    const std::string strange_key = stranger.key_pem();
    client.certificates = strange;
    client.key = strange_key;
    CHECK_THAT(connect(client, server).error, Contains("refuses the client certificate"));
    client.certificates = certificate;
    const std::string mixed = connect(client, server).error;
    CHECK_THAT(mixed, Contains("cannot use the client certificate and its key"));
    CHECK_THAT(mixed, !Contains("PRIVATE"));
  }
}

TEST_CASE("tls: only the protocols and cipher suites that Java has enabled are spoken", "[net]") {
  const Identity root = authority("root");
  const Identity target = issued_by(root);
  TlsClient client = client_with({trust(root)});
  client.protocols = {"SSLv2Hello", "TLSv1.2"};
  CHECK(connect(client, {.identity = target}).protocol == "TLSv1.2");
  CHECK_THAT(connect(client, {.identity = target, .version = TLS1_3_VERSION}).error,
             Contains("broker:9999 and OpenSSL have no TLS protocol and cipher suite in common"));

  client.protocols = {"TLSv1.3", "TLSv1.2"};
  client.ciphers = {"TLS_CHACHA20_POLY1305_SHA256"};
  CHECK(connect(client, {.identity = target}).cipher == "TLS_CHACHA20_POLY1305_SHA256");
  CHECK_FALSE(connect(client, {.identity = target, .version = TLS1_2_VERSION}).error.empty());

  client.ciphers = {"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"};
  CHECK(connect(client, {.identity = target}).protocol == "TLSv1.2");
  CHECK_THAT(connect(client, {.identity = target,
                              .version = TLS1_2_VERSION,
                              .ciphers = "ECDHE-ECDSA-AES256-GCM-SHA384"})
                 .error,
             Contains("in common"));
}

TEST_CASE("tls: what OpenSSL does not speak at all is said before anything is sent", "[net]") {
  TlsClient client = client_with({});
  client.protocols = {"SSLv3"};
  Result<asio::ssl::context> made = make_tls_context(client);
  REQUIRE_FALSE(made.has_value());
  CHECK_THAT(made.error().text, Contains("OpenSSL speaks none of the TLS protocols SSLv3"));
  client.protocols = {"TLSv1.3"};
  client.ciphers = {"TLS_MADE_UP", "SSL_RSA_WITH_DES_CBC_SHA"};
  made = make_tls_context(client);
  REQUIRE_FALSE(made.has_value());
  CHECK_THAT(made.error().text, Contains("ssl.ciphers"));
}

TEST_CASE("tls: Java's older names of cipher suites are known", "[net]") {
  TlsClient client = client_with({});
  client.protocols = {"TLSv1.2"};
  client.ciphers = {"SSL_RSA_WITH_AES_128_CBC_SHA", "TLS_RSA_WITH_AES_256_GCM_SHA384"};
  Result<asio::ssl::context> made = make_tls_context(client);
  REQUIRE(made.has_value());
  const SslPointer ssl(SSL_new(made->native_handle()));
  STACK_OF(SSL_CIPHER)* list = SSL_get1_supported_ciphers(ssl.get());
  std::string names;
  for (int i = 0; i < sk_SSL_CIPHER_num(list); i++) {
    names += std::string(SSL_CIPHER_get_name(sk_SSL_CIPHER_value(list, i))) + ' ';
  }
  sk_SSL_CIPHER_free(list);
  CHECK(names == "AES128-SHA AES256-GCM-SHA384 ");
  CHECK(SSL_get_read_ahead(ssl.get()) == 1);
}

TEST_CASE("tls: Java's signal among the suites is none, with suites of TLS 1.3 alone too",
          "[net]") {
  TlsClient client = client_with({});
  client.ciphers = {"TLS_EMPTY_RENEGOTIATION_INFO_SCSV", "TLS_AES_128_GCM_SHA256"};
  CHECK(make_tls_context(client).has_value());
  client.ciphers = {"TLS_EMPTY_RENEGOTIATION_INFO_SCSV"};
  const Result<asio::ssl::context> made = make_tls_context(client);
  REQUIRE_FALSE(made.has_value());
  CHECK_THAT(made.error().text, Contains("ssl.ciphers"));
}

TEST_CASE("tls: a peer that speaks something else is told from a failed handshake", "[net]") {
  Result<asio::ssl::context> context = make_tls_context(client_with({}));
  REQUIRE(context.has_value());
  const SslPointer client(SSL_new(context->native_handle()));
  BIO* in = BIO_new(BIO_s_mem());
  BIO_puts(in, "HTTP/1.1 400 Bad Request\r\n\r\n");
  SSL_set_bio(client.get(), in, BIO_new(BIO_s_mem()));
  SSL_set_connect_state(client.get());
  int code = 0;
  boost::system::error_code error;
  CHECK_FALSE(step(client.get(), code, error));
  CHECK(explain_tls_failure(*client, error, "broker:9999") ==
        "broker:9999 speaks no TLS; check the port");
  error = boost::system::errc::make_error_code(boost::system::errc::connection_reset);
  CHECK_THAT(explain_tls_failure(*client, error, "broker:9999"), Contains("Connection reset"));
}

}  // namespace jmxbridge
