#include "config/password_file.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <string>

#include "config/load.h"
#include "config_folder.h"

namespace jmxbridge {
namespace {

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("password file: one line end is dropped, and the file is beside the configuration",
          "[config]") {
  const Folder folder("passwords");
  for (const auto& [text, password] : {std::pair("open sesame", "open sesame"),
                                       {"open\n", "open"},
                                       {"open\r\n", "open"},
                                       {"open\n\n", "open\n"},
                                       {" open ", " open "}}) {
    folder.write("p", text);
    const Result<std::string> read = read_password_file("p", folder.path("c.yml"));
    REQUIRE(read);
    CHECK(*read == password);
    CHECK(read_password_file(folder.path("p"), "/elsewhere/c.yml").has_value());
  }
}

TEST_CASE("password file: what cannot be read is said without what was read", "[config]") {
  const Folder folder("passwords");
  folder.write("empty", "\n");
  folder.write("large", std::string(70'000, 's'));
  const auto error = [&](const std::string& name) {
    const Result<std::string> read = read_password_file(name, folder.path("c.yml"));
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
  const Folder folder("passwords");
  folder.write("web", "from systemd\n");
  ::unsetenv("CREDENTIALS_DIRECTORY");
  const std::string name = "${CREDENTIALS_DIRECTORY}/web";
  CHECK(has(read_password_file(name, "c.yml").error().text, "LoadCredential="));
  ::setenv("CREDENTIALS_DIRECTORY", folder.path("").c_str(), 1);
  const Result<std::string> read = read_password_file(name, "c.yml");
  REQUIRE(read);
  CHECK(*read == "from systemd");
  ::unsetenv("CREDENTIALS_DIRECTORY");
}

TEST_CASE("password file: it stands in the place of the daemon's own passwords", "[config]") {
  const Folder folder("passwords");
  folder.write("web", "one\n");
  folder.write("store", "two\n");
  const auto load = [&](const std::string& basic) {
    return load_config_text("hostPort: 127.0.0.1:1\nhttpServer:\n  authentication: {basic: {" +
                                basic +
                                "}}\n"
                                "  ssl: {keyStore: {filename: k, passwordFile: store}}\n",
                            folder.path("c.yml"));
  };
  const LoadedConfig loaded = load("username: u, passwordFile: web");
  INFO(loaded.report.text());
  REQUIRE(loaded.config.http_server);
  CHECK(loaded.report.findings().empty());
  CHECK(loaded.config.http_server->basic->password == "one");
  CHECK(loaded.config.http_server->tls->key_store.password == "two");
  CHECK(has(load("username: u, password: x, passwordFile: web").report.text(),
            "error: httpServer.authentication.basic.passwordFile: password is given as well"));
  CHECK(has(load("username: u, passwordFile: none").report.text(),
            "error: httpServer.authentication.basic.passwordFile: "));
}

}  // namespace
}  // namespace jmxbridge
