#include "config/password_file.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <string>

#include "config/load.h"
#include "config/masked_text.h"
#include "folder.h"

namespace jmxbridge {
namespace {

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("password file: one line end is dropped, and the file is beside the configuration",
          "[config]") {
  const Folder folder;
  for (const auto& [text, password] : {std::pair("open sesame", "open sesame"),
                                       {"open\n", "open"},
                                       {"open\r\n", "open"},
                                       {"open\n\n", "open\n"},
                                       {" open ", " open "}}) {
    folder.write("p", text);
    const Result<std::string> read = read_password({"p", folder.path("c.yml")});
    REQUIRE(read);
    CHECK(*read == password);
    CHECK(read_password({folder.path("p"), "/elsewhere/c.yml"}).has_value());
  }
}

TEST_CASE("password file: what cannot be read is said without what was read", "[config]") {
  const Folder folder;
  folder.write("empty", "\n");
  folder.write("large", std::string(70'000, 's'));
  const auto error = [&](const std::string& name) {
    const Result<std::string> read = read_password({name, folder.path("c.yml")});
    REQUIRE_FALSE(read);
    return read.error().text;
  };
  CHECK(has(error("none"), "/none: the file does not exist"));
  CHECK(has(error("empty"), "/empty: the file is empty"));
  CHECK(has(error("large"), "too large"));
  CHECK_FALSE(has(error("large"), "sss"));
  CHECK(has(error("."), "directory"));
}

TEST_CASE("password file: credentials of systemd are reached by their variable", "[config]") {
  const Folder folder;
  folder.write("web", "from systemd\n");
  ::unsetenv("CREDENTIALS_DIRECTORY");
  const std::string name = "${CREDENTIALS_DIRECTORY}/web";
  CHECK(has(read_password({name, "c.yml"}).error().text, "LoadCredential="));
  ::setenv("CREDENTIALS_DIRECTORY", folder.path("").c_str(), 1);
  const Result<std::string> read = read_password({name, "c.yml"});
  REQUIRE(read);
  CHECK(*read == "from systemd");
  ::unsetenv("CREDENTIALS_DIRECTORY");
}

TEST_CASE("password file: it stands in the place of every password", "[config]") {
  const Folder folder;
  folder.write("web", "one\n");
  folder.write("store", "two\n");
  const auto load = [&](const std::string& basic) {
    return load_config_text(
        "hostPort: 127.0.0.1:1\n"
        "ssl:\n  enabled: true\n  keyStore: {filename: k, type: JKS, passwordFile: store}\n"
        "  trustStore: {filename: t, type: JKS, passwordFile: web}\n"
        "httpServer:\n  authentication: {basic: {" +
            basic +
            "}}\n"
            "  ssl: {keyStore: {filename: k, passwordFile: store}, mutualTLS: true,\n"
            "    trustStore: {filename: t, passwordFile: web}}\n",
        folder.path("c.yml"));
  };
  const LoadedConfig loaded = load("username: u, passwordFile: web");
  INFO(loaded.report.text());
  REQUIRE(loaded.config.http_server);
  CHECK(loaded.report.findings().empty());
  const PasswordFile web{"web", folder.path("c.yml")};
  const PasswordFile store{"store", folder.path("c.yml")};
  const SslConfig& ssl = loaded.config.ssl_config;
  CHECK(ssl.key_store->password_file == store);
  CHECK(ssl.trust_store->password_file == web);
  CHECK(loaded.config.http_server->basic->password_file == web);
  CHECK(loaded.config.http_server->tls->key_store.password_file == store);
  CHECK(loaded.config.http_server->tls->trust_store->password_file == web);
  CHECK(*read_password(web) == "one");
  const std::string masked = masked_text(loaded.config);
  CHECK(has(masked, "    type: \"JKS\"\n    passwordFile: \"store\"\n"));
  CHECK(has(masked, "      algorithm: \"plaintext\"\n      passwordFile: \"web\"\n"));
  CHECK(has(masked, "      filename: \"t\"\n      passwordFile: \"web\"\n"));
  CHECK_FALSE(has(masked, "<secret>"));
  CHECK(has(load("username: u, password: x, passwordFile: web").report.text(),
            "error: httpServer.authentication.basic.passwordFile: password is given as well"));
  CHECK(has(load("username: u, passwordFile: none").report.text(),
            "error: httpServer.authentication.basic.passwordFile: "));
}

TEST_CASE("password file: what is wrong with that of a store is said at its place", "[config]") {
  const Folder folder;
  folder.write("store", "two\n");
  const auto report = [&](const std::string& store) {
    return load_config_text(
               "hostPort: 127.0.0.1:1\nssl: {enabled: true, trustStore: {filename: t, type: JKS, " +
                   store + "}}\n",
               folder.path("c.yml"))
        .report.text();
  };
  CHECK(report("passwordFile: store").empty());
  CHECK(has(report("passwordFile: none"), "c.yml:2:73: error: ssl.trustStore.passwordFile: " +
                                              folder.path("none") + ": the file does not exist"));
  const std::string both = report("password: other, passwordFile: store");
  CHECK(has(both, "error: ssl.trustStore.passwordFile: password is given as well; keep one of"));
  CHECK_FALSE(has(both, "other"));
  CHECK(has(report("passwordfile: store"), "did you mean 'passwordFile'?"));
}

}  // namespace
}  // namespace jmxbridge
