#include "commands/live_access.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <catch2/catch.hpp>
#include <filesystem>
#include <functional>
#include <future>
#include <string>
#include <utility>
#include <vector>

#include "folder.h"
#include "tls_identity.h"

using namespace jmxbridge;
using namespace jmxbridge::test;

namespace {

constexpr const char* kUser =
    "basic_auth_users:\n"
    "  alice: $2y$04$abcdefghijklmnopqrstuubZDwPHYxnXi1YTA.xIR5HX0M7fgUqAC\n";

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// Stands for the JVM: the stores' names are those of the identities.
class FakeStores {
 public:
  explicit FakeStores(Identity identity) : identity_(std::move(identity)) {}

  ReadServerKeys reader() {
    return [this](const ServerStores& stores) -> Result<ServerKeys> {
      ++reads;
      asked = stores.keys.password;
      if (!refusal.empty()) return fail(refusal);
      ServerKeys keys;
      keys.certificates = identity_.certificate_pem();
      keys.key = std::make_shared<const std::string>(identity_.key_pem());
      if (stores.trusted) keys.authorities = identity_.certificate_pem();
      keys.alias = "mykey";
      return keys;
    };
  }

  int reads = 0;
  std::string asked;  ///< the key store's password, at the last reading
  std::string refusal;

 private:
  Identity identity_;
};

class Fixture {
 public:
  explicit Fixture(const std::string& web_config = {})
      : access_(web_config, stores_.reader(), counters_) {}

  std::shared_ptr<const Access> current() {
    std::future<std::shared_ptr<const Access>> access =
        asio::co_spawn(context_, access_.current(), asio::use_future);
    context_.restart();
    context_.run();
    return access.get();
  }

  LiveAccess& live() { return access_; }
  FakeStores& stores() { return stores_; }
  ProcessCounters& counters() { return counters_; }

 private:
  asio::io_context context_;
  ProcessCounters counters_;
  FakeStores stores_{authority("server")};
  LiveAccess access_;
};

HttpServerConfig with_store(const std::string& file) {
  HttpServerConfig server;
  server.ssl_mark = Mark{1, 1};
  server.tls.emplace();
  server.tls->key_store.filename = file;
  return server;
}

}  // namespace

TEST_CASE("live access: without a word about it everyone is let in", "[commands]") {
  Fixture fixture;
  REQUIRE(fixture.live().use(std::nullopt));
  const std::shared_ptr<const Access> access = fixture.current();
  CHECK_FALSE(access->tls);
  CHECK_FALSE(access->users);
  CHECK_FALSE(access->rate);
  CHECK(access->headers == kSecurityHeaders);
  CHECK(fixture.stores().reads == 0);
}

TEST_CASE("live access: a changed store is read for the next connection, once", "[commands]") {
  const Folder folder;
  const std::string store = folder.write("k.p12", "1");
  Fixture fixture;
  REQUIRE(fixture.live().use(with_store(store)));
  const std::shared_ptr<const Access> first = fixture.current();
  REQUIRE(first->tls);
  CHECK(has(first->headers, "Strict-Transport-Security: max-age=31536000\r\n"));
  CHECK(fixture.counters().http_certificate_expires_at_s > 0);
  CHECK(fixture.current() == first);
  CHECK(fixture.stores().reads == 1);

  folder.write("k.p12", "22");
  const std::shared_ptr<const Access> second = fixture.current();
  CHECK(second->tls != first->tls);
  CHECK(fixture.current() == second);
  CHECK(fixture.stores().reads == 2);

  fixture.stores().refusal = "The store k.p12 is damaged";
  folder.write("k.p12", "333");
  CHECK(fixture.current() == second);
  CHECK(fixture.current() == second);
  CHECK(fixture.stores().reads == 3);
  CHECK_FALSE(fixture.counters().http_access_last_reload_successful);

  fixture.stores().refusal.clear();
  std::filesystem::remove(store);
  CHECK(fixture.current() == second);
  folder.write("k.p12", "4444");
  CHECK(fixture.current() != second);
  CHECK(fixture.counters().http_access_last_reload_successful);
}

TEST_CASE("live access: passwords of files are read anew when these change", "[commands]") {
  const Folder folder;
  HttpServerConfig server = with_store(folder.write("k.p12", "1"));
  server.tls->key_store.password_file = PasswordFile{folder.write("store", "first\n"), "c.yml"};
  server.basic.emplace();
  server.basic->username = "alice";
  server.basic->password_file = PasswordFile{folder.write("web", "hunter2\n"), "c.yml"};
  Fixture fixture;
  REQUIRE(fixture.live().use(server));
  const std::shared_ptr<const Access> first = fixture.current();
  CHECK(fixture.stores().asked == "first");
  REQUIRE(first->users);

  folder.write("store", "second\n");
  const std::shared_ptr<const Access> second = fixture.current();
  CHECK(second->tls != first->tls);
  CHECK(fixture.stores().asked == "second");
  folder.write("web", "other\n");
  CHECK(fixture.current()->users != second->users);
  CHECK(fixture.stores().reads == 3);

  const std::shared_ptr<const Access> before = fixture.current();
  folder.write("web", "\n");
  CHECK(fixture.current() == before);
  CHECK_FALSE(fixture.counters().http_access_last_reload_successful);
  folder.write("web", "again\n");
  CHECK(fixture.current() != before);
  CHECK(fixture.counters().http_access_last_reload_successful);
}

TEST_CASE("live access: users who stay the same are not checked anew after a reload",
          "[commands]") {
  HttpServerConfig server;
  server.basic.emplace();
  server.basic->username = "alice";
  server.basic->algorithm = HttpBasicConfig::Algorithm::kPbkdf2Sha256;
  server.basic->hash = "0123456789abcdef";
  server.basic->salt = "salt";
  server.basic->iterations = 600'000;
  Fixture fixture;
  REQUIRE(fixture.live().use(server));
  const std::shared_ptr<Authenticator> users = fixture.current()->users;
  REQUIRE(users);
  server.basic->mark = {7, 1};
  REQUIRE(fixture.live().use(server));
  CHECK(fixture.current()->users == users);
  for (const auto& change : std::vector<std::function<void(HttpBasicConfig&)>>{
           [](HttpBasicConfig& basic) { basic.username = "bob"; },
           [](HttpBasicConfig& basic) { basic.hash[0] = 'x'; },
           [](HttpBasicConfig& basic) { basic.salt = "other"; },
           [](HttpBasicConfig& basic) { ++basic.iterations; },
           [](HttpBasicConfig& basic) {
             basic.algorithm = HttpBasicConfig::Algorithm::kPbkdf2Sha512;
           }}) {
    HttpServerConfig other = server;
    change(*other.basic);
    REQUIRE(fixture.live().use(other));
    CHECK(fixture.current()->users != users);
    REQUIRE(fixture.live().use(server));
  }
}

TEST_CASE("live access: what a configuration cannot have changes nothing", "[commands]") {
  const Folder folder;
  const std::string store = folder.write("k.p12", "1");
  Fixture fixture;
  REQUIRE(fixture.live().use(with_store(store)));
  const std::shared_ptr<const Access> before = fixture.current();
  fixture.stores().refusal = "The store k.p12 does not open with its password";
  const Result<void> refused = fixture.live().use(with_store(store));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().text == "The store k.p12 does not open with its password");
  CHECK(fixture.current() == before);
  fixture.stores().refusal.clear();
}

TEST_CASE("live access: a web configuration's users hold from the next request on", "[commands]") {
  const Folder folder;
  const std::string path = folder.write("web.yml", "");
  Fixture fixture(path);
  REQUIRE(fixture.live().use(std::nullopt));
  CHECK_FALSE(fixture.current()->users);
  folder.write("web.yml", kUser);
  const std::shared_ptr<const Access> guarded = fixture.current();
  REQUIRE(guarded->users);
  CHECK(guarded->challenge == "WWW-Authenticate: Basic\r\n");
  CHECK(guarded->refusal == "Unauthorized\n");
  CHECK(guarded->challenges_other_schemes);
  folder.write("web.yml", "basic_auth_user: {}\n");
  CHECK(fixture.current() == guarded);
  // Another main configuration can be taken all the same.
  CHECK(fixture.live().use(std::nullopt));
  CHECK(fixture.current() == guarded);
  CHECK_FALSE(fixture.counters().http_access_last_reload_successful);
  folder.write("web.yml", "{}\n");
  CHECK_FALSE(fixture.current()->users);
  CHECK(fixture.counters().http_access_last_reload_successful);
}

TEST_CASE("live access: a web configuration that is empty while it is written opens nothing",
          "[commands]") {
  const Folder folder;
  const std::string path = folder.write("web.yml", kUser);
  Fixture fixture(path);
  REQUIRE(fixture.live().use(std::nullopt));
  const std::shared_ptr<const Access> guarded = fixture.current();
  REQUIRE(guarded->users);
  for (const char* empty : {"", "# to be written\n", "---\n"}) {
    folder.write("web.yml", empty);
    CHECK(fixture.current() == guarded);
    CHECK_FALSE(fixture.counters().http_access_last_reload_successful);
  }
  folder.write("web.yml", "http_server_config: {}\n");
  CHECK_FALSE(fixture.current()->users);
}

TEST_CASE("live access: a web configuration's files are watched, also one that was missing",
          "[commands]") {
  const Folder folder;
  const Identity one = authority("one");
  const Identity two = authority("two");
  folder.write("c.pem", one.certificate_pem());
  folder.write("k.pem", one.key_pem());
  const std::string tls = "tls_server_config: {cert_file: c.pem, key_file: k.pem}\n";
  const std::string path = folder.write("web.yml", tls);
  Fixture fixture(path);
  REQUIRE(fixture.live().use(std::nullopt));
  const std::shared_ptr<const Access> first = fixture.current();
  REQUIRE(first->tls);
  CHECK_FALSE(has(first->headers, "Strict-Transport-Security"));
  // Between the two writes they do not belong together.
  folder.write("c.pem", two.certificate_pem());
  CHECK(fixture.current() == first);
  folder.write("k.pem", two.key_pem());
  const std::shared_ptr<const Access> second = fixture.current();
  CHECK(second->tls != first->tls);

  folder.write("web.yml", "tls_server_config: {cert_file: n.pem, key_file: k.pem}\n");
  CHECK(fixture.current() == second);
  folder.write("n.pem", two.certificate_pem());
  CHECK(fixture.current() != second);
}

TEST_CASE("live access: headers take the place of the usual ones, and a limit goes on",
          "[commands]") {
  const Folder folder;
  const std::string limit = "rate_limit: {interval: 1h, burst: 2}\n";
  const std::string path =
      folder.write("web.yml", limit +
                                  "http_server_config: {headers: {X-Frame-Options: sameorigin,\n"
                                  "  Strict-Transport-Security: max-age=5}}\n");
  Fixture fixture(path);
  REQUIRE(fixture.live().use(std::nullopt));
  const std::shared_ptr<const Access> first = fixture.current();
  CHECK(first->headers ==
        "X-Content-Type-Options: nosniff\r\nX-Frame-Options: sameorigin\r\n"
        "Strict-Transport-Security: max-age=5\r\n");
  folder.write("web.yml", limit);
  CHECK(fixture.current()->rate == first->rate);
  folder.write("web.yml", "rate_limit: {interval: 1h, burst: 3}\n");
  CHECK(fixture.current()->rate != first->rate);
}

TEST_CASE("live access: two ways to say who is let in do not go together", "[commands]") {
  const Folder folder;
  const std::string path = folder.write("web.yml", "");
  Fixture fixture(path);
  HttpServerConfig server;
  REQUIRE(fixture.live().use(server));
  server.authentication_mark = Mark{2, 3};
  const Result<void> both = fixture.live().use(server);
  REQUIRE_FALSE(both);
  CHECK(has(both.error().text, "--web.config.file"));
}
