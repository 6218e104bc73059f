#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <string_view>

#include "commands/explain.h"
#include "config/load.h"
#include "rules/rule_set.h"
#include "snapshot/read_snapshot.h"

using namespace jmxbridge;

namespace {

std::shared_ptr<const Snapshot> rules(std::string_view text) {
  LoadedConfig loaded = load_config_text(text, "rules.yml", ConfigUse::kRulesOnly);
  std::shared_ptr<const RuleSet> set = RuleSet::compile(loaded.config, loaded.report);
  if (loaded.report.has_errors()) FAIL(loaded.report.text());
  return std::make_shared<const Snapshot>(Snapshot{std::move(loaded.config), std::move(set)});
}

std::string explained(std::string_view beans, std::string_view config,
                      const ExplainScope& scope = {}) {
  Result<Recording> recording =
      read_snapshot("{\"format\": \"jmxbridge-snapshot\", \"version\": 1, \"beans\": [" +
                    std::string(beans) + "]}");
  if (!recording) FAIL(recording.error().text);
  return explain_recording(std::make_shared<const Recording>(std::move(*recording)), rules(config),
                           scope);
}

/// A bean with one attribute.
std::string bean(std::string_view value, std::string_view type = "long") {
  return "{\"name\": \"d:type=T,name=n\", \"attributes\": [{\"name\": \"Size\", \"type\": \"" +
         std::string(type) + "\"" + std::string(value) + "}]}";
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

constexpr std::string_view kOneRule =
    "rules:\n"
    "- pattern: 'd<type=T, name=(.*)><>Size'\n"
    "  name: size\n"
    "  type: GAUGE\n"
    "  labels: {of: $1}\n";

}  // namespace

TEST_CASE("explain: a sample names its rule, its text on the page and whether it is settled",
          "[commands]") {
  CHECK(explained(bean(", \"value\": 7"), kOneRule) ==
        "sample     d<type=T, name=n><>Size: 7\n"
        "           rules[0] (line 2): size{of=\"n\"} 7.0 (gauge)\n"
        "           settled: yes\n"
        "1 samples, 0 unmatched, 0 dropped, 0 errors, 0 skipped\n");
  CHECK(has(explained(bean(", \"value\": 7"), "rules: [{pattern: 'Size: (\\d)', name: 'a_$1'}]"),
            "settled: no, matched again when the value changes"));
  CHECK(has(explained(bean(", \"value\": 7"),
                      "rules: [{pattern: 'Size: 8', name: a}, {pattern: Size, name: b}]"),
            "rules[1] (line 1): b 7.0 (untyped)\n"
            "           settled: no, an earlier rule may match another value\n"));
  CHECK(has(explained(bean(", \"value\": \"x\"", "java.lang.String"),
                      "rules: [{pattern: Size, name: a, value: 1}]"),
            "settled: no, matched again when the text changes"));
  const std::string cached =
      explained(bean(", \"value\": 7"), "rules: [{pattern: Size, name: a, cache: true}]");
  CHECK(has(cached, "sample     d<type=T, name=n><>Size: <cache>\n"));
  CHECK(has(cached, "settled: yes, by cache"));
}

TEST_CASE("explain: what no rule matches shows the text that patterns see", "[commands]") {
  CHECK(explained(bean(", \"value\": {\"double\": \"0.5\"}", "double"),
                  "rules: [{pattern: Other, name: a, attrNameSnakeCase: true}]") ==
        "unmatched  d<type=T, name=n><>Size: 0.5\n"
        "           with attrNameSnakeCase: d<type=T, name=n><>size: 0.5\n"
        "0 samples, 1 unmatched, 0 dropped, 0 errors, 0 skipped\n");
}

TEST_CASE("explain: a leaf that a rule takes without a sample says why", "[commands]") {
  const std::string text = bean(", \"value\": \"x\"", "java.lang.String");
  CHECK(has(explained(text, "rules: [{pattern: 'Size', name: a}]"),
            "dropped    d<type=T, name=n><>Size: x\n"
            "           rules[0] (line 1) takes it: the attribute is a text and the rule has no "
            "value\n"));
  CHECK(has(explained(text, "rules: [{pattern: 'Size: (.*)', name: a, value: $1}]"),
            "takes it: its value makes a text that is no number\n"));
  CHECK(has(explained(bean(", \"value\": 1"), "rules: [{pattern: 'Size(z?)', name: $1}]"),
            "takes it: its name is empty\n"));
  const std::string error =
      explained(bean(", \"value\": 1"), "rules: [{pattern: 'Size', name: 'a$1'}]");
  CHECK(
      has(error, "error      d<type=T, name=n><>Size: 1\n           rules[0] (line 1): its name"));
  CHECK(has(error, "1 errors"));
}

TEST_CASE("explain: what never comes to the rules says why", "[commands]") {
  struct Case {
    std::string bean;
    const char* config;
    const char* why;
  };
  const Case cases[] = {
      {bean(", \"value\": null"), "rules: [{}]", "d<type=T, name=n><>Size\n           it is null"},
      {bean(", \"value\": {\"array\": \"[J\"}"), "rules: [{}]", "an array is never a sample: [J"},
      {bean(", \"value\": {\"other\": \"x\"}"), "rules: [{}]", "its class is never a sample"},
      {bean(", \"value\": {\"unknownClass\": \"com.x.Y\"}"), "rules: [{}]",
       "not known here: com.x.Y"},
      {bean(", \"lost\": \"threw\", \"detail\": \"Boom\""), "rules: [{}]",
       "d:type=T,name=n Size\n           its getter threw, or the target left it out: Boom"},
      {bean(", \"lost\": \"unknownClass\""), "rules: [{}]", "not known here"},
      {bean(", \"lost\": \"malformed\""), "rules: [{}]", "could not be decoded"},
      {bean(", \"lost\": \"limit\""), "rules: [{}]", "passes a limit"},
      {bean(""), "rules: [{}]", "no value was taken"},
      {bean(", \"readable\": false"), "rules: [{}]", "only written"},
      {bean(", \"value\": 1"), "excludeObjectNameAttributes: {'d:name=n,type=T': [Size]}",
       "by excludeObjectNameAttributes"},
      {bean(", \"value\": 1"), "includeObjectNameAttributes: {'d:name=n,type=T': [Other]}",
       "by includeObjectNameAttributes"},
      {bean(", \"value\": 1"), "excludeObjectNames: ['d:*']",
       "skipped    d:type=T,name=n\n           by excludeObjectNames"},
      {bean(", \"value\": 1"), "includeObjectNames: ['e:*']", "by includeObjectNames, which"},
      {"{\"name\": \"java.lang:type=X\", \"attributes\": []}", "excludeJvmMetrics: true",
       "by excludeJvmMetrics"},
      {"{\"name\": \"d:type=T\", \"trouble\": \"it hangs\"}", "rules: [{}]",
       "not described: it hangs"},
      {"{\"name\": \"d:type=T\", \"trouble\": \"it hangs\", \"attributes\": []}", "rules: [{}]",
       "not read: it hangs"},
      {"{\"name\": \"java.lang:type=Runtime\", \"attributes\": [{\"name\": \"ClassPath\", "
       "\"type\": "
       "\"java.lang.String\", \"value\": \"x\"}]}",
       "rules: [{}]", "never read"},
  };
  for (const Case& each : cases) {
    CAPTURE(each.bean, each.config);
    const std::string text = explained(each.bean, each.config);
    CHECK_THAT(text, Catch::Contains(each.why));
    CHECK_THAT(text, Catch::EndsWith("0 samples, 0 unmatched, 0 dropped, 0 errors, 1 skipped\n"));
  }
}

TEST_CASE("explain: items of composites and rows of tables are leaves of their own", "[commands]") {
  const std::string value =
      ", \"value\": {\"tabular\": \"T\", \"index\": [\"key\"], \"rows\": [{\"composite\": \"R\", "
      "\"items\": {\"key\": \"k\", \"value\": {\"composite\": \"C\", \"items\": {\"b\": 2, \"a\": "
      "1}}}}]}";
  const std::string text =
      explained(bean(value, "javax.management.openmbean.TabularData"), "rules: [{}]");
  CHECK(has(text,
            "sample     d<type=T, name=n, key=k><Size>a: 1\n"
            "           rules[0] (line 1): d_T_Size_a{key=\"k\",name=\"n\"} 1.0 (untyped)\n"));
  CHECK(text.find("<Size>a: 1") < text.find("<Size>b: 2"));
}

TEST_CASE("explain: the page's own decisions show: _objectname, duplicates, counters below zero",
          "[commands]") {
  const std::string two =
      "{\"name\": \"d:type=T\", \"attributes\": [{\"name\": \"A\", \"type\": \"long\", \"value\": "
      "1}, "
      "{\"name\": \"B\", \"type\": \"long\", \"value\": -2}]}";
  CHECK(has(explained(two, "rules: [{pattern: '<>', name: a}]"),
            "a{_objectname=\"d<type=T><>B\"} -2.0 (untyped)"));
  const std::string counters =
      explained(two, "rules: [{pattern: '<>(.)', name: $1, type: COUNTER}]");
  CHECK(has(counters, "A_total 1.0 (counter)"));
  CHECK(has(counters, "B, left out of the page: a counter below zero"));
  CHECK(has(explained(two, "rules: [{pattern: '<>A', name: jmx_scrape_error}]"),
            "jmx_scrape_error, left out of the page"));
}

TEST_CASE("explain: customizers add labels and extra metrics", "[commands]") {
  const std::string text = explained(
      "{\"name\": \"d:type=T\", \"attributes\": [{\"name\": \"A\", \"type\": \"long\", \"value\": "
      "1}, "
      "{\"name\": \"V\", \"type\": \"java.lang.String\", \"value\": \"v1\"}]}",
      "metricCustomizers: [{mbeanFilter: {domain: d}, attributesAsLabels: [V], "
      "extraMetrics: [{name: up, value: true}]}]\nrules: [{}]");
  CHECK(has(text,
            "sample     d<type=T><>up: true\n           rules[0] (line 2): d_T_up{V=\"v1\"} 1.0"));
  CHECK(has(text, "d_T_A{V=\"v1\"} 1.0"));
}

TEST_CASE("explain: bean and attribute narrow it; nothing left says nothing", "[commands]") {
  const std::string beans =
      "{\"name\": \"d:type=A\", \"attributes\": [{\"name\": \"X\", \"type\": \"long\", \"value\": "
      "1}, "
      "{\"name\": \"Y\", \"type\": \"long\", \"value\": 2}]}, "
      "{\"name\": \"d:type=B\", \"attributes\": [{\"name\": \"X\", \"type\": \"long\", \"value\": "
      "3}]}";
  const std::string one = explained(beans, "rules: [{}]", {*ObjectName::parse("d:type=A,*"), "Y"});
  CHECK(has(one, "Y: 2"));
  CHECK_FALSE(has(one, "X: "));
  CHECK(has(one, "1 samples"));
  CHECK(explained(beans, "rules: [{}]", {*ObjectName::parse("e:*"), ""}).empty());
}

TEST_CASE("explain: hostile text stays on its line", "[commands]") {
  const std::string text =
      explained(bean(", \"value\": \"a\\nsample b\\u001b[2J\"", "java.lang.String"),
                "rules: [{pattern: nothing}]");
  CHECK(has(text, "Size: a\\nsample b\\u001b[2J\n"));
}
