#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "config_texts.h"

namespace jmxbridge {
namespace {

RuleConfig rule_of(const std::string& text) {
  const CollectorConfig config = config_of("rules: [{" + text + "}]");
  REQUIRE(config.rules.size() == 1);
  return config.rules[0];
}

std::string report_on(const std::string& text) {
  return report_with_target("rules: [{" + text + "}]");
}

}  // namespace

TEST_CASE("rules: every key is kept with its place", "[config]") {
  const LoadedConfig loaded = load_config_text(R"(hostPort: h:1
rules:
  - pattern: 'a<type=(.+)>'
    name: n_$1
    value: $2
    valueFactor: 1e-3
    labels:
      zeta: "$1"
      Alpha: x
      $3: "0.$6"
    help: text $1
    type: COUNTER
    cache: true
    attrNameSnakeCase: yes
  - {}
)",
                                               "c.yml");
  CHECK(loaded.report.text().empty());
  REQUIRE(loaded.config.rules.size() == 2);
  const RuleConfig& rule = loaded.config.rules[0];
  CHECK(rule.mark.line == 3);
  CHECK(rule.pattern->text == "a<type=(.+)>");
  CHECK(rule.pattern->mark.line == 3);
  CHECK(rule.pattern->mark.column == 14);
  CHECK(rule.name->text == "n_$1");
  CHECK(rule.name->mark.line == 4);
  CHECK(rule.value->text == "$2");
  CHECK(rule.value->mark.line == 5);
  CHECK(rule.value_factor == 0.001);
  CHECK(rule.has_labels);
  REQUIRE(rule.labels.size() == 3);
  CHECK(rule.labels[0].name.text == "$3");
  CHECK(rule.labels[1].name.text == "Alpha");
  CHECK(rule.labels[2].name.text == "zeta");
  CHECK(rule.labels[0].value->text == "0.$6");
  CHECK(rule.labels[0].name.mark.line == 10);
  CHECK(rule.labels[0].value->mark.column == 11);
  CHECK(rule.help->text == "text $1");
  CHECK(rule.help->mark.line == 11);
  CHECK(rule.type == FamilyType::kCounter);
  CHECK(rule.cache);
  CHECK(rule.attr_name_snake_case);
  CHECK_FALSE(loaded.config.rules[1].pattern);
  CHECK_FALSE(loaded.config.rules[1].has_labels);
}

TEST_CASE("rules: a value is Java's text of what is written", "[config]") {
  const auto value_of = [](const std::string& value) {
    const RuleConfig rule = rule_of("pattern: a, value: " + value);
    return rule.value ? rule.value->text : std::string("absent");
  };
  CHECK(value_of("1") == "1");
  CHECK(value_of("1.0") == "1.0");
  CHECK(value_of("0x10") == "16");
  CHECK(value_of("1e3") == "1000.0");
  CHECK(value_of("1:30") == "90");
  CHECK(value_of("true") == "true");
  CHECK(value_of("") == "null");
  CHECK(value_of("''") == "absent");
  CHECK(value_of("$1") == "$1");
  CHECK(value_of("'0x1p4'") == "0x1p4");
  CHECK(value_of("12345678901234567890") == "12345678901234567890");
}

TEST_CASE("rules: a value that can never be a number is warned of", "[config]") {
  CHECK(report_on("pattern: a, name: b, value: ") ==
        "c.yml:2:36: warning: rules[0].value: found nothing (null), which is no number, so the "
        "rule drops what it matches; write a number or a template such as $1\n");
  CHECK(report_on("pattern: a, value: true").find("found 'true' (a boolean), which is no number") !=
        std::string::npos);
  CHECK(report_on("pattern: a, value: ''").empty());
}

TEST_CASE("rules: a pattern of any kind is taken as text", "[config]") {
  CHECK(rule_of("pattern: 5").pattern->text == "5");
  CHECK(rule_of("pattern: 1.50").pattern->text == "1.5");
  CHECK(rule_of("pattern: ~").pattern->text == "null");
  CHECK(rule_of("pattern: [a-z]").pattern->text == "[a-z]");
  CHECK(rule_of("pattern: ''").pattern->text.empty());
  CHECK(report_on("pattern: [a-z]") ==
        "c.yml:2:19: warning: rules[0].pattern: found a list, which is taken as the text '[a-z]'; "
        "put the pattern in quotes\n");
  CHECK(report_on("pattern: ~").find("which is taken as the text 'null'") != std::string::npos);
}

TEST_CASE("rules: a factor is any number that Java reads", "[config]") {
  CHECK(rule_of("valueFactor: 0.001").value_factor == 0.001);
  CHECK(rule_of("valueFactor: 1000").value_factor == 1000.0);
  CHECK(rule_of("valueFactor: 0x10").value_factor == 16.0);
  CHECK(rule_of("valueFactor: '0x1p3'").value_factor == 8.0);
  CHECK(rule_of("valueFactor: ' 1e-3 '").value_factor == 0.001);
  CHECK(rule_of("valueFactor: -1").value_factor == -1.0);
  const std::string wanted = "; write a number, such as 0.001\n";
  CHECK(report_on("valueFactor: '0x10'") ==
        "c.yml:2:23: error: rules[0].valueFactor: found '0x10' (a text)" + wanted);
  CHECK(report_on("valueFactor: '1,5'") ==
        "c.yml:2:23: error: rules[0].valueFactor: found '1,5' (a text)" + wanted);
  CHECK(report_on("valueFactor: yes") ==
        "c.yml:2:23: error: rules[0].valueFactor: found 'true' (a boolean)" + wanted);
  CHECK(report_on("valueFactor: ") ==
        "c.yml:2:21: error: rules[0].valueFactor: found nothing (null)" + wanted);
  CHECK(report_on("valueFactor: [1]") ==
        "c.yml:2:23: error: rules[0].valueFactor: found a list" + wanted);
}

TEST_CASE("rules: labels are texts, and null values load", "[config]") {
  const RuleConfig rule = rule_of("pattern: a, name: b, labels: {x: , y: z}");
  REQUIRE(rule.labels.size() == 2);
  CHECK_FALSE(rule.labels[0].value);
  CHECK(rule.labels[1].value->text == "z");
  CHECK(rule_of("pattern: a, name: b, labels: {}").has_labels);

  const auto report_labels = [](const std::string& labels) {
    return report_on("pattern: a, name: b, labels: " + labels);
  };
  CHECK(report_labels("{x: }") ==
        "c.yml:2:41: warning: rules[0].labels.x: found nothing, so each sample of this rule fails; "
        "write '' for an empty text\n");
  CHECK(report_labels("{topic: 1}") ==
        "c.yml:2:47: error: rules[0].labels.topic: found '1' (an integer); write a text; put it in "
        "quotes\n");
  CHECK(report_labels("{no: a}") ==
        "c.yml:2:40: error: rules[0].labels.false: found 'false' (a boolean) as the name of a "
        "label; put it in quotes\n");
  CHECK(report_labels("[a, b]") ==
        "c.yml:2:39: error: rules[0].labels: found a list; write a map of label names to values, "
        "such as {topic: \"$2\"}\n");
  CHECK(report_labels("") ==
        "c.yml:2:37: error: rules[0].labels: found nothing (null); write a map of label names to "
        "values, such as {topic: \"$2\"}\n");
}

TEST_CASE("rules: labels are in Java's order of their names", "[config]") {
  // U+10000 is two surrogates for Java, which sort before U+E000.
  const RuleConfig rule =
      rule_of("pattern: a, name: b, labels: {\"\\ue000\": x, \"\\U00010000\": y, B: z, a: w}");
  REQUIRE(rule.labels.size() == 4);
  CHECK(rule.labels[0].name.text == "B");
  CHECK(rule.labels[1].name.text == "a");
  CHECK(rule.labels[2].name.text == "\U00010000");
  CHECK(rule.labels[3].name.text == "\ue000");
}

TEST_CASE("rules: what needs a name or a pattern says so", "[config]") {
  CHECK(report_on("name: a") ==
        "c.yml:2:10: error: rules[0].name: this needs a pattern beside it; add pattern: to the "
        "rule, such as '.*'\n");
  CHECK(report_on("pattern: a, help: b") ==
        "c.yml:2:22: error: rules[0].help: this needs a name beside it; add name: to the rule\n");
  CHECK(report_on("pattern: a, labels: {}") ==
        "c.yml:2:22: error: rules[0].labels: this needs a name beside it; add name: to the rule\n");
  CHECK(report_on("pattern: a, name: ~, help: ~").empty());
  CHECK(report_on("pattern: a, name: on, help: b") ==
        "c.yml:2:28: error: rules[0].name: found 'true' (a boolean); write a text; put it in "
        "quotes\n");
  CHECK(report_on("pattern: a, name: b, help: 5") ==
        "c.yml:2:37: error: rules[0].help: found '5' (an integer); write a text; put it in "
        "quotes\n");
}

TEST_CASE("rules: types that are not known are UNKNOWN with a warning", "[config]") {
  CHECK(rule_of("type: COUNTER").type == FamilyType::kCounter);
  CHECK(rule_of("type: GAUGE").type == FamilyType::kGauge);
  for (const std::string type : {"UNKNOWN", "UNTYPED"}) {
    CHECK(rule_of("type: " + type).type == FamilyType::kUnknown);
    CHECK(report_on("type: " + type).empty());
  }
  for (const std::string type : {"gauge", "HISTOGRAM", "Counter", "''"}) {
    CHECK(rule_of("type: " + type).type == FamilyType::kUnknown);
    CHECK(report_on("type: " + type)
              .find("is taken as UNKNOWN; write COUNTER, GAUGE, UNKNOWN, INFO, "
                    "STATESET or SUMMARY") != std::string::npos);
  }
  CHECK(report_on("type: ") ==
        "c.yml:2:14: warning: rules[0].type: found nothing (null), which is taken as UNKNOWN; "
        "remove it\n");
  CHECK(report_on("type: 5") ==
        "c.yml:2:16: error: rules[0].type: found '5' (an integer); write COUNTER, GAUGE, "
        "UNKNOWN, INFO, STATESET or SUMMARY\n");
}

TEST_CASE("rules: switches are booleans", "[config]") {
  CHECK(report_on("cache: 1") ==
        "c.yml:2:17: error: rules[0].cache: found '1' (an integer); write true or false, without "
        "quotes\n");
  CHECK(report_on("attrNameSnakeCase: ") ==
        "c.yml:2:27: error: rules[0].attrNameSnakeCase: found nothing (null); write true or false, "
        "without quotes\n");
}

TEST_CASE("rules: the list holds maps", "[config]") {
  CHECK(report_with_target("rules:") ==
        "c.yml:2:6: error: rules: found nothing (null); write a list of rules, each starting with "
        "'- '\n");
  CHECK(report_with_target("rules: {pattern: a}") ==
        "c.yml:2:8: error: rules: found a map; write a list of rules, each starting with '- '\n");
  CHECK(report_with_target("rules:\n  -\n  - pattern: a\n  - b\n") ==
        "c.yml:3:3: error: rules[0]: found nothing (null); write a rule: a map with keys such as "
        "pattern and name\n"
        "c.yml:5:5: error: rules[2]: found 'b' (a text); write a rule: a map with keys such as "
        "pattern and name\n");
}

TEST_CASE("rules: merged keys are read as a rule's own", "[config]") {
  const CollectorConfig config = config_of(
      "x: &base {type: GAUGE, cache: true}\nrules:\n  - <<: *base\n    pattern: a\n    name: b\n");
  REQUIRE(config.rules.size() == 1);
  CHECK(config.rules[0].type == FamilyType::kGauge);
  CHECK(config.rules[0].cache);
  CHECK(config.rules[0].name->text == "b");
}

}  // namespace jmxbridge
