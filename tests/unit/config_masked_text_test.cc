#include "config/masked_text.h"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "config_texts.h"

namespace jmxbridge {
namespace {

/// What is shown of a text with a target; it must read back without an error.
std::string shown(std::string_view text) {
  const std::string masked = masked_text(config_of(text));
  CAPTURE(masked);
  const LoadedConfig again = load_config_text(masked, "shown.yml");
  CHECK_FALSE(again.report.has_errors());
  CHECK(masked_text(again.config) == masked);
  return masked;
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

TEST_CASE("masked text: the configuration in use is shown whole, with its defaults", "[config]") {
  CHECK(shown("lowercaseOutputName: true\nrules:\n- pattern: 'a<b=(.*)>'\n  name: n_$1\n"
              "  type: GAUGE\n  labels: {x: $1}\n") ==
        "jmxUrl: \"service:jmx:rmi:///jndi/rmi://127.0.0.1:9599/jmxrmi\"\n"
        "ssl: false\n"
        "startDelaySeconds: 0\n"
        "lowercaseOutputName: true\n"
        "lowercaseOutputLabelNames: false\n"
        "inferCounterTypeFromName: false\n"
        "excludeJvmMetrics: false\n"
        "autoExcludeObjectNameAttributes: true\n"
        "rules:\n"
        "- pattern: \"a<b=(.*)>\"\n"
        "  name: \"n_$1\"\n"
        "  type: GAUGE\n"
        "  labels:\n"
        "    \"x\": \"$1\"\n");
}

TEST_CASE("masked text: what protects the daemon's own port is shown without its secrets",
          "[config]") {
  CHECK(contains(shown("httpServer:\n  metrics: {path: /m}\n"
                       "  threads: {minimum: 1, maximum: 4, keepAliveTime: 9}\n"
                       "  maximumRequestSeconds: 30\n"
                       "  authentication: {basic: {username: u, password: hunter2}}\n"
                       "  ssl: {keyStore: {filename: k.p12, password: hunter2}, mutualTLS: true,\n"
                       "    certificate: {alias: a}, protocols: TLSv1.3,\n"
                       "    trustStore: {filename: t, type: JKS, password: hunter2}}\n"),
                 "httpServer:\n"
                 "  metrics:\n    path: \"/m\"\n"
                 "  threads:\n    minimum: 1\n    maximum: 4\n    keepAliveTime: 9\n"
                 "  maximumRequestSeconds: 30\n"
                 "  authentication:\n    basic:\n      username: \"u\"\n"
                 "      algorithm: \"plaintext\"\n      password: \"<secret>\"\n"
                 "  ssl:\n    keyStore:\n      filename: \"k.p12\"\n      password: \"<secret>\"\n"
                 "    certificate:\n      alias: \"a\"\n    mutualTLS: true\n"
                 "    trustStore:\n      filename: \"t\"\n      type: \"JKS\"\n"
                 "      password: \"<secret>\"\n    protocols: [\"TLSv1.3\"]\n"));
  // A hash is needed to read it back, and none is shown.
  const std::string hashed = masked_text(config_of(
      "httpServer:\n  authentication:\n    basic: {username: u, algorithm: PBKDF2WithHmacSHA512,\n"
      "      passwordHash: '00:11:22:33', salt: Pepper7, keyLength: 32, iterations: 300000}\n"));
  CHECK(contains(hashed,
                 "      algorithm: \"PBKDF2WithHmacSHA512\"\n      passwordHash: \"<secret>\"\n"
                 "      salt: \"<secret>\"\n      iterations: 300000\n      keyLength: 32\n"));
  CHECK_FALSE(contains(hashed, "Pepper7"));
  CHECK_FALSE(contains(hashed, "11"));
}

TEST_CASE("masked text: no secret is shown, wherever it stands", "[config]") {
  const std::string masked = shown(
      "username: ops\npassword: hunter2\nssl:\n  enabled: true\n"
      "  keyStore: {filename: k.p12, type: PKCS12, password: hunter2}\n"
      "  trustStore: {filename: t.p12, type: PKCS12, password: hunter2}\n"
      "  protocols: [TLSv1.3]\n  ciphers: 'A,B'\n  verifyHostName: false\n");
  CHECK_FALSE(contains(masked, "hunter2"));
  CHECK(contains(masked, "username: \"ops\"\npassword: \"<secret>\"\nssl:\n  enabled: true\n"));
  CHECK(contains(masked,
                 "  keyStore:\n    filename: \"k.p12\"\n    type: \"PKCS12\"\n"
                 "    password: \"<secret>\"\n  trustStore:\n"));
  CHECK(contains(masked,
                 "  protocols: [\"TLSv1.3\"]\n  ciphers: [\"A\", \"B\"]\n"
                 "  verifyHostName: false\n"));

  CollectorConfig stub;
  stub.jmx_url = "service:jmx:rmi://h/stub/rO0ABXNyAC5qYXZheA==";
  CHECK(contains(masked_text(stub), "jmxUrl: \"<secret>\"\n"));
  CHECK_FALSE(contains(masked_text(stub), "rO0AB"));
}

TEST_CASE("masked text: every kind of rule, filter and customizer reads back as it was",
          "[config]") {
  for (const char* text : {
           "rules: []\n",
           "rules:\n- {}\n- cache: true\n- attrNameSnakeCase: true\n",
           "rules:\n- {pattern: a, name: b, value: 'null', valueFactor: 1e-3, help: h, labels: "
           "{}}\n",
           "rules:\n- {pattern: a, name: b, valueFactor: -Infinity, labels: {a: , b: ''}}\n",
           "rules:\n- {pattern: a, name: b, type: INFO, labels: {v: $1}}\n"
           "- {pattern: a, name: b, type: STATESET, states: [ON, OFF, 'a \"b\"']}\n"
           "- {pattern: a, name: b, type: SUMMARY, quantile: 0.$1}\n"
           "- {pattern: a, name: c, type: SUMMARY, quantile: 0.5}\n"
           "- {pattern: a, name: c_sum, type: SUMMARY}\n"
           "- {pattern: a, name: d, map: {UP: 1, 'DOWN: x': -0.5, z: .inf, no: 1e300}}\n",
           "includeObjectNames: []\nexcludeObjectNames: ['b:a=1,*']\n",
           "includeObjectNames: ['a:*', 'java.lang:type=\"x,y\"']\nscrapeTimeoutSeconds: 3\n",
           "includeObjectNameAttributes: {'a:b=c': [X, 'Y \"z\"'], 'd:e=f': []}\n",
           "excludeObjectNameAttributes: {'a:b=c': [X]}\nexcludeJvmMetrics: true\n",
           "metricCustomizers:\n- mbeanFilter: {domain: d, properties: {a: b, '': c}}\n"
           "  attributesAsLabels: [A, B]\n",
           "metricCustomizers:\n- mbeanFilter: {domain: d, properties: {a: 1}}\n"
           "  extraMetrics:\n  - {name: a, value: true}\n  - {name: b, value: 12}\n"
           "  - {name: c, value: 1.5e10, description: d}\n  - {name: d, value: .nan}\n"
           "  - {name: e, value: -.inf}\n  - {name: f, value: 'x'}\n"
           "  - {name: g, value: [1]}\n  - {name: h, value: 2001-12-14T21:59:43.10Z}\n"
           "  - {name: i, value: 1960-01-01T00:00:00.5Z}\n",
       }) {
    INFO(text);
    CHECK_FALSE(shown(text).empty());
  }
  CHECK(contains(shown("rules: [{pattern: a, valueFactor: 1e-3}]\n"), "valueFactor: \"0.001\"\n"));
  CHECK(contains(shown("metricCustomizers:\n- mbeanFilter: {domain: d}\n  extraMetrics:\n"
                       "  - {name: h, value: 2001-12-14T21:59:43.10Z}\n"),
                 "value: 2001-12-14T21:59:43.100Z\n"));
  const CollectorConfig mapped =
      load_config_text(shown("rules: [{pattern: a, name: b, map: {UP: 1, yes: 2.5}}]\n"), "")
          .config;
  REQUIRE(mapped.rules.at(0).map.size() == 2);
  CHECK(mapped.rules[0].map[1].text == "yes");
  CHECK(mapped.rules[0].map[1].number == 2.5);
  CHECK(config_of("rules: [{}]\n").rules.size() ==
        load_config_text(shown("rules: [{}]\n"), "").config.rules.size());
}

TEST_CASE("masked text: any text is quoted so that it reads back", "[config]") {
  CollectorConfig config = config_of("rules:\n- {pattern: a, name: b}\n");
  for (const char* text : {"a: b # c", "- x", "\"\\\"", "line\nline\r\ttab", "\x01\x1f\x7f",
                           "\u0085\u00a0\u2028\u2029\ufeff\ufffd\uffff", "é\U0001F600", "'", "",
                           "true", "null", "~", "%YAML", "...", "---", "{a: b}"}) {
    INFO(text);
    config.rules[0].help = TemplateText{text, {}};
    const LoadedConfig again = load_config_text(masked_text(config), "shown.yml");
    CHECK(again.report.text().empty());
    REQUIRE(again.config.rules.size() == 1);
    CHECK(again.config.rules[0].help->text == text);
  }
}

TEST_CASE("masked text: the recorded configurations read back as they were", "[config]") {
  std::size_t read = 0;
  for (const char* folder : {"/peer/conformance/configs", "/peer/conformance/rules"}) {
    for (const auto& entry :
         std::filesystem::directory_iterator(std::string(JMXBRIDGE_TEST_DATA) + folder)) {
      if (entry.path().extension() != ".yml") continue;
      INFO(entry.path());
      std::ostringstream text;
      text << std::ifstream(entry.path()).rdbuf();
      std::string config = text.str();
      if (const std::size_t port = config.find("@PORT@"); port != std::string::npos) {
        config.replace(port, 6, "9599");
      }
      const LoadedConfig loaded = load_config_text(config, entry.path().string());
      REQUIRE_FALSE(loaded.report.has_errors());
      const std::string masked = masked_text(loaded.config);
      const LoadedConfig again = load_config_text(masked, "shown.yml");
      CHECK_FALSE(again.report.has_errors());
      CHECK(masked_text(again.config) == masked);
      REQUIRE(again.config.rules.size() == loaded.config.rules.size());
      for (std::size_t i = 0; i < loaded.config.rules.size(); ++i) {
        const RuleConfig& before = loaded.config.rules[i];
        const RuleConfig& after = again.config.rules[i];
        CHECK(before.pattern.has_value() == after.pattern.has_value());
        if (before.pattern) CHECK(before.pattern->text == after.pattern->text);
        CHECK(before.value_factor == after.value_factor);
        CHECK(before.labels.size() == after.labels.size());
      }
      ++read;
    }
  }
  CHECK(read > 30);
}

}  // namespace
}  // namespace jmxbridge
