#include "jni/server_keys.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>

#include "keytool.h"
#include "native_fixture.h"

using namespace jmxbridge;
using namespace jmxbridge::test;
using namespace std::chrono_literals;
using Catch::Contains;

namespace {

namespace fs = std::filesystem;

constexpr const char* kGenerate =
    "-genkeypair -alias {} -keyalg {} -dname CN={} -ext san=ip:127.0.0.1 -validity 9";

/// Stores that keytool makes, of every type.
class KeyFolder : public StoreFolder {
 public:
  KeyFolder() {
    for (const char* type : {"PKCS12", "JKS", "JCEKS"}) {
      generate(fmt::format("one.{}", type), "one", "EC", type);
    }
    generate("several.p12", "rsa", "RSA");
    generate("several.p12", "best", "EC");
    generate("several.p12", "last", "EC");
    const std::string certificate = path("one.pem");
    keytool("one.PKCS12", "-exportcert -rfc -alias one -file " + certificate);
    keytool("trust.p12", "-importcert -noprompt -alias one -file " + certificate);
    fs::copy_file(path("one.PKCS12"), path("empty.p12"));
    keytool("empty.p12", "-delete -alias one");
    keytool("secret.p12", "-genseckey -alias hidden -keyalg AES -keysize 128");
  }

  void generate(const std::string& store, const std::string& alias, const std::string& algorithm,
                const std::string& type = "PKCS12", const std::string& more = {}) const {
    keytool(store, fmt::format(fmt::runtime(kGenerate), alias, algorithm, alias) + more, type);
  }
};

const KeyFolder& folder() {
  static const KeyFolder folder;
  return folder;
}

ServerStores::Store store_of(const std::string& path, std::optional<std::string> type = "PKCS12",
                             const std::string& password = StoreFolder::kPassword) {
  return {path, std::move(type), password};
}

ServerStores stores_of(const std::string& name, std::optional<std::string> type = "PKCS12") {
  return {store_of(folder().path(name), std::move(type)), std::nullopt, std::nullopt};
}

ServerKeys keys_of(const ServerStores& stores) {
  Result<ServerKeys> keys = read_server_keys(embedded_java(), stores, kPatience);
  INFO((keys ? std::string() : keys.error().text));
  REQUIRE(keys.has_value());
  return std::move(*keys);
}

std::string error_of(const ServerStores& stores) {
  const Result<ServerKeys> keys = read_server_keys(embedded_java(), stores, kPatience);
  REQUIRE_FALSE(keys.has_value());
  for (const std::string& secret : {stores.keys.password, std::string("own-secret")}) {
    if (!secret.empty()) CHECK_THAT(keys.error().text, !Contains(secret));
  }
  return keys.error().text;
}

void check_pem(const std::string& text, const std::string& what) {
  CHECK(text.starts_with("-----BEGIN " + what + "-----\n"));
  CHECK(text.ends_with("\n-----END " + what + "-----\n"));
}

}  // namespace

TEST_CASE("server keys: stores of every type are read", "[jni]") {
  std::string certificates;
  for (const char* type : {"PKCS12", "JKS", "JCEKS"}) {
    INFO(type);
    const ServerKeys keys = keys_of(stores_of(fmt::format("one.{}", type), type));
    check_pem(keys.certificates, "CERTIFICATE");
    REQUIRE(keys.key);
    check_pem(*keys.key, "PRIVATE KEY");
    CHECK(keys.alias == "one");
    CHECK(keys.authorities.empty());
    CHECK(keys.certificates != certificates);
    certificates = keys.certificates;
  }
  // Without a type Java tells the two apart by itself.
  for (const char* type : {"PKCS12", "JKS"}) {
    CHECK(keys_of(stores_of(fmt::format("one.{}", type), std::nullopt)).alias == "one");
  }
  CHECK_THAT(error_of(stores_of("one.JCEKS", std::nullopt)),
             Contains("is damaged or no store of type pkcs12; correct the type or the file"));
}

TEST_CASE("server keys: a trust store is given as its certificates", "[jni]") {
  ServerStores stores = stores_of("one.PKCS12");
  stores.trusted = store_of(folder().path("trust.p12"));
  const ServerKeys keys = keys_of(stores);
  CHECK(keys.authorities == keys.certificates);

  stores.trusted = store_of(folder().path("empty.p12"));
  CHECK_THAT(error_of(stores),
             Contains("empty.p12 (httpServer.ssl.trustStore) holds no certificate "
                      "that could be trusted; import one"));
  stores.trusted = store_of(folder().path("trust.p12"), "PKCS12", "wrong-secret");
  CHECK_THAT(error_of(stores), Contains("(httpServer.ssl.trustStore) does not open with its "
                                        "password; correct httpServer.ssl.trustStore.password"));
  stores.trusted = store_of(folder().path("gone.p12"));
  CHECK_THAT(error_of(stores), Contains("gone.p12 (httpServer.ssl.trustStore) does not exist"));
}

TEST_CASE("server keys: of several keys the wanted one is taken, or the one of the best kind",
          "[jni]") {
  ServerStores stores = stores_of("several.p12");
  const ServerKeys best = keys_of(stores);
  CHECK((best.alias == "best" || best.alias == "last"));
  for (const char* wanted : {"rsa", "best", "last"}) {
    stores.alias = wanted;
    CHECK(keys_of(stores).alias == wanted);
  }
  stores.alias = "nobody";
  const ServerKeys other = keys_of(stores);
  CHECK(other.alias == best.alias);
  CHECK(other.certificates == best.certificates);
}

TEST_CASE("server keys: a password that does not fit is said, and not shown", "[jni]") {
  for (const char* type : {"PKCS12", "JKS", "JCEKS"}) {
    INFO(type);
    ServerStores stores = stores_of(fmt::format("one.{}", type), type);
    stores.keys.password = "wrong-secret";
    CHECK_THAT(error_of(stores),
               Contains(fmt::format("one.{} (httpServer.ssl.keyStore) does not open with its "
                                    "password; correct httpServer.ssl.keyStore.password",
                                    type)));
    stores.keys.password.clear();
    CHECK_THAT(error_of(stores), Contains("give httpServer.ssl.keyStore.password"));
  }
}

TEST_CASE("server keys: a key with a password of its own is refused with what to do", "[jni]") {
  for (const char* type : {"JKS", "JCEKS"}) {
    INFO(type);
    const std::string store = fmt::format("own.{}", type);
    folder().generate(store, "own", "EC", type, " -keypass own-secret");
    CHECK_THAT(error_of(stores_of(store, type)),
               Contains("holds a key with a password of its own; give it that of the store, with "
                        "keytool -keypasswd"));
    folder().keytool(store, "-keypasswd -alias own -keypass own-secret -new changeit", type);
    CHECK(keys_of(stores_of(store, type)).alias == "own");
  }
}

TEST_CASE("server keys: a store without a key that can be shown is refused", "[jni]") {
  for (const char* store : {"empty.p12", "trust.p12"}) {
    CHECK_THAT(error_of(stores_of(store)), Contains("holds no private key; make one with keytool"));
  }
  ServerStores secret = stores_of("secret.p12");
  CHECK_THAT(error_of(secret), Contains("holds no private key; make one with keytool"));
  secret.alias = "hidden";
  CHECK_THAT(error_of(secret), Contains("holds no private key; make one with keytool"));
  CHECK_THAT(error_of(stores_of("one.PKCS12", "PFX")),
             Contains("is of a type that this JVM lacks (PFX); use PKCS12 or JKS"));
}

TEST_CASE("server keys: what is no store is said, and holds nobody up", "[jni]") {
  const auto write = [](const std::string& name, const std::string& text) {
    std::ofstream(folder().path(name)) << text;
    return folder().path(name);
  };
  const std::string fifo = folder().path("fifo");
  REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
  const std::string huge = write("huge", "");
  fs::resize_file(huge, 17 << 20);
  std::string cut;
  std::getline(std::ifstream(folder().path("one.PKCS12")), cut, '\0');
  for (const auto& [path, what] :
       {std::pair(folder().path("none"), "does not exist; correct its file name"),
        std::pair(folder().path("one.pem/below"), "does not exist; correct its file name"),
        std::pair(folder().path(""), "is no regular file; correct its file name"),
        std::pair(fifo, "is no regular file; correct its file name"),
        std::pair(std::string("/dev/zero"), "is no regular file; correct its file name"),
        std::pair(std::string("/proc/self/mem"), "cannot be read; give the user that the daemon"),
        std::pair(huge, "is larger than a store can be; correct its file name"),
        std::pair(write("nothing", ""), "is damaged or no store of type PKCS12"),
        std::pair(write("cut", cut), "is damaged or no store of type PKCS12"),
        std::pair(folder().path("one.pem"), "is damaged or no store of type PKCS12")}) {
    INFO(path);
    CHECK_THAT(error_of({store_of(path), std::nullopt, std::nullopt}), Contains(what));
  }
}

TEST_CASE("server keys: a key that cannot leave its store is refused", "[jni]") {
  call_java("SealedKeys", "install");
  const std::string error = error_of(stores_of("one.PKCS12"));
  call_java("SealedKeys", "remove");
  CHECK_THAT(error, Contains("holds a key that cannot leave it; use a store in a file"));
}

TEST_CASE("server keys: who waits for a disk does so for a time", "[jni]") {
  const Result<ServerKeys> keys = read_server_keys(embedded_java(), stores_of("one.PKCS12"), 0ms);
  REQUIRE_FALSE(keys.has_value());
  CHECK(keys.error().kind == ErrorKind::kDeadline);
  CHECK_THAT(keys.error().text, Contains("see whether their disk answers"));
}
