#include <catch2/catch.hpp>
#include <string>

#include "config/load.h"
#include "config/masked_text.h"
#include "config/password_file.h"
#include "environment_variable.h"
#include "folder.h"

namespace jmxbridge {
namespace {

/// A folder with a password file.
class TargetFolder : public Folder {
 public:
  TargetFolder() { write("target", "s3cret\n"); }

  LoadedConfig load(const std::string& keys, const std::string& host = "127.0.0.1") const {
    return load_config_text("hostPort: " + host + ":1\n" + keys, path("c.yml"));
  }
};

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("target password: a file beside the configuration may hold it", "[config]") {
  const TargetFolder folder;
  const LoadedConfig loaded = folder.load("username: u\npasswordFile: target\n");
  INFO(loaded.report.text());
  CHECK(loaded.report.findings().empty());
  CHECK(loaded.config.password.empty());
  REQUIRE(loaded.config.password_file);
  const PasswordFile& file = *loaded.config.password_file;
  CHECK(file.name == "target");
  const Result<std::string> password = read_password(file);
  REQUIRE(password);
  CHECK(*password == "s3cret");
  const std::string masked = masked_text(loaded.config);
  CHECK(has(masked, "passwordFile: \"target\"\n"));
  CHECK_FALSE(has(masked, "s3cret"));
}

TEST_CASE("target password: a credential of systemd is named by its variable", "[config]") {
  const TargetFolder folder;
  const EnvironmentVariable credentials("CREDENTIALS_DIRECTORY", folder.path(""));
  const LoadedConfig loaded = load_config_text(
      "hostPort: 127.0.0.1:1\nusername: u\npasswordFile: ${CREDENTIALS_DIRECTORY}/target\n",
      "/etc/jmxbridge/c.yml");
  INFO(loaded.report.text());
  CHECK(loaded.report.findings().empty());
  REQUIRE(loaded.config.password_file);
  CHECK(has(masked_text(loaded.config), "passwordFile: \"${CREDENTIALS_DIRECTORY}/target\"\n"));
}

TEST_CASE("target password: what cannot be used is said at its place", "[config]") {
  const TargetFolder folder;
  const std::string missing = folder.load("username: u\npasswordFile: none\n").report.text();
  CHECK(has(missing, "c.yml:3:15: error: passwordFile: " + folder.path("none") +
                         ": the file does not exist; check the path"));
  const std::string both =
      folder.load("username: u\npassword: other\npasswordFile: target\n").report.text();
  CHECK(has(both, ":4:1: error: passwordFile: password is given as well; keep one of the two"));
  CHECK_FALSE(has(both, "other"));
  CHECK(has(folder.load("passwordFile: target\n").report.text(),
            ":2:1: warning: passwordFile: without a user name no password is sent"));
  CHECK(folder.load("username: u\npasswordFile:\n").report.findings().empty());
}

TEST_CASE("target password: one in a file goes over the network in clear too", "[config]") {
  const TargetFolder folder;
  const Report report = folder.load("username: u\npasswordFile: target\n", "10.0.0.1").report;
  CHECK(report.count(Severity::kWarning) == 1);
  CHECK(has(report.text(), ":3:1: warning: passwordFile: the password goes over the network in"));
  CHECK(folder.load("username: u\npasswordFile: target\nssl: true\n", "10.0.0.1")
            .report.findings()
            .empty());
}

TEST_CASE("target password: files that only name what comes from elsewhere need none", "[config]") {
  const TargetFolder folder;
  CHECK(load_config_text("passwordFile: none\n", folder.path("c.yml"), ConfigUse::kRulesOnly)
            .report.findings()
            .empty());
}

}  // namespace jmxbridge
