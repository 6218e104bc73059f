#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "commands/command_line.h"
#include "commands/configuration.h"
#include "folder.h"

using namespace jmxbridge;

namespace {

/// A configuration file that is gone with the test.
class File {
 public:
  explicit File(const std::string& text) : path_(folder_.write("c.yml", text)) {}

  const std::string& path() const { return path_; }

 private:
  Folder folder_;
  std::string path_;
};

std::string name_of(const std::string& url) {
  CollectorConfig config;
  config.jmx_url = url;
  return target_name(config);
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("configuration: a sound file gives a snapshot with its rules", "[commands]") {
  const File file("hostPort: 127.0.0.1:9999\nrules:\n- pattern: <>a\n  name: b\n");
  const LoadedSnapshot loaded = load_snapshot(file.path());
  REQUIRE(loaded.snapshot != nullptr);
  CHECK(loaded.report.findings().empty());
  CHECK(loaded.snapshot->rules != nullptr);
  CHECK(loaded.snapshot->config.rules.size() == 1);
}

TEST_CASE("configuration: two ways to say who is let in are refused by the check too",
          "[commands]") {
  const File file(
      "hostPort: 127.0.0.1:9999\nhttpServer:\n"
      "  authentication: {basic: {username: u, password: p}}\n");
  const File web("basic_auth_users: {}\n");
  CHECK(check_configuration(file.path(), "", true).status == kExitFine);
  const CheckedConfiguration both = check_configuration(file.path(), web.path(), false);
  CHECK(both.status == kExitError);
  CHECK(has(both.text, ":2:1: error: httpServer: --web.config.file and the configuration's"));
}

TEST_CASE("configuration: a cipher suite that nobody knows is an error at every reading",
          "[commands]") {
  const File file(
      "hostPort: 127.0.0.1:9999\nhttpServer:\n"
      "  ssl: {keyStore: {filename: k, password: p}, ciphers: [TLS_OF_MY_OWN]}\n");
  const std::string expected =
      ":3:8: error: httpServer.ssl.ciphers: 'TLS_OF_MY_OWN' is not known; write a name such as ";
  CHECK(has(check_configuration(file.path(), "", false).text, expected));
  CHECK(has(load_unjudged(file.path()).report.text(), expected));
  const File known(
      "hostPort: 127.0.0.1:9999\nhttpServer:\n"
      "  ssl: {keyStore: {filename: k, password: p}, ciphers: [TLS_AES_128_GCM_SHA256]}\n");
  CHECK(check_configuration(known.path(), "", true).status == kExitFine);
}

TEST_CASE("configuration: the check tells of the web configuration and its files", "[commands]") {
  const File file("hostPort: 127.0.0.1:9999\n");
  const File web("tls_server_config:\n  cert_file: none.pem\n  key_file: none.key\n");
  const CheckedConfiguration checked = check_configuration(file.path(), web.path(), false);
  CHECK(checked.status == kExitError);
  CHECK(has(checked.text, file.path() + ": fine\n"));
  CHECK(has(checked.text, ":2:3: error: tls_server_config.cert_file: "));
  CHECK(has(checked.text, "none.pem: the file does not exist"));
  CHECK(has(checked.text, ":3:3: error: tls_server_config.key_file: "));
}

TEST_CASE("configuration: a web configuration is checked alone too", "[commands]") {
  const File web("basic_auth_users: {}\n");
  const CheckedConfiguration fine = check_configuration("", web.path(), true);
  CHECK(fine.text == web.path() + ": fine\n");
  CHECK(fine.status == kExitFine);
  const File wrong("basic_auth_user: {}\n");
  const CheckedConfiguration checked = check_configuration("", wrong.path(), false);
  CHECK(has(checked.text, ":1:1: error: basic_auth_user: "));
  CHECK(checked.status == kExitError);
}

TEST_CASE("configuration: what the file says of the daemon itself is kept", "[commands]") {
  const File file(
      "hostPort: 127.0.0.1:9999\nssl: true\nopenTelemetry:\nhttpServer:\n  metrics: {path: /m}\n"
      "  threads: {minimum: 1, maximum: 2, keepAliveTime: 3}\n  maximumRequestSeconds: 4\n");
  const LoadedSnapshot loaded = load_snapshot(file.path());
  REQUIRE(loaded.snapshot != nullptr);
  CHECK_FALSE(has(loaded.report.text(), ": ssl"));
  CHECK(loaded.report.findings().empty());
  CHECK(loaded.snapshot->config.open_telemetry);
  CHECK(loaded.snapshot->config.http_server->metrics_path == "/m");
}

TEST_CASE("configuration: the findings of file and rules are one report", "[commands]") {
  const File file("hostPort: 127.0.0.1:9999\nlowercaseOutputName: 3\nrules:\n- pattern: '('\n");
  const LoadedSnapshot loaded = load_snapshot(file.path());
  CHECK(loaded.snapshot == nullptr);
  CHECK(has(loaded.report.text(), ":2:"));
  CHECK(has(loaded.report.text(), "lowercaseOutputName"));
  CHECK(has(loaded.report.text(), ":4:"));
  CHECK(has(loaded.report.text(), "rules[0].pattern"));
}

TEST_CASE("configuration: a missing file is an error, not a crash", "[commands]") {
  const LoadedSnapshot loaded = load_snapshot("/nonexistent/config.yml");
  CHECK(loaded.snapshot == nullptr);
  CHECK(loaded.report.findings().size() == 1);
}

TEST_CASE("configuration: without a file one rule takes everything", "[commands]") {
  const std::shared_ptr<const Snapshot> snapshot = default_snapshot();
  REQUIRE(snapshot != nullptr);
  REQUIRE(snapshot->rules != nullptr);
  const Property property{"type", "B"};
  Leaf leaf;
  leaf.domain = "a";
  leaf.properties = {&property, 1};
  leaf.attribute = "C";
  Value value;
  value.kind = ValueKind::kInteger;
  value.integer = 1;
  const Match match = snapshot->rules->evaluate(leaf, value);
  REQUIRE(match.kind == Match::Kind::kSample);
  REQUIRE(match.samples.size() == 1);
  CHECK(match.samples[0].family == "a_B_C");
}

TEST_CASE("configuration: a target is named by host and port, never by a stub", "[commands]") {
  CHECK(name_of("service:jmx:rmi:///jndi/rmi://10.0.0.1:9999/jmxrmi") == "10.0.0.1:9999");
  CHECK(name_of("service:jmx:rmi://h:1/jndi/rmi://host:2/jmxrmi") == "host:2");
  CHECK(name_of("service:jmx:rmi:///jndi/rmi://[::1]:9999/jmxrmi") == "[::1]:9999");
  CHECK(name_of("service:jmx:rmi:///jndi/rmi://host/jmxrmi") == "host:1099");
  CHECK(name_of("service:jmx:rmi:///stub/rO0ABXNyAC5q") == "target");
  CHECK(name_of("") == "target");
}

TEST_CASE("configuration check: says that a file is fine", "[commands]") {
  const File file("hostPort: 127.0.0.1:9999\n");
  for (const bool strict : {false, true}) {
    const CheckedConfiguration checked = check_configuration(file.path(), "", strict);
    CHECK(checked.text == file.path() + ": fine\n");
    CHECK(checked.status == kExitFine);
  }
}

TEST_CASE("configuration check: warnings count only when strict", "[commands]") {
  const File file("hostPort: 127.0.0.1:9999\nrules:\n- pattren: a\n");
  const CheckedConfiguration lax = check_configuration(file.path(), "", false);
  CHECK(lax.status == kExitFine);
  CHECK(has(lax.text, ": warning: "));
  CHECK(has(lax.text, file.path() + ": 0 errors, 1 warning\n"));
  CHECK(check_configuration(file.path(), "", true).status == kExitFindings);
}

TEST_CASE("configuration check: notes are shown, and count for nothing", "[commands]") {
  const File file("hostPort: 127.0.0.1:9999\nrules:\n- pattern: '<>a: 1'\n");
  for (const bool strict : {false, true}) {
    const CheckedConfiguration checked = check_configuration(file.path(), "", strict);
    CHECK(has(checked.text, ":3:12: note: rules[0].pattern: it is matched anew in each scrape"));
    CHECK(has(checked.text, file.path() + ": fine, 1 note\n"));
    CHECK(checked.status == kExitFine);
  }
  CHECK(lines_to_log(load_snapshot(file.path()).report).empty());
}

TEST_CASE("configuration: a log gets errors first, and no flood", "[commands]") {
  Report report("a.yml");
  for (int i = 0; i < 20; ++i) report.warning({i + 1, 1}, "k", "w");
  CHECK(lines_to_log(report).size() == 20);
  report.note({1, 1}, "k", "n");
  CHECK(lines_to_log(report).size() == 20);
  report.error({99, 1}, "k", "e");
  const std::vector<std::string> lines = lines_to_log(report);
  REQUIRE(lines.size() == 21);
  CHECK(lines.front() == "a.yml:99:1: error: k: e");
  CHECK(lines[1] == "a.yml:1:1: warning: k: w");
  CHECK(lines.back() == "a.yml: and 1 more; --config.check shows all of them");
}

TEST_CASE("configuration check: errors end with 1, strict or not", "[commands]") {
  const File file(
      "hostPort: 127.0.0.1:9999\nlowercaseOutputName: 3\nlowercaseoutputname: true\nrules:\n"
      "- pattern: '('\n");
  for (const bool strict : {false, true}) {
    const CheckedConfiguration checked = check_configuration(file.path(), "", strict);
    CHECK(checked.status == kExitError);
    CHECK(has(checked.text, file.path() + ": 2 errors, 1 warning\n"));
  }
}
