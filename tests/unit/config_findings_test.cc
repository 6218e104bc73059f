#include "config/findings.h"

#include <catch2/catch.hpp>
#include <string>

#include "config_texts.h"

namespace jmxbridge {
namespace {

std::string report_on_host(const std::string& host, const std::string& more) {
  return report_of("hostPort: \"" + host + ":9999\"\nusername: u\npassword: secret\n" + more);
}

}  // namespace

TEST_CASE("findings: a wildcard in the key of an attribute filter matches nothing", "[config]") {
  CHECK(
      report_with_target("excludeObjectNameAttributes: {\"a:type=Y,*\": [One]}") ==
      "c.yml:2:31: warning: excludeObjectNameAttributes.a:type=Y,*: a name with wildcards matches "
      "no bean here; write the full name of each bean\n");
  CHECK(report_with_target("excludeObjectNameAttributes: {\"a:type=Y\": [One]}").empty());
}

TEST_CASE("findings: an allow-list of attributes that leaves nothing is warned of", "[config]") {
  const auto drops_everything = [](const std::string& text) {
    return report_with_target(text).find("nothing is exported") != std::string::npos;
  };
  CHECK(drops_everything("includeObjectNameAttributes: {\"a:type=Y,*\": [One]}"));
  CHECK(drops_everything("includeObjectNameAttributes: {\"a:type=Y\": []}"));
  CHECK(
      drops_everything("includeObjectNameAttributes: {\"a:type=Y\": [One]}\n"
                       "includeObjectNames: [\"b:*\"]"));
  CHECK(
      drops_everything("includeObjectNameAttributes: {\"a:type=Y\": [One]}\n"
                       "excludeObjectNames: [\"a:*\"]"));
  CHECK(
      drops_everything("includeObjectNameAttributes: {\"a:type=Y\": [One]}\n"
                       "excludeObjectNameAttributes: {\"a:type=Y\": [One]}"));
  CHECK_FALSE(drops_everything("includeObjectNameAttributes: {\"a:type=Y\": [One]}"));
  CHECK_FALSE(
      drops_everything("includeObjectNameAttributes: {\"a:type=Y\": [One, Two]}\n"
                       "excludeObjectNameAttributes: {\"a:type=Y\": [One]}\n"
                       "includeObjectNames: [\"a:*\"]"));
  CHECK_FALSE(drops_everything("includeObjectNameAttributes: {}"));
}

TEST_CASE("findings: TLS that is off though ssl is given is warned of", "[config]") {
  CHECK(report_with_target("ssl: 'true'") ==
        "c.yml:2:6: warning: ssl: found 'true' (a text), which leaves TLS off; write true or "
        "false, without quotes\n");
  CHECK(report_with_target("ssl: {protocols: [TLSv1.3]}") ==
        "c.yml:2:6: warning: ssl: TLS is off, as 'enabled' is missing; add 'enabled: true'\n");
  CHECK(report_with_target("ssl:").find("found nothing (null), which leaves TLS off") !=
        std::string::npos);
  CHECK(report_with_target("ssl: {enabled: false}").empty());
  CHECK(report_with_target("ssl: false").empty());
}

TEST_CASE("findings: a password that leaves the host in clear is one warning", "[config]") {
  CHECK(report_on_host("db.example", "") ==
        "c.yml:3:1: warning: password: the password goes over the network in clear; "
        "have the target speak TLS and set ssl, or put a tunnel between\n");
  CHECK(report_on_host("db.example", "ssl: true\n").empty());
  for (const char* local : {"127.0.0.1", "127.1.2.3", "127.1", "localhost", "LocalHost.",
                            "a.localhost", "[::1]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]"}) {
    INFO(local);
    CHECK(report_on_host(local, "").empty());
  }
  for (const char* far : {"127.0.0.1.example", "127.example", "localhost.example", "[::2]",
                          "[::ffff:10.0.0.1]", "128.0.0.1", "notlocalhost"}) {
    INFO(far);
    CHECK(report_on_host(far, "").find("in clear") != std::string::npos);
  }
  CHECK(report_of("hostPort: db.example:1\nusername: u\n").empty());
  CHECK(report_of("jmxUrl: service:jmx:rmi:///stub/rO0A\nusername: u\npassword: p\n")
            .find("in clear") != std::string::npos);
}

TEST_CASE("findings: a value without a pattern is warned of", "[config]") {
  CHECK(report_with_target("rules: [{value: 1}]") ==
        "c.yml:2:17: warning: rules[0].value: this needs a pattern beside it, or every sample of "
        "the rule fails; add pattern: to the rule, such as '.*'\n");
}

}  // namespace jmxbridge
