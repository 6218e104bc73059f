#include <catch2/catch.hpp>
#include <cmath>
#include <string>
#include <vector>

#include "config_texts.h"

namespace jmxbridge {
namespace {

RuleConfig rule_of(const std::string& text) {
  const LoadedConfig loaded =
      load_config_text("hostPort: 127.0.0.1:9599\nrules: [{" + text + "}]", "c.yml");
  INFO(text);
  CHECK(loaded.report.text() == "");
  REQUIRE(loaded.config.rules.size() == 1);
  return loaded.config.rules[0];
}

std::string report_on(const std::string& text) {
  return report_with_target("rules: [{" + text + "}]");
}

/// `UP=1.0 DOWN=0.0`
std::string map_of(const std::string& map) {
  std::string out;
  for (const MappedText& mapped : rule_of("map: " + map).map) {
    out += mapped.text + '=' + std::to_string(mapped.number).substr(0, 4) + ' ';
  }
  return out;
}

std::vector<std::string> states_of(const std::string& states) {
  return rule_of("type: STATESET, states: " + states).states;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("rule keys: the types that the exporter lacks are taken", "[config]") {
  CHECK(rule_of("type: INFO").type == FamilyType::kInfo);
  CHECK(rule_of("type: STATESET, states: [A]").type == FamilyType::kStateSet);
  CHECK(rule_of("pattern: a, name: b, type: SUMMARY, quantile: 0.5").type == FamilyType::kSummary);
}

TEST_CASE("rule keys: a map's texts are as written, whatever YAML makes of them", "[config]") {
  CHECK(map_of("{UP: 1, DOWN: 0, SICK: -1.5}") == "UP=1.00 DOWN=0.00 SICK=-1.5 ");
  CHECK(map_of("{ON: 1, NO: 0, ~: 2, 1.50: 3, 0x10: 4, 2024-01-01: 5, 'no': 6}") ==
        "ON=1.00 NO=0.00 ~=2.00 1.50=3.00 0x10=4.00 2024-01-01=5.00 no=6.00 ");
  CHECK(map_of("{'': 1, a b: 0x10}") == "=1.00 a b=16.0 ");
  CHECK(std::isnan(rule_of("map: {A: .nan}").map.at(0).number));
}

TEST_CASE("rule keys: texts that YAML takes for one and the same are kept apart", "[config]") {
  CHECK(map_of("{ON: 1, yes: 2, TRUE: 3, 'true': 4}") == "TRUE=3.00 true=4.00 yes=2.00 ON=1.00 ");
  CHECK(map_of("{1: 1, 01: 2, 0x1: 3}") == "0x1=3.00 01=2.00 1=1.00 ");
  // The last of those that are written alike counts, and what merges in gives way.
  CHECK(report_on("map: {ON: 1, ON: 2}").find("the key 'true' stands twice") != std::string::npos);
  CHECK(map_of("{ON: 1, yes: 2, ON: 3}") == "ON=3.00 yes=2.00 ");
  const CollectorConfig config =
      config_of("x: &base {ON: 1, yes: 2, no: 0}\nrules: [{map: {<<: *base, ON: 5, 'off': 6}}]\n");
  std::string shown;
  for (const MappedText& mapped : config.rules.at(0).map) {
    shown += mapped.text + std::to_string(static_cast<int>(mapped.number)) + ' ';
  }
  CHECK(shown == "ON5 off6 no0 yes2 ");
}

TEST_CASE("rule keys: a map is texts and numbers", "[config]") {
  const std::string wanted =
      "; write a map of the attribute's texts to numbers, such as {UP: 1, DOWN: 0}\n";
  CHECK(report_on("map: [UP]") == "c.yml:2:15: error: rules[0].map: found a list" + wanted);
  CHECK(report_on("map: {}") == "c.yml:2:15: error: rules[0].map: found a map" + wanted);
  CHECK(report_on("map: ") == "c.yml:2:13: error: rules[0].map: found nothing (null)" + wanted);
  CHECK(report_on("map: {UP: '1'}") ==
        "c.yml:2:20: error: rules[0].map.UP: found '1' (a text); write a number, without quotes\n");
  CHECK(report_on("map: {UP: yes}") ==
        "c.yml:2:20: error: rules[0].map.UP: found 'true' (a boolean); write a number, without "
        "quotes\n");
  CHECK(report_on("map: {[a]: 1}") ==
        "c.yml:2:16: error: rules[0].map: found a list; write a text of the attribute, such as "
        "RUNNING\n");
  CHECK(report_on("map: {1: 1, '1': 2}") ==
        "c.yml:2:22: error: rules[0].map: the text '1' stands twice; remove one\n");
  CHECK(report_on("map: {" + std::string(1001, 'x') + ": 1}")
            .find("the text is longer than 1000 bytes") != std::string::npos);
  std::string many;
  for (int i = 0; i < 1001; ++i) many += "k" + std::to_string(i) + ": 1, ";
  CHECK(report_on("map: {" + many + "}").find("this has more than 1000 texts") !=
        std::string::npos);
}

TEST_CASE("rule keys: states are as written, each once", "[config]") {
  CHECK(states_of("[RUNNING, PAUSED]") == Texts{"RUNNING", "PAUSED"});
  CHECK(states_of("[on, Off, 1, 1.0, ~, 'a b']") == Texts{"on", "Off", "1", "1.0", "~", "a b"});
  const auto report_states = [](const std::string& states) {
    return report_on("type: STATESET, states: " + states);
  };
  const std::string wanted =
      "; write a list of the texts that the attribute can have, such as [RUNNING, PAUSED]\n";
  CHECK(report_states("[]") == "c.yml:2:34: error: rules[0].states: found a list" + wanted);
  CHECK(report_states("A") == "c.yml:2:34: error: rules[0].states: found 'A' (a text)" + wanted);
  CHECK(report_states("[A, B, A]") ==
        "c.yml:2:41: error: rules[0].states: the state 'A' stands twice; remove one\n");
  CHECK(report_states("[A, '']").find("an empty text cannot be a state") != std::string::npos);
  CHECK(report_states("[A, [B]]").find("found a list; write a text of the attribute") !=
        std::string::npos);
  CHECK(report_with_target("rules:\n  - type: STATESET\n    states:\n      - A\n      -\n") ==
        "c.yml:6:7: error: rules[0].states: found nothing (null); write a text of the attribute, "
        "such as RUNNING\n");
  std::string many;
  for (int i = 0; i < 101; ++i) many += "s" + std::to_string(i) + ", ";
  CHECK(report_states("[" + many + "]").find("this has more than 100 states") != std::string::npos);
}

TEST_CASE("rule keys: a quantile is a number from 0 to 1 or a template", "[config]") {
  const auto quantile_of = [](const std::string& quantile) {
    return rule_of("pattern: a, name: b, type: SUMMARY, quantile: " + quantile).quantile->text;
  };
  CHECK(quantile_of("0.99") == "0.99");
  CHECK(quantile_of("1") == "1");
  CHECK(quantile_of("'0.5'") == "0.5");
  CHECK(quantile_of("0.$4") == "0.$4");
  for (const std::string quantile : {"1.5", "-0.1", "50", ".nan", "high", "true", "", "[1]"}) {
    INFO(quantile);
    CHECK(report_on("pattern: a, name: b, type: SUMMARY, quantile: " + quantile)
              .find("write a number from 0 to 1, or a template of one such as \"0.$4\"") !=
          std::string::npos);
  }
}

TEST_CASE("rule keys: what does not go together is refused in one sentence", "[config]") {
  CHECK(report_on("states: [A]") ==
        "c.yml:2:10: error: rules[0].states: this is for state sets; add type: STATESET to the "
        "rule, or use map\n");
  CHECK(report_on("type: STATESET") ==
        "c.yml:2:10: error: rules[0].type: a state set needs its states; add states: [RUNNING, "
        "PAUSED] to the rule\n");
  CHECK(report_on("quantile: 0.5") ==
        "c.yml:2:10: error: rules[0].quantile: this is for summaries; add type: SUMMARY to the "
        "rule, or use labels\n");
  CHECK(report_on("type: SUMMARY, quantile: 0.5") ==
        "c.yml:2:25: error: rules[0].quantile: the rules of a summary share one name; add name: "
        "to each of them\n");
  CHECK(report_on("pattern: a, name: b, type: SUMMARY, quantile: 0.5, labels: {quantile: '0.5'}") ==
        "c.yml:2:70: error: rules[0].labels.quantile: quantile: beside labels makes this label; "
        "remove one of them\n");
  CHECK(report_on("type: STATESET, states: [A], map: {A: 1}") ==
        "c.yml:2:39: error: rules[0].map: a state set has its states instead; remove this or "
        "them\n");
  CHECK(report_on("type: INFO, map: {A: 1}").find("an INFO is always 1") != std::string::npos);
  CHECK(report_on("type: INFO, valueFactor: 2").find("an INFO is always 1") != std::string::npos);
  CHECK(report_on("type: STATESET, states: [A], valueFactor: 2").find("a state is 0 or 1") !=
        std::string::npos);
  CHECK(report_on("map: {A: 1}, cache: true") ==
        "c.yml:2:23: error: rules[0].cache: a cached sample never sees the attribute's text "
        "again, which map and states look at; remove cache\n");
  CHECK(report_on("type: STATESET, states: [A], cache: true").find("rules[0].cache") !=
        std::string::npos);
  CHECK(report_on("pattern: a, name: b, type: INFO, cache: true").empty());
}

TEST_CASE("rule keys: with a map the value is a text, so none is warned of", "[config]") {
  CHECK(report_on("pattern: a, value: true, map: {'true': 1}").empty());
  CHECK(report_on("pattern: a, value: true").find("is no number") != std::string::npos);
}

}  // namespace jmxbridge
