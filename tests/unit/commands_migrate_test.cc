#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "commands/command_line.h"
#include "commands/migrate.h"
#include "folder.h"

using namespace jmxbridge;

namespace {

const std::string kExamples = JMXBRIDGE_TEST_DATA "/peer/example-configs/";

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::string judged(const std::string& text, int status) {
  const Folder folder;
  const Migration migration = judge_migration(folder.write("c.yml", text));
  INFO(migration.text);
  CHECK(migration.status == status);
  return migration.text;
}

}  // namespace

TEST_CASE("migrate: each of the exporter's example files has a verdict", "[commands]") {
  const std::vector<std::filesystem::path> files = yaml_files(kExamples);
  REQUIRE(files.size() == 20);
  for (const std::filesystem::path& file : files) {
    const Migration migration = judge_migration(file.string());
    INFO(migration.text);
    const bool is_complete = file.filename() == "standalone_sample_config.yml";
    CHECK(migration.status == (is_complete ? kExitFine : kExitFindings));
    CHECK(has(migration.text, file.string() + ": " + (is_complete ? "0" : "1") + " to change, "));
    CHECK(has(migration.text, ": change: hostPort: this is a file of the Java agent") !=
          is_complete);
    CHECK(has(migration.text, ": same: rules: "));
  }
}

TEST_CASE("migrate: the recorded configurations need no change", "[commands]") {
  for (const char* folder : {"/peer/conformance/configs", "/peer/conformance/rules"}) {
    for (const std::filesystem::path& file :
         yaml_files(std::string(JMXBRIDGE_TEST_DATA) + folder)) {
      const Migration migration = judge_migration(file.string());
      INFO(migration.text);
      CHECK(migration.status == kExitFine);
      CHECK(has(migration.text, ": same: hostPort: "));
    }
  }
}

TEST_CASE("migrate: keys of the example files are judged at their places", "[commands]") {
  struct Case {
    const char* file;
    const char* line;
  };
  const Case cases[] = {
      {"standalone_sample_config.yml", ":2:1: same: hostPort: the same target"},
      {"standalone_sample_config.yml", ":2:1: better: hostPort: one session stays open"},
      {"standalone_sample_config.yml", ":3:1: same: username: "},
      {"hazelcast.yml", ":2:1: check: attrNameSnakeCase: this key is not known here"},
      {"hazelcast.yml", ":5:1: same: whitelistObjectNames: the older name"},
      {"hazelcast.yml",
       "same: rules[0].attrNameSnakeCase: the pattern sees the name in snake case "
       "(so in 2 rules)"},
      {"artemis-2.yml",
       "better: rules[0].type: a value below zero drops its sample; the exporter "
       "answers the whole scrape with 500 (so in 3 rules)"},
      {"presto.yml", "same: startDelaySeconds: "},
      {"presto.yml", "same: ssl: "},
      {"presto.yml", "same: excludeObjectNameAttributes: "},
      {"tomcat.yml", ": better: scrapeTimeoutSeconds: without it"},
  };
  for (const Case& each : cases) {
    CAPTURE(each.file, each.line);
    const std::string text = judge_migration(kExamples + each.file).text;
    INFO(text);
    CHECK(has(text, each.line));
  }
  // Stores are read anew only where there is TLS at all.
  CHECK_FALSE(has(judge_migration(kExamples + "presto.yml").text, "better: ssl"));
}

TEST_CASE("migrate: what is refused must be changed, and is not called the same", "[commands]") {
  const std::string text = judged(
      "hostPort: 127.0.0.1:1\nhttpServer:\n  authentication:\n    plugin: {class: a.B}\n"
      "lowercaseOutputName: 3\n",
      kExitFindings);
  CHECK(
      has(text, "c.yml:4:5: change: httpServer.authentication.plugin: a Java class cannot decide"));
  CHECK_FALSE(has(text, "same: httpServer.authentication"));
  CHECK(has(text, ":5:22: change: lowercaseOutputName: "));
  CHECK_FALSE(has(text, "same: lowercaseOutputName"));
  CHECK(has(text, "same: hostPort"));

  CHECK(has(judged("jmxUrl: service:jmx:rmi:///jndi/ldap://h/x\n", kExitFindings),
            ":1:9: change: jmxUrl: "));
  CHECK(has(judged("hostPort: 127.0.0.1:1\nrules: [{pattern: '('}]\n", kExitFindings),
            "change: rules[0].pattern: "));
}

TEST_CASE("migrate: keys that do not do what they look like are to be checked", "[commands]") {
  const std::string text = judged(
      "hostPort: 127.0.0.1:1\nssl: {keyStore: {filename: k}}\nrules:\n- pattren: a\n  type: "
      "gauge\n",
      kExitFine);
  CHECK(has(text, ":2:6: check: ssl: TLS is off"));
  CHECK(has(text, ":4:3: check: "));
  CHECK(has(text, "did you mean 'pattern'?"));
  CHECK(has(text, "c.yml: check: /metrics and /-/healthy answer as before"));
}

TEST_CASE("migrate: keys and types that the exporter lacks do not mean what they mean there",
          "[commands]") {
  const std::string text = judged(
      "hostPort: 127.0.0.1:1\nrules:\n- {pattern: a, name: a_sum, type: SUMMARY}\n"
      "- {pattern: b, name: b, type: GAUGE, map: {UP: 1}}\n- {pattern: c, name: c, type: INFO}\n",
      kExitFine);
  CHECK(has(text,
            ":3:29: check: rules[0].type: the exporter takes INFO, STATESET and SUMMARY as "
            "UNKNOWN"));
  CHECK(has(text, "if that is not meant (so in 2 rules)"));
  CHECK(has(text, ":4:25: same: rules[1].type: families of two types are untyped\n"));
  CHECK(has(text, ":4:38: check: rules[1].map: the exporter ignores this key"));
}

TEST_CASE("migrate: a value that is ignored has no effect to speak of", "[commands]") {
  const std::string text =
      judged("hostPort: 127.0.0.1:1\nhttpServer: {metrics: /m, threads: 5}\n", kExitFine);
  CHECK_FALSE(has(text, "same: httpServer."));
  CHECK_FALSE(has(text, "better: httpServer.metrics"));
  CHECK(has(text, "better: httpServer.threads: without it nobody is answered with 429"));

  const std::string list = judged(
      "hostPort: 127.0.0.1:1\nhttpServer: {threads: {minimum: 1, maximum: 2, keepAliveTime: 3},\n"
      "  ssl: {keyStore: {filename: k, password: p}, protocols: [TLSv1.2]}}\n",
      kExitFine);
  CHECK(has(list, "same: httpServer.threads: one request more"));
  CHECK_FALSE(has(list, "httpServer.threads: without it"));
  CHECK(has(list, "better: httpServer.ssl.protocols: a list is taken as one"));
  CHECK_FALSE(has(list, "a text with commas"));
  CHECK(has(judged("hostPort: 127.0.0.1:1\nhttpServer: {ssl: {keyStore: {filename: k, password: "
                   "p}, protocols: TLSv1.1}}\n",
                   kExitFindings),
            "change: httpServer.ssl.protocols: none of these is spoken"));
}

TEST_CASE("migrate: a push without a name of its own is told to have another", "[commands]") {
  const std::string unnamed = ":2:1: check: openTelemetry: it names no service: unless ";
  const std::string target = "hostPort: 127.0.0.1:1\n";
  CHECK(has(judged(target + "openTelemetry:\n", kExitFine), unnamed));
  CHECK(
      has(judged(target + "openTelemetry: {interval: 5, resourceAttributes: {a: b}}\n", kExitFine),
          unnamed));
  for (const char* named : {"{serviceName: shop}", "{resourceAttributes: {service.name: shop}}"}) {
    const std::string text = judged(target + "openTelemetry: " + named + "\n", kExitFine);
    CHECK_FALSE(has(text, "it names no service"));
    CHECK(has(text, ":2:1: same: openTelemetry: "));
  }
}

TEST_CASE("migrate: secrets are in no verdict", "[commands]") {
  const std::string text = judged(
      "hostPort: 10.0.0.1:1\nusername: u\npassword: s3cret\nopenTelemetry: {headers: {k: t0ken}}\n",
      kExitFine);
  CHECK_FALSE(has(text, "s3cret"));
  CHECK_FALSE(has(text, "t0ken"));
  CHECK(has(text, ":3:1: better: password: 'passwordFile: FILE' may stand in its place"));
}

TEST_CASE("migrate: a file that cannot be read is an error", "[commands]") {
  CHECK(judge_migration("/nonexistent/c.yml").status == kExitError);
  CHECK(has(judge_migration("/nonexistent/c.yml").text, "does not exist"));
  judged("a: [", kExitError);
  judged("", kExitError);
  judged("[1, 2]", kExitError);
}
