#include <catch2/catch.hpp>
#include <string>
#include <thread>

#include "http_fixture.h"
#include "tls_identity.h"

namespace jmxbridge {
namespace {

using namespace test;

using std::chrono::milliseconds;
using Clients = TlsServerSettings::Clients;

/// A server's identity, and how it treats clients.
struct Wish {
  Clients clients = Clients::kNotAsked;
  std::vector<std::string> names = {};
  std::vector<std::string> protocols = {};
  std::vector<std::string> ciphers = {};
  std::vector<std::string> groups = {};
};

const Identity& root() {
  static const Identity identity = authority("root");
  return identity;
}

Result<std::shared_ptr<TlsServer>> make_server(const Identity& own, const Wish& wish = {}) {
  const std::string certificates = own.certificate_pem() + root().certificate_pem();
  const std::string key = own.key_pem();
  const std::string authorities = root().certificate_pem();
  TlsServerSettings settings;
  settings.certificates = certificates;
  settings.key = key;
  settings.authorities = authorities;
  settings.clients = wish.clients;
  settings.limits_names = !wish.names.empty();
  settings.names = wish.names;
  settings.protocols = wish.protocols;
  settings.ciphers = wish.ciphers;
  settings.groups = wish.groups;
  return TlsServer::make(settings);
}

/// A server that speaks TLS.
class TlsFixture {
 public:
  explicit TlsFixture(const Wish& wish = {}, HttpOptions options = {})
      : own_(issued_by(root())), server_(with_access(std::move(options))) {
    use(own_, wish);
  }

  void use(const Identity& own, const Wish& wish = {}) {
    Result<std::shared_ptr<TlsServer>> tls = make_server(own, wish);
    REQUIRE(tls.has_value());
    Access access;
    access.tls = *tls;
    access_->set(access);
  }

  std::uint16_t port() const { return server_.port(); }
  RunningServer& server() { return server_; }
  int failures() const { return failures_; }

 private:
  HttpOptions with_access(HttpOptions options) {
    options.access = access_;
    options.on_tls_failure = [this] { ++failures_; };
    return options;
  }

  std::atomic<int> failures_{0};
  Identity own_;
  std::shared_ptr<FakeAccess> access_ = std::make_shared<FakeAccess>();
  RunningServer server_;
};

/// A blocking client that speaks TLS and trusts `root()`.
class TlsClientSide {
 public:
  struct Options {
    const Identity* shows = nullptr;
    int version = 0;
    const char* ciphers = nullptr;
    const char* groups = nullptr;
  };

  TlsClientSide(std::uint16_t port, const Options& options)
      : context_(SSL_CTX_new(TLS_client_method())) {
    SSL_CTX_set_security_level(context_.get(), 0);
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context_.get()), root().certificate.get());
    SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER, nullptr);
    if (options.version != 0) {
      SSL_CTX_set_min_proto_version(context_.get(), options.version);
      SSL_CTX_set_max_proto_version(context_.get(), options.version);
    }
    if (options.ciphers != nullptr) SSL_CTX_set_cipher_list(context_.get(), options.ciphers);
    if (options.groups != nullptr) SSL_CTX_set1_groups_list(context_.get(), options.groups);
    if (options.shows != nullptr) {
      SSL_CTX_use_certificate(context_.get(), options.shows->certificate.get());
      SSL_CTX_use_PrivateKey(context_.get(), options.shows->key.get());
    }
    const std::string place = "127.0.0.1:" + std::to_string(port);
    BIO* socket = BIO_new_connect(place.c_str());
    REQUIRE(BIO_do_connect(socket) == 1);
    ssl_.reset(SSL_new(context_.get()));
    SSL_set_bio(ssl_.get(), socket, socket);
  }
  explicit TlsClientSide(std::uint16_t port) : TlsClientSide(port, Options()) {}

  bool shake_hands() { return SSL_connect(ssl_.get()) == 1; }

  bool send(const std::string& text) {
    return SSL_write(ssl_.get(), text.data(), static_cast<int>(text.size())) > 0;
  }

  /// What comes until a text is there, or the end.
  std::string receive_until(const std::string& text) {
    std::string all;
    char room[4096];
    while (all.find(text) == std::string::npos) {
      const int count = SSL_read(ssl_.get(), room, sizeof(room));
      if (count <= 0) break;
      all.append(room, static_cast<std::size_t>(count));
    }
    return all;
  }

  /// True if the server ends in good order, with a word of its own.
  bool ends_well() {
    char byte = 0;
    const int count = SSL_read(ssl_.get(), &byte, 1);
    return count == 0 && SSL_get_error(ssl_.get(), count) == SSL_ERROR_ZERO_RETURN;
  }

  std::string cipher() const { return SSL_get_cipher_name(ssl_.get()); }
  std::string protocol() const { return SSL_get_version(ssl_.get()); }

 private:
  std::unique_ptr<SSL_CTX, Free<SSL_CTX_free>> context_;
  SslPointer ssl_;
};

constexpr const char* kRequest = "GET /metrics HTTP/1.1\r\n\r\n";
constexpr const char* kLast = "GET /metrics HTTP/1.1\r\nConnection: close\r\n\r\n";

/// Whether a client of these properties gets a page. Under TLS 1.3 a refusal shows when it reads.
bool is_served(std::uint16_t port, const TlsClientSide::Options& options) {
  TlsClientSide client(port, options);
  if (!client.shake_hands() || !client.send(kLast)) return false;
  return contains(client.receive_until("42.5\n"), "42.5\n");
}

TEST_CASE("tls: requests are answered over one connection until the client wants its end",
          "[http]") {
  TlsFixture fixture;
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    TlsClientSide client(fixture.port(), {.version = version});
    REQUIRE(client.shake_hands());
    for (int i = 0; i < 3; ++i) {
      REQUIRE(client.send(kRequest));
      CHECK(contains(client.receive_until("42.5\n"), "HTTP/1.1 200 OK"));
    }
    REQUIRE(client.send(kLast));
    CHECK(contains(client.receive_until("42.5\n"), "Connection: close"));
    CHECK(client.ends_well());
  }
  CHECK(fixture.failures() == 0);
}

TEST_CASE("tls: a large page arrives whole", "[http]") {
  TlsFixture fixture;
  fixture.server().service.set(large_result(3'000'000));
  TlsClientSide client(fixture.port());
  REQUIRE(client.shake_hands());
  client.send(kLast);
  CHECK(client.receive_until("no such text").size() > 3'000'000);
}

TEST_CASE("tls: who speaks HTTP to a TLS port is told so", "[http]") {
  TlsFixture fixture;
  Client client(fixture.port());
  client.send("GET /metrics HTTP/1.1\r\n\r\n");
  const Reply reply = client.receive();
  CHECK(reply.status == 400);
  CHECK(contains(reply.body, "https://"));
  CHECK(reply.header("connection") == "close");
  client.shut_down_sending();
  CHECK(client.at_end());
  CHECK(eventually([&] { return fixture.failures() == 1; }));
  CHECK(fixture.server().service.deadlines().empty());
}

TEST_CASE("tls: each policy lets in whom it says", "[http]") {
  const Identity known = issued_by(root());
  const Identity stranger = authority("stranger");
  const Identity expired =
      make_identity({.name = "old", .starts = -2 * kDay, .ends = -kDay, .issuer = &root()});
  struct Row {
    Clients clients;
    bool nobody;
    bool known;
    bool stranger;
    bool expired;
  };
  for (const Row& row : {Row{Clients::kNotAsked, true, true, true, true},
                         Row{Clients::kAsked, true, true, true, true},
                         Row{Clients::kAnyRequired, false, true, true, true},
                         Row{Clients::kVerifiedIfShown, true, true, false, false},
                         Row{Clients::kVerified, false, true, false, false}}) {
    TlsFixture fixture({.clients = row.clients});
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
      INFO(static_cast<int>(row.clients) << ' ' << version);
      CHECK(is_served(fixture.port(), {.version = version}) == row.nobody);
      CHECK(is_served(fixture.port(), {.shows = &known, .version = version}) == row.known);
      CHECK(is_served(fixture.port(), {.shows = &stranger, .version = version}) == row.stranger);
      CHECK(is_served(fixture.port(), {.shows = &expired, .version = version}) == row.expired);
    }
    const int refused = 2 * (!row.nobody + !row.known + !row.stranger + !row.expired);
    CHECK(eventually([&] { return fixture.failures() == refused; }));
  }
}

TEST_CASE("tls: a client's certificate must have one of the names", "[http]") {
  const Identity client = make_identity(
      {.name = "c",
       .hosts = "DNS:a.example,IP:10.0.0.1,IP:2001:db8::1,email:ops@a.example,URI:spiffe://a/b",
       .issuer = &root()});
  for (const char* name :
       {"a.example", "10.0.0.1", "2001:db8::1", "ops@a.example", "spiffe://a/b"}) {
    INFO(name);
    TlsFixture fixture({.clients = Clients::kVerified, .names = {"other", name}});
    CHECK(is_served(fixture.port(), {.shows = &client}));
  }
  for (const char* name : {"A.example", "example", "*.example", "c", ""}) {
    INFO(name);
    TlsFixture fixture({.clients = Clients::kAnyRequired, .names = {name}});
    CHECK_FALSE(is_served(fixture.port(), {.shows = &client}));
  }
}

TEST_CASE("tls: protocols, cipher suites and curves are those that were chosen", "[http]") {
  {
    TlsFixture fixture({.protocols = {"TLSv1.3"}});
    CHECK(is_served(fixture.port(), {.version = TLS1_3_VERSION}));
    CHECK_FALSE(is_served(fixture.port(), {.version = TLS1_2_VERSION}));
  }
  {
    TlsFixture fixture;
    CHECK_FALSE(
        is_served(fixture.port(), {.version = TLS1_1_VERSION, .ciphers = "ALL:@SECLEVEL=0"}));
  }
  {
    TlsFixture fixture({.protocols = {"TLSv1.1", "TLSv1.2"}});
    CHECK(is_served(fixture.port(), {.version = TLS1_1_VERSION, .ciphers = "ALL:@SECLEVEL=0"}));
  }
  {
    // The server's order counts, and without a suite of TLS 1.3 that is not spoken.
    TlsFixture fixture({.ciphers = {"TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
                                    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"}});
    TlsClientSide client(
        fixture.port(), {.ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384"});
    REQUIRE(client.shake_hands());
    CHECK(client.protocol() == "TLSv1.2");
    CHECK(client.cipher() == "ECDHE-ECDSA-AES256-GCM-SHA384");
    CHECK_FALSE(is_served(fixture.port(), {.ciphers = "ECDHE-ECDSA-CHACHA20-POLY1305"}));
  }
  {
    TlsFixture fixture({.groups = {"P-521"}});
    CHECK(is_served(fixture.port(), {.groups = "P-521"}));
    CHECK_FALSE(is_served(fixture.port(), {.groups = "P-384"}));
  }
}

TEST_CASE("tls: another certificate is for new connections, old ones go on", "[http]") {
  TlsFixture fixture;
  TlsClientSide old(fixture.port());
  REQUIRE(old.shake_hands());
  const Identity other = authority("other");
  fixture.use(other);
  CHECK_FALSE(TlsClientSide(fixture.port()).shake_hands());
  REQUIRE(old.send(kRequest));
  CHECK(contains(old.receive_until("42.5\n"), "200 OK"));
}

TEST_CASE("tls: a greeting that takes too long ends, byte by byte or not at all", "[http]") {
  HttpOptions options;
  options.handshake_timeout = milliseconds(150);
  TlsFixture fixture({}, options);
  Client silent(fixture.port());
  CHECK(silent.at_end());

  // A byte comes now and then, and none of them makes it longer.
  Client slow(fixture.port());
  const std::string begun = "\x16\x03\x01\x02";
  const auto start = std::chrono::steady_clock::now();
  std::size_t sent = 0;
  while (slow.send(begun.substr(sent % begun.size(), 1)) && sent < 10'000) {
    ++sent;
    std::this_thread::sleep_for(milliseconds(5));
  }
  CHECK(sent < 10'000);
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(60));
  CHECK(eventually([&] { return fixture.failures() == 2; }));
  CHECK(eventually([&] { return fixture.server().server().dump().empty(); }));
}

TEST_CASE("tls: a handshake in single bytes is put together", "[http]") {
  TlsFixture fixture;
  const std::unique_ptr<SSL_CTX, Free<SSL_CTX_free>> context(SSL_CTX_new(TLS_client_method()));
  const SslPointer ssl(SSL_new(context.get()));
  BIO* in = BIO_new(BIO_s_mem());
  BIO* out = BIO_new(BIO_s_mem());
  SSL_set_bio(ssl.get(), in, out);
  SSL_set_connect_state(ssl.get());
  CHECK(SSL_do_handshake(ssl.get()) == -1);
  Client client(fixture.port());
  char byte = 0;
  while (BIO_read(out, &byte, 1) == 1) REQUIRE(client.send(std::string_view(&byte, 1)));
  CHECK(eventually(
      [&] { return contains(fixture.server().server().dump(), "begins to speak TLS"); }));
  // The server answers with records of its own.
  client.shut_down_sending();
  CHECK(client.drop_all() > 500);
}

TEST_CASE("tls: garbage after the greeting ends the connection and nothing else", "[http]") {
  TlsFixture fixture;
  Client client(fixture.port());
  client.send("\x16\x03\x01\x01\x01\x01" + std::string(300, 'x'));
  client.shut_down_sending();
  client.drop_all();
  CHECK(eventually([&] { return fixture.failures() == 1; }));
  CHECK(is_served(fixture.port(), {}));
}

TEST_CASE("tls: draining does not wait for greetings", "[http]") {
  TlsFixture fixture;
  Client silent(fixture.port());
  REQUIRE(eventually(
      [&] { return contains(fixture.server().server().dump(), "begins to speak TLS"); }));
  std::future<void> drained = fixture.server().drain(std::chrono::seconds(120));
  CHECK(drained.wait_for(std::chrono::seconds(60)) == std::future_status::ready);
}

TEST_CASE("tls server: what it cannot be made of is said in a sentence", "[net]") {
  const Identity own = issued_by(root());
  const Identity other = issued_by(root());
  const std::string certificate = own.certificate_pem();
  const std::string key = own.key_pem();
  const auto error_of = [](const TlsServerSettings& settings) {
    Result<std::shared_ptr<TlsServer>> made = TlsServer::make(settings);
    REQUIRE_FALSE(made);
    return made.error().text;
  };
  TlsServerSettings settings;
  settings.certificates = certificate;
  settings.key = key;
  REQUIRE(TlsServer::make(settings));

  TlsServerSettings wrong = settings;
  wrong.certificates = "no PEM";
  CHECK(contains(error_of(wrong), "the certificate cannot be used"));
  wrong = settings;
  wrong.key = certificate;
  CHECK(contains(error_of(wrong), "the key cannot be read"));
  const std::string others = other.key_pem();
  wrong.key = others;
  CHECK(error_of(wrong) ==
        "the key is not that of the certificate; give the two that belong together");
  // A passphrase is asked for on no terminal.
  const Memory memory(BIO_new(BIO_s_mem()));
  PEM_write_bio_PKCS8PrivateKey(memory.get(), own.key.get(), EVP_aes_128_cbc(), "abcd", 4, nullptr,
                                nullptr);
  const std::string locked = text_of(memory);
  wrong.key = locked;
  CHECK(contains(error_of(wrong), "without a passphrase"));
  wrong = settings;
  wrong.ciphers = {"TLS_AES_128_GCM_SHA256"};
  wrong.protocols = {"TLSv1.2"};
  CHECK(contains(error_of(wrong), "no cipher suite goes with the protocols TLSv1.2"));
  wrong = settings;
  wrong.groups = {"none"};
  CHECK(contains(error_of(wrong), "none of the curves"));
  wrong = settings;
  wrong.clients = Clients::kVerified;
  wrong.authorities = "no PEM";
  CHECK(contains(error_of(wrong), "no certificate of an authority"));
}

TEST_CASE("tls server: it knows when its certificate is valid", "[net]") {
  const auto now = std::chrono::system_clock::now();
  const Result<std::shared_ptr<TlsServer>> valid = make_server(issued_by(root()));
  REQUIRE(valid);
  CHECK((*valid)->expires() > now + std::chrono::hours(23));
  CHECK((*valid)->expires() < now + std::chrono::hours(25));
  CHECK_FALSE((*valid)->is_not_valid_yet());
  const Result<std::shared_ptr<TlsServer>> later = make_server(
      make_identity({.name = "later", .starts = kDay, .ends = 2 * kDay, .issuer = &root()}));
  REQUIRE(later);
  CHECK((*later)->is_not_valid_yet());
}

}  // namespace
}  // namespace jmxbridge
