// The keys of rules that the JMX exporter lacks.

#include <catch2/catch.hpp>
#include <utility>
#include <vector>

#include "rules/quantile.h"
#include "rules_fixture.h"

using namespace jmxbridge;

namespace {

const OwnedLeaf& connector() {
  static const OwnedLeaf leaf("kafka.connect:type=connector,connector=c1", "status");
  return leaf;
}

Match match_of(const RuleConfig& rule, const Value& value, const OwnedLeaf& leaf = connector()) {
  return rules_of({rule})->evaluate(leaf.leaf(), value);
}

/// `text=number`, one for each sample.
std::string numbers(const Match& match) {
  std::string out = shown(match);
  if (match.kind != Match::Kind::kSample) return out;
  for (const RuleSample& sample : match.samples) {
    out += sample.fixed ? ' ' + std::to_string(*sample.fixed).substr(0, 4) : std::string(" -");
  }
  return out;
}

RuleMaker health() {
  return RuleMaker("<>(.+): ").name("health").map({{"UP", 1}, {"DOWN", 0}, {"SICK", 0.5}});
}

RuleMaker state() {
  return RuleMaker("connector=(.+)><>")
      .name("state")
      .type(FamilyType::kStateSet)
      .label("connector", "$1")
      .states({"RUNNING", "PAUSED"});
}

std::string family(const std::string& name, FamilyType type, bool quantile = false) {
  RuleMaker rule = RuleMaker("").name(name).type(type);
  if (quantile) rule.quantile("0.5");
  if (type == FamilyType::kStateSet) rule.states({"A"});
  CollectorConfig config = config_of({rule});
  config.infer_counter_type_from_name = true;
  const RuleSample sample =
      rules_of(config)->evaluate(connector().leaf(), integer_value(1)).samples.at(0);
  const std::string part = sample.part == SamplePart::kSum     ? "+sum"
                           : sample.part == SamplePart::kCount ? "+count"
                                                               : "";
  return sample.family + part + (sample.type == type ? "" : " of another type");
}

}  // namespace

TEST_CASE("rule keys: a map turns texts into numbers, and drops those it does not list",
          "[rules]") {
  CHECK(numbers(match_of(health(), text_value("UP"))) == "health{} 1.00");
  CHECK(numbers(match_of(health(), text_value("SICK"))) == "health{} 0.50");
  const Match unknown = match_of(health(), text_value("up"));
  CHECK(unknown.kind == Match::Kind::kDropped);
  CHECK_FALSE(unknown.flagged);
  CHECK(match_of(health(), integer_value(1)).kind == Match::Kind::kDropped);
  CHECK(match_of(health().factor(100), text_value("SICK")).samples.at(0).factor == 100);
}

TEST_CASE("rule keys: a map sees numbers and booleans as their text", "[rules]") {
  const RuleConfig rule =
      RuleMaker("").name("n").map({{"1", 10}, {"1.0", 11}, {"true", 12}, {"", 13}});
  CHECK(numbers(match_of(rule, integer_value(1))) == "n{} 10.0");
  CHECK(numbers(match_of(rule, double_value(1))) == "n{} 11.0");
  CHECK(numbers(match_of(rule, boolean_value(true))) == "n{} 12.0");
  CHECK(numbers(match_of(rule, text_value(""))) == "n{} 13.0");
}

TEST_CASE("rule keys: map and states look up the value template where there is one", "[rules]") {
  const RuleConfig mapped =
      RuleMaker(": (\\w+) since").name("n").value("$1").map({{"UP", 1}, {"DOWN", 0}});
  CHECK(numbers(match_of(mapped, text_value("DOWN since 10:30"))) == "n{} 0.00");
  const RuleConfig states = RuleMaker(": (\\w+) since")
                                .name("n")
                                .value("$1")
                                .type(FamilyType::kStateSet)
                                .states({"UP", "DOWN"});
  CHECK(numbers(match_of(states, text_value("DOWN since 10:30"))) ==
        "n{n=\"UP\"}n{n=\"DOWN\"} 0.00 1.00");
  CHECK(
      match_of(RuleMaker().value("1").map({{"1", 1}}), integer_value(1)).error.find("no pattern") !=
      std::string::npos);
}

TEST_CASE("rule keys: a state set has one sample a state, and one that is on", "[rules]") {
  const Match running = match_of(state(), text_value("RUNNING"));
  CHECK(numbers(running) ==
        "state{connector=\"c1\",state=\"RUNNING\"}state{connector=\"c1\",state=\"PAUSED\"} 1.00 "
        "0.00");
  CHECK_FALSE(running.flagged);
  CHECK(running.samples.at(0).type == FamilyType::kStateSet);
  CHECK(numbers(match_of(state(), text_value("PAUSED"))).ends_with(" 0.00 1.00"));
}

TEST_CASE("rule keys: a state that is not listed turns all off and is flagged", "[rules]") {
  const Match failed = match_of(state(), text_value("FAILED\t"));
  CHECK(numbers(failed).ends_with(" 0.00 0.00"));
  CHECK(failed.flagged);
  CHECK(failed.error ==
        "rules[0] (line 1): no state of state is on, because 'FAILED\\t' is none of them: add it "
        "to states.");
}

TEST_CASE("rule keys: a state set's label cannot be another's", "[rules]") {
  CHECK(match_of(state().label("state", "x"), text_value("RUNNING")).error ==
        "rules[0] (line 1): the label 'state' is the state set's own: rename the other.");
  const RuleConfig colon =
      RuleMaker("").name("a:b").type(FamilyType::kStateSet).states({"RUNNING"});
  CHECK(match_of(colon, text_value("RUNNING")).error.find("leave out its ':'") !=
        std::string::npos);
}

TEST_CASE("rule keys: an info is 1 whatever the attribute is", "[rules]") {
  const RuleConfig rule =
      RuleMaker("<>(.+): (.+)").name("build_info").type(FamilyType::kInfo).label("version", "$2");
  const Match match = match_of(rule, text_value("3.9.1"));
  CHECK(numbers(match) == "build{version=\"3.9.1\"} 1.00");
  CHECK(match.samples.at(0).type == FamilyType::kInfo);
  CHECK(numbers(match_of(rule, integer_value(7))) == "build{version=\"7\"} 1.00");
  CHECK(numbers(match_of(rule, boolean_value(false))) == "build{version=\"false\"} 1.00");
  CHECK(numbers(match_of(RuleMaker().type(FamilyType::kInfo), text_value("x"))) ==
        "kafka_connect_connector_status{connector=\"c1\"} 1.00");
}

TEST_CASE("rule keys: a summary is its quantiles, its sum and its count", "[rules]") {
  const auto sample = [](const RuleConfig& rule) {
    const Match match = match_of(rule, integer_value(5), {"d:type=T,name=N", "50thPercentile"});
    return match.kind == Match::Kind::kSample ? match.samples.at(0) : RuleSample();
  };
  const RuleMaker quantile =
      RuleMaker("name=(.+)><>(\\d+)th").name("t_$1").type(FamilyType::kSummary).quantile("0.$2");
  const RuleSample made = sample(quantile);
  CHECK(made.family == "t_N");
  CHECK(made.labels == std::vector<Label>{{"quantile", "0.5"}});
  CHECK(made.part == SamplePart::kPlain);
  CHECK_FALSE(made.fixed);
  CHECK(sample(RuleMaker("").name("t_sum").type(FamilyType::kSummary)).part == SamplePart::kSum);
  // Beans are told apart, not the attributes that make up one summary.
  CHECK(made.object_name == "d<type=T, name=N><>");
}

TEST_CASE("rule keys: a quantile that is none is an error of its sample", "[rules]") {
  const auto error = [](const RuleConfig& rule) { return match_of(rule, integer_value(5)).error; };
  const RuleMaker rule = RuleMaker("type=(.+?),").name("t").type(FamilyType::kSummary);
  CHECK(error(RuleMaker(rule).quantile("$1")) ==
        "rules[0] (line 1): its quantile is 'connector': make it a number from 0 to 1.");
  CHECK(error(RuleMaker(rule).quantile("1.5")).find("'1.5'") != std::string::npos);
  CHECK(error(RuleMaker(rule).quantile("$2")).find("its quantile cannot be expanded") !=
        std::string::npos);
  CHECK(error(RuleMaker(rule).quantile("0.5").label("quantile", "x")).find("rename the other") !=
        std::string::npos);
  CHECK(error(RuleMaker("").name("t_sum").type(FamilyType::kSummary).label("quantile", "x"))
            .find("rename the other") != std::string::npos);
}

TEST_CASE("rule keys: one number is one quantile, however it is written", "[rules]") {
  const std::pair<const char*, const char*> cases[] = {
      {"0.50", "0.5"},    {"1", "1.0"},       {"0", "0.0"},      {"-0.0", "0.0"},
      {"0.999", "0.999"}, {"1E-4", "0.0001"}, {"1e-5", "1e-05"}, {" .9 ", "0.9"},
  };
  for (const auto& [text, label] : cases) CHECK(quantile_label(text) == label);
  for (const char* text : {"", "x", "1.01", "-0.1", "NaN", "Infinity"}) {
    CHECK_FALSE(quantile_label(text));
  }
}

TEST_CASE("rule keys: infos, state sets and summaries keep their suffix", "[rules]") {
  CHECK(family("x_info", FamilyType::kInfo) == "x");
  CHECK(family("x", FamilyType::kInfo) == "x");
  CHECK(family("x_total_info", FamilyType::kInfo) == "x_total");
  CHECK(family("_info", FamilyType::kInfo) == "_info");
  CHECK(family("x_info", FamilyType::kStateSet) == "x_info");
  CHECK(family("x_total", FamilyType::kStateSet) == "x_total");
  CHECK(family("x_total", FamilyType::kSummary, true) == "x_total");
  CHECK(family("x_count", FamilyType::kSummary, true) == "x_count");
  CHECK(family("x_created_sum", FamilyType::kSummary) == "x_created+sum");
  CHECK(family("x_count", FamilyType::kSummary) == "x+count");
}

TEST_CASE("rule keys: a summary without quantile, sum or count is what the exporter makes of it",
          "[rules]") {
  CHECK(family("x_total_info", FamilyType::kSummary) == "x of another type");
  CHECK(family("_sum", FamilyType::kSummary) == "_sum of another type");
  const auto reported = [](const RuleConfig& rule) { return report_of({rule}); };
  const std::string warning = "SUMMARY is taken as UNKNOWN";
  CHECK(reported(RuleMaker("").name("x").type(FamilyType::kSummary)).find(warning) !=
        std::string::npos);
  CHECK(reported(RuleMaker().type(FamilyType::kSummary)).find(warning) != std::string::npos);
  CHECK(reported(RuleMaker("(a)").name("x$1").type(FamilyType::kSummary)) == "");
  CHECK(reported(RuleMaker("").name("x.count").type(FamilyType::kSummary)) == "");
  CHECK(reported(RuleMaker("").name("x_info").type(FamilyType::kInfo)) == "");
}

TEST_CASE("rule keys: what looks a text up is looked at in every scrape", "[rules]") {
  const auto settled = [](const RuleConfig& rule) {
    const auto rules = rules_of({rule});
    const bool is_settled = rules->evaluate(connector().leaf(), integer_value(1)).settled;
    CHECK(is_settled == rules->why_unsettled(0).empty());
    return is_settled;
  };
  const RuleMaker rule = RuleMaker("<>status").name("n");
  CHECK(settled(rule));
  CHECK_FALSE(settled(RuleMaker(rule).map({{"1", 1}})));
  CHECK_FALSE(settled(RuleMaker(rule).type(FamilyType::kStateSet).states({"1"})));
  CHECK(settled(RuleMaker(rule).value("1").map({{"1", 1}})));
  CHECK(settled(RuleMaker(rule).type(FamilyType::kInfo)));
  CHECK(settled(RuleMaker(rule).type(FamilyType::kSummary).quantile("0.5")));
  CHECK_FALSE(
      settled(RuleMaker("<>status: (.*)").name("n").type(FamilyType::kSummary).quantile("$1")));
}

TEST_CASE("rule keys: no text of the attribute gets into the object name", "[rules]") {
  const std::string wanted = "kafka.connect<type=connector, connector=c1><>status";
  const Value text = text_value("a: b: c");
  CHECK(match_of(RuleMaker("").name("n").map({{"a: b: c", 1}}), text).samples.at(0).object_name ==
        wanted);
  CHECK(match_of(state(), text).samples.at(0).object_name == wanted);
  CHECK(match_of(RuleMaker().type(FamilyType::kInfo), text).samples.at(0).object_name == wanted);
}
