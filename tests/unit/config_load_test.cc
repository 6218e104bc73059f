#include "config/load.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <string>
#include <vector>

#include "config_texts.h"
#include "environment_variable.h"
#include "folder.h"

namespace jmxbridge {
namespace {

struct Bad {
  std::string text;    ///< stands from line 2 on, below a target
  std::string report;  ///< without the file's name
};

void check_reports(const std::vector<Bad>& cases) {
  for (const Bad& each : cases) {
    INFO(each.text);
    CHECK(report_with_target(each.text) == "c.yml:" + each.report + "\n");
  }
}

}  // namespace

TEST_CASE("load: a target alone has the peer's defaults and one rule for everything", "[config]") {
  const LoadedConfig loaded = load_config_text("hostPort: 127.0.0.1:9599", "c.yml");
  CHECK(loaded.report.text().empty());
  const CollectorConfig& config = loaded.config;
  CHECK(config.jmx_url == "service:jmx:rmi:///jndi/rmi://127.0.0.1:9599/jmxrmi");
  CHECK(config.jmx_url_mark.line == 1);
  CHECK(config.jmx_url_mark.column == 11);
  CHECK(config.start_delay_seconds == 0);
  CHECK_FALSE(config.scrape_timeout_seconds);
  CHECK(config.username.empty());
  CHECK(config.password.empty());
  CHECK_FALSE(config.ssl);
  CHECK_FALSE(config.lowercase_output_name);
  CHECK_FALSE(config.lowercase_output_label_names);
  CHECK_FALSE(config.infer_counter_type_from_name);
  CHECK_FALSE(config.exclude_jvm_metrics);
  CHECK(config.auto_exclude_object_name_attributes);
  CHECK_FALSE(config.include_object_names);
  CHECK(config.exclude_object_names.empty());
  REQUIRE(config.rules.size() == 1);
  CHECK_FALSE(config.rules[0].pattern);
  CHECK(config.rules[0].value_factor == 1.0);
}

TEST_CASE("load: the program's own JVM is read by one rule without a target", "[config]") {
  const CollectorConfig config = default_config();
  CHECK(config.jmx_url.empty());
  CHECK(config.rules.size() == 1);
}

TEST_CASE("load: for its rules alone a file needs no target, and its connection is not looked at",
          "[config]") {
  const LoadedConfig loaded = load_config_text(
      "jmxUrl: 7\npassword: ${JMXBRIDGE_TEST_NO_SUCH_VARIABLE}\nssl: {enabled: true, keyStore: "
      "7}\nrules: [{pattern: a}]\n",
      "c.yml", ConfigUse::kRulesOnly);
  CHECK(loaded.report.text().empty());
  CHECK(loaded.config.jmx_url.empty());
  CHECK(loaded.config.rules.size() == 1);
  CHECK(load_config_text("rules: 7", "c.yml", ConfigUse::kRulesOnly).report.has_errors());
}

TEST_CASE("load: every key of the collector is taken", "[config]") {
  const LoadedConfig loaded = load_config_text(R"(
startDelaySeconds: 5
scrapeTimeoutSeconds: 0x10
jmxUrl: service:jmx:rmi:///jndi/rmi://h:1/jmxrmi
username: u
password: p
ssl: true
lowercaseOutputName: true
lowercaseOutputLabelNames: Yes
inferCounterTypeFromName: on
excludeJvmMetrics: true
autoExcludeObjectNameAttributes: false
includeObjectNames: ["a:*", '']
excludeObjectNames: ["b:type=X,*"]
includeObjectNameAttributes: {"a:k=1": [One, Two]}
excludeObjectNameAttributes: {"a:k=2,j=1": [Three], "a:j=1,k=2": [Four]}
rules: []
httpServer: {metrics: {path: /m}}
openTelemetry:
)",
                                               "c.yml");
  CHECK(loaded.report.text().empty());
  const CollectorConfig& config = loaded.config;
  CHECK(config.start_delay_seconds == 5);
  CHECK(config.scrape_timeout_seconds == 16);
  CHECK(config.jmx_url == "service:jmx:rmi:///jndi/rmi://h:1/jmxrmi");
  CHECK(config.username == "u");
  CHECK(config.password == "p");
  CHECK(config.ssl);
  CHECK(config.lowercase_output_name);
  CHECK(config.lowercase_output_label_names);
  CHECK(config.infer_counter_type_from_name);
  CHECK(config.exclude_jvm_metrics);
  CHECK_FALSE(config.auto_exclude_object_name_attributes);
  REQUIRE(config.include_object_names);
  REQUIRE(config.include_object_names->size() == 2);
  CHECK((*config.include_object_names)[0].text() == "a:*");
  CHECK((*config.include_object_names)[1].text() == "*:*");
  REQUIRE(config.exclude_object_names.size() == 1);
  REQUIRE(config.include_object_name_attributes.size() == 1);
  CHECK(config.include_object_name_attributes[0].second == std::vector<std::string>{"One", "Two"});
  // Two spellings of one bean: their lists are put together.
  REQUIRE(config.exclude_object_name_attributes.size() == 1);
  CHECK(config.exclude_object_name_attributes[0].second ==
        std::vector<std::string>{"Three", "Four"});
  CHECK(config.rules.empty());
}

TEST_CASE("load: numbers of seconds are whole, in range and not quoted", "[config]") {
  check_reports({
      {"startDelaySeconds: soon",
       "2:20: error: startDelaySeconds: found 'soon' (a text); write a whole number from 0 to "
       "2147483647, without quotes"},
      {"startDelaySeconds: -1",
       "2:20: error: startDelaySeconds: found '-1' (an integer); write a whole number from 0 to "
       "2147483647, without quotes"},
      {"startDelaySeconds: 2147483648",
       "2:20: error: startDelaySeconds: found '2147483648' (an integer beyond 32 bits); write a "
       "whole number from 0 to 2147483647, without quotes"},
      {"startDelaySeconds: 1.0",
       "2:20: error: startDelaySeconds: found '1.0' (a decimal number); write a whole number from "
       "0 to 2147483647, without quotes"},
      {"startDelaySeconds:",
       "2:18: error: startDelaySeconds: found nothing (null); write a whole number from 0 to "
       "2147483647, without quotes"},
      {"scrapeTimeoutSeconds: 0",
       "2:23: error: scrapeTimeoutSeconds: found '0' (an integer); write a whole number from 1 to "
       "2147483647, without quotes"},
  });
}

TEST_CASE("load: switches are booleans, of which only one key may be null", "[config]") {
  for (const std::string key : {"lowercaseOutputName", "lowercaseOutputLabelNames",
                                "inferCounterTypeFromName", "autoExcludeObjectNameAttributes"}) {
    CHECK(report_with_target(key + ": 'true'") ==
          "c.yml:2:" + std::to_string(key.size() + 3) + ": error: " + key +
              ": found 'true' (a text); write true or false, without quotes\n");
    CHECK(report_with_target(key + ":") ==
          "c.yml:2:" + std::to_string(key.size() + 1) + ": error: " + key +
              ": found nothing (null); write true or false, without quotes\n");
  }
  CHECK(report_with_target("excludeJvmMetrics:").empty());
  CHECK(report_with_target("excludeJvmMetrics: 1") ==
        "c.yml:2:20: error: excludeJvmMetrics: found '1' (an integer); write true or false, "
        "without quotes\n");
}

TEST_CASE("load: a target is given once, by either key", "[config]") {
  CHECK(report_of("") == "c.yml: error: the file says nothing; add 'hostPort: HOST:PORT'\n");
  CHECK(report_of("---\n") == "c.yml: error: the file says nothing; add 'hostPort: HOST:PORT'\n");
  CHECK(report_of("{}") == "c.yml: error: no target is given; add 'hostPort: HOST:PORT'\n");
  CHECK(report_of("hostPort: h:1\njmxUrl: service:jmx:rmi:///jndi/rmi://h:1/jmxrmi") ==
        "c.yml:2:1: error: jmxUrl: hostPort is given as well; keep one of the two\n");
  CHECK(report_of("jmxUrl:") ==
        "c.yml:1:7: error: jmxUrl: found nothing (null); write a JMX service URL\n");
  CHECK(report_of("jmxUrl: 5") ==
        "c.yml:1:9: error: jmxUrl: found an integer; write a JMX service URL\n");
  CHECK(report_of("jmxUrl: 'service:jmx:rmi:///jndi/ldap://h/x'") ==
        "c.yml:1:9: error: jmxUrl: the JNDI name is no rmi: name, and no other kind is looked up; "
        "write service:jmx:rmi:///jndi/rmi://HOST:PORT/jmxrmi, or hostPort: HOST:PORT\n");
  CHECK(report_of("hostPort") ==
        "c.yml:1:1: error: found 'hostPort' (a text); write keys with values, such as 'hostPort: "
        "HOST:PORT'\n");
  CHECK(report_of("- a") ==
        "c.yml:1:1: error: found a list; write keys with values, such as 'hostPort: HOST:PORT'\n");
}

TEST_CASE("load: a hostPort of any kind is taken as Java's text of it", "[config]") {
  const auto url_of = [](const std::string& value) {
    const LoadedConfig loaded = load_config_text("hostPort: " + value, "c.yml");
    CHECK_FALSE(loaded.report.has_errors());
    return loaded.config.jmx_url;
  };
  CHECK(url_of("9599") == "service:jmx:rmi:///jndi/rmi://9599/jmxrmi");
  CHECK(url_of("1:30") == "service:jmx:rmi:///jndi/rmi://90/jmxrmi");
  CHECK(url_of("") == "service:jmx:rmi:///jndi/rmi://null/jmxrmi");
  CHECK(url_of("yes") == "service:jmx:rmi:///jndi/rmi://true/jmxrmi");
  CHECK(report_of("hostPort: 9599") ==
        "c.yml:1:11: warning: hostPort: '9599' is taken for a host; write HOST:PORT, such as "
        "127.0.0.1:9599\n");
  CHECK(report_of("hostPort:") ==
        "c.yml:1:9: warning: hostPort: found nothing (null), which is taken for the host 'null'; "
        "write HOST:PORT\n");
}

TEST_CASE("load: credentials are texts, null or variables, and never shown", "[config]") {
  ::setenv("JMXBRIDGE_TEST_USER", " ops ", 1);
  const CollectorConfig config =
      config_of("username: ${JMXBRIDGE_TEST_USER}\npassword: \"a${B}\"\n");
  ::unsetenv("JMXBRIDGE_TEST_USER");
  CHECK(config.username == "ops");
  CHECK(config.password == "a${B}");
  CHECK(config_of("username:\npassword: ~\n").username.empty());
  CHECK(report_with_target("username:\npassword: ~\n").empty());
  CHECK(report_with_target("username: 123") ==
        "c.yml:2:11: error: username: found '123' (an integer); write a text; put it in quotes\n");
  CHECK(report_with_target("password: 4711") ==
        "c.yml:2:11: error: password: found an integer; write a text; put it in quotes\n");
  CHECK(report_with_target("password: ${JMXBRIDGE_TEST_UNSET}") ==
        "c.yml:2:11: error: password: the environment variable JMXBRIDGE_TEST_UNSET is not set; "
        "set it or correct its name\n");
}

TEST_CASE("load: lists of object names hold well-formed names only", "[config]") {
  check_reports({
      {"includeObjectNames:",
       "2:19: error: includeObjectNames: found nothing (null); write a list of object names, such "
       "as [\"java.lang:*\"]"},
      {"excludeObjectNames: a:*",
       "2:21: error: excludeObjectNames: found 'a:*' (a text); write a list of object names, such "
       "as [\"java.lang:*\"]"},
      {"includeObjectNames: [5]",
       "2:22: error: includeObjectNames[0]: found '5' (an integer); write an object name in "
       "quotes, such as \"java.lang:*\""},
      {"includeObjectNames:\n  - a:*\n  -\n",
       "4:3: error: includeObjectNames[1]: found nothing (null); write an object name in quotes, "
       "such as \"java.lang:*\""},
  });
  const std::string malformed = report_with_target("excludeObjectNames: [\"a:*\", \"a:b\"]");
  CHECK(malformed.rfind("c.yml:2:29: error: excludeObjectNames[1]: ", 0) == 0);
  CHECK(malformed.find("a:b") != std::string::npos);
}

TEST_CASE("load: the older names of lists count only where the newer are absent", "[config]") {
  const CollectorConfig older = config_of(
      "whitelistObjectNames: ['a:*']\n"
      "blacklistObjectNames: ['b:*']\n");
  REQUIRE(older.include_object_names);
  CHECK(older.include_object_names->front().text() == "a:*");
  CHECK(older.exclude_object_names.front().text() == "b:*");
  const std::string both = "includeObjectNames: ['a:*']\nwhitelistObjectNames: broken\n";
  CHECK(config_of(both).include_object_names->size() == 1);
  CHECK(report_with_target(both) ==
        "c.yml:3:1: warning: whitelistObjectNames: this is ignored, as includeObjectNames is given "
        "too; move the names there\n");
  CHECK(config_of("includeObjectNames: []").include_object_names->empty());
}

TEST_CASE("load: attribute filters map object names to lists", "[config]") {
  check_reports({
      {"excludeObjectNameAttributes:",
       "2:28: error: excludeObjectNameAttributes: found nothing (null); write a map of object "
       "names to lists of attributes"},
      {"excludeObjectNameAttributes: {\"a:type=X\": One}",
       "2:43: error: excludeObjectNameAttributes.a:type=X: found 'One' (a text); write a list of "
       "attributes, such as [Count, Value]"},
      {"excludeObjectNameAttributes: {5: [One]}",
       "2:31: error: excludeObjectNameAttributes.5: found '5' (an integer) as a key; write an "
       "object name in quotes"},
      {"excludeObjectNameAttributes: {\"a:type=X\": [1]}",
       "2:44: warning: excludeObjectNameAttributes.a:type=X[0]: found '1' (an integer), which "
       "equals no attribute; put it in quotes"},
  });
  CHECK(report_with_target("includeObjectNameAttributes: {nodomain: [One]}")
            .rfind("c.yml:2:31: error: includeObjectNameAttributes.nodomain: ", 0) == 0);
}

TEST_CASE("load: unknown keys are warned of, with the nearest known one", "[config]") {
  check_reports({
      {"lowercaseOutputname: true",
       "2:1: warning: lowercaseOutputname: this key is not known here and is ignored; did you mean "
       "'lowercaseOutputName'?"},
      {"colour: blue",
       "2:1: warning: colour: this key is not known here and is ignored; remove it"},
      {"5: blue",
       "2:1: warning: 5: this key is an integer, not a text, and is ignored; remove it or quote "
       "it"},
      {"rules: [{pattren: a}]",
       "2:10: warning: rules[0].pattren: this key is not known here and is ignored; did you mean "
       "'pattern'?"},
      {"rules: [{pattern: a, whatever: [UP]}]",
       "2:22: warning: rules[0].whatever: this key is not known here and is ignored; remove it"},
      {"ssl: {enabled: false, truststore: x}",
       "2:23: warning: ssl.truststore: this key is not known here and is ignored; did you mean "
       "'trustStore'?"},
      {"metricCustomizers: [{mbeanFilter: {domain: a}, attributesAsLabel: [], extraMetrics: []}]",
       "2:48: warning: metricCustomizers[0].attributesAsLabel: this key is not known here and is "
       "ignored; did you mean 'attributesAsLabels'?"},
  });
}

TEST_CASE("load: a key that is not known may stand there for its anchor", "[config]") {
  CHECK(report_with_target("x: &all {type: GAUGE}\nrules:\n- {<<: *all, pattern: a}").empty());
  CHECK(report_with_target("any: &all a.*\nrules:\n- {pattern: *all}").empty());
  check_reports({
      {"rulez: &all []\nrules: *all",
       "2:1: warning: rulez: this key is not known here and is ignored; did you mean 'rules'?"},
      {"x: {y: &all 1}\nstartDelaySeconds: *all",
       "2:1: warning: x: this key is not known here and is ignored; remove it"},
  });
}

TEST_CASE("load: all errors are reported at once, in the order of the file", "[config]") {
  CHECK(report_of("rules: [{name: a}]\n"
                  "startDelaySeconds: x\n"
                  "ssl: {enabled: 1}\n"
                  "excludeObjectNames: [a]\n")
            .find("c.yml: error: no target is given; add 'hostPort: HOST:PORT'\n"
                  "c.yml:1:10: error: rules[0].name: this needs a pattern beside it; add pattern: "
                  "to the rule, such as '.*'\n"
                  "c.yml:2:20: error: startDelaySeconds: found 'x' (a text); write a whole number "
                  "from 0 to 2147483647, without quotes\n"
                  "c.yml:3:16: error: ssl.enabled: found '1' (an integer); write true or false, "
                  "without quotes\n"
                  "c.yml:4:22: error: excludeObjectNames[0]: ") == 0);
}

TEST_CASE("load: texts from the file are shown without control characters", "[config]") {
  const std::string report = report_with_target("startDelaySeconds: \"a\\n\\e[31mb\"");
  CHECK(report.find('\x1B') == std::string::npos);
  CHECK(report.find('\n') == report.size() - 1);
}

TEST_CASE("load: ssl is a switch or a map with stores", "[config]") {
  CHECK_FALSE(config_of("ssl: false").ssl);
  CHECK(config_of("ssl: on").ssl);
  const EnvironmentVariable variable("JMXBRIDGE_TEST_STORE", " st0re ");
  const CollectorConfig config = config_of(R"(ssl:
  enabled: true
  keyStore: {filename: k.p12, type: PKCS12, password: "${JMXBRIDGE_TEST_STORE}"}
  trustStore: {filename: t.jks, type: JKS}
  protocols: [TLSv1.3, " TLSv1.2 "]
  ciphers: "TLS_AES_128_GCM_SHA256, ,TLS_AES_256_GCM_SHA384"
)");
  CHECK(config.ssl);
  REQUIRE(config.ssl_config.key_store);
  CHECK(config.ssl_config.key_store->filename == "k.p12");
  CHECK(config.ssl_config.key_store->type == "PKCS12");
  CHECK(config.ssl_config.key_store->password == "st0re");
  CHECK_FALSE(config.ssl_config.key_store->password_file);
  CHECK_FALSE(config.ssl_config.verify_host_name);
  CHECK(config.ssl_config.key_store->mark.line == 4);
  REQUIRE(config.ssl_config.trust_store);
  CHECK(config.ssl_config.trust_store->password.empty());
  CHECK(config.ssl_config.protocols == std::vector<std::string>{"TLSv1.3", "TLSv1.2"});
  CHECK(config.ssl_config.protocols_mark.line == 6);
  CHECK(config.ssl_config.ciphers ==
        std::vector<std::string>{"TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384"});
  CHECK_FALSE(config_of("ssl: {enabled: false, keyStore: 5}").ssl_config.key_store);
  CHECK(config_of("ssl: {enabled: true, verifyHostName: yes}").ssl_config.verify_host_name == true);
  CHECK(config_of("ssl: {enabled: true, verifyHostName: false}").ssl_config.verify_host_name ==
        false);
}

TEST_CASE("load: what is wrong within ssl is named", "[config]") {
  check_reports({
      {"ssl: {enabled: 'true'}",
       "2:16: error: ssl.enabled: found 'true' (a text); write true or false, without quotes"},
      {"ssl: {enabled: true, trustStore: /nowhere}",
       "2:34: error: ssl.trustStore: found a text; write a map with filename, type and password"},
      {"ssl: {enabled: true, keyStore: {filename: a, type: b, password: 5}}",
       "2:65: error: ssl.keyStore.password: found an integer; write a text; put it in quotes"},
      {"ssl: {enabled: true, keyStore: {filename: a}}",
       "2:32: warning: ssl.keyStore.type: this is missing, so no session can be opened; give the "
       "store's filename and type, such as PKCS12"},
      {"ssl: {enabled: true, keyStore: {filename: a, type: b, password: "
       "'${JMXBRIDGE_TEST_NO_SUCH_VARIABLE}'}}",
       "2:65: error: ssl.keyStore.password: the environment variable "
       "JMXBRIDGE_TEST_NO_SUCH_VARIABLE is not set; set it or correct its name"},
      {"ssl: {enabled: true, verifyHostName: HTTPS}",
       "2:38: error: ssl.verifyHostName: found 'HTTPS' (a text); write true or false, without "
       "quotes"},
      {"ssl: {enabled: true, protocols: 1.3}",
       "2:33: error: ssl.protocols: found '1.3' (a decimal number); write a list of names, or one "
       "text with commas"},
      {"ssl: {enabled: true, ciphers: [1]}",
       "2:32: error: ssl.ciphers[0]: found '1' (an integer); write a name; put it in quotes"},
  });
}

TEST_CASE("load: a file is read by its path, which every finding carries", "[config]") {
  Folder folder;
  const std::string good = folder.write("good.yml", "hostPort: h:1\n");
  CHECK(load_config_file(good).report.text().empty());
  CHECK(load_config_file(good).config.jmx_url == "service:jmx:rmi:///jndi/rmi://h:1/jmxrmi");
  const std::string bad = folder.write("bad.yml", "hostPort: h:1\nssl: {enabled: 1}\n");
  CHECK(load_config_file(bad).report.text().rfind(bad + ":2:16: error: ssl.enabled", 0) == 0);
}

TEST_CASE("load: a file that cannot be read is one error", "[config]") {
  Folder folder;
  const std::string missing = folder.path("none.yml");
  CHECK(load_config_file(missing).report.text() ==
        missing + ": error: the file does not exist; check the path\n");
  CHECK(load_config_file(folder.path()).report.text() ==
        folder.path().string() + ": error: this is a directory; name a file in it\n");
  const std::string empty = folder.write("empty.yml", "");
  CHECK(load_config_file(empty).report.text() ==
        empty + ": error: the file says nothing; add 'hostPort: HOST:PORT'\n");
  const std::string large = folder.write("large.yml", std::string(3 * 1024 * 1024 + 1, '#'));
  CHECK(load_config_file(large).report.text() ==
        large + ": error: the file is larger than 3 MiB; remove what is not needed\n");
  const std::string loop = folder.path("good.yml/x");
  folder.write("good.yml", "a");
  CHECK(load_config_file(loop).report.text().find("cannot be opened") != std::string::npos);
}

}  // namespace jmxbridge
