// What a target remembers between scrapes must never show: after any history of values, a target
// that keeps its plan gives the page that one gives which evaluates every rule on every value anew.

#include <algorithm>
#include <catch2/catch.hpp>
#include <iterator>
#include <random>
#include <set>

#include "effort.h"
#include "scrape_bench.h"

namespace jmxbridge {
namespace {

using Random = std::mt19937;

std::size_t below(Random& random, std::size_t bound) {
  return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random);
}

template <std::size_t N>
const char* one_of(Random& random, const char* const (&list)[N]) {
  return list[below(random, N)];
}

constexpr const char* kNames[] = {"d:type=A,name=x", "d:type=A,name=y", "d:type=B",
                                  "k:type=Count,name=\"5, a\"",
                                  "k:type=Log,topic=t<1>,partition=0"};
constexpr const char* kAttributes[] = {"Count", "Value", "State", "Comp", "Tab"};
constexpr const char* kTexts[] = {"RUNNING", "5",   "Count: 5", "a, b",   "line\nnext",
                                  "",        "<x>", "5.0",      "PAUSED", "a: RUNNING"};
constexpr double kNumbers[] = {0, 5, 5.0, 55, -1, 0.5, 1e9, 50};

/// Patterns with literals that stop before the value, run into it, or look at it.
constexpr const char* kPatterns[] = {"d<type=(\\w+)",
                                     "<>Count",
                                     "<>Count: 5",
                                     "<>Count: (\\d+)",
                                     "(.*)<type=(.+)><>(.+): (.*)",
                                     "<>State: (RUNNING|5)",
                                     ".*",
                                     "d<type=A, name=(.)><>(\\w+)",
                                     "<Comp>(\\w+)",
                                     "k<.*><>.*: 5.*",
                                     "Value$",
                                     "<>(Count|Value): true",
                                     "^d<type=B>",
                                     "key=(\\w+)",
                                     "<>.*: -",
                                     "Count: 5\\.?0?$",
                                     "<>Coun",
                                     "(?<!x)<>Value",
                                     "[^:]*<>Value: [05]"};
constexpr const char* kRuleNames[] = {"n_$1", "fixed",   "m_total", "c_$0",
                                      "v",    "v_count", "v_info",  "v_sum"};
constexpr const char* kQuantiles[] = {"0.5", "0.$1", "0.50"};
constexpr const char* kValues[] = {"$1", "1", "7.5"};
constexpr FamilyType kTypes[] = {FamilyType::kUnknown, FamilyType::kCounter, FamilyType::kGauge};

Value random_value(Random& random, ValueStore& store, int depth) {
  Value value;
  switch (below(random, depth > 0 ? 9 : 6)) {
    case 0:
      return integer_value(static_cast<std::int64_t>(kNumbers[below(random, std::size(kNumbers))]));
    case 1:
      return double_value(kNumbers[below(random, std::size(kNumbers))]);
    case 2:
      value.kind = ValueKind::kBoolean;
      value.integer = static_cast<std::int64_t>(below(random, 2));
      return value;
    case 3:
      return text_value(one_of(random, kTexts));
    case 4:
      return value;
    case 5:
      value.kind = ValueKind::kDate;
      value.integer = 5000;
      return value;
    case 6:
      return store.composite("comp", {{"Count", random_value(random, store, depth - 1)},
                                      {"b", random_value(random, store, depth - 1)}});
    default: {
      std::vector<Value> rows;
      for (std::size_t i = below(random, 4); i > 0; --i) {
        rows.push_back(store.composite("row", {{"key", text_value(one_of(random, kTexts))},
                                               {"value", random_value(random, store, depth - 1)}}));
      }
      return store.table({"key"}, rows);
    }
  }
}

/// Gives a rule keys that the exporter lacks, as the loader admits them.
void add_own_keys(Random& random, RuleConfig& rule) {
  rule.value_factor = 1;
  switch (below(random, 4)) {
    case 0:
      rule.type = FamilyType::kInfo;
      return;
    case 1:
      rule.type = FamilyType::kStateSet;
      rule.states = {"RUNNING", "PAUSED", "5", "true"};
      return;
    case 2:
      rule.type = FamilyType::kSummary;
      if (rule.name && below(random, 3) > 0) {
        rule.quantile = TemplateText{one_of(random, kQuantiles), {}};
      }
      return;
    default:
      rule.map = {{"RUNNING", 1}, {"PAUSED", 0}, {"5", 55}, {"true", -1}, {"", 7}};
  }
}

CollectorConfig random_config(Random& random) {
  CollectorConfig config = plain_config();
  config.rules.clear();
  config.lowercase_output_name = below(random, 2) == 0;
  for (std::size_t i = 1 + below(random, 4); i > 0; --i) {
    RuleConfig rule;
    rule.pattern = TemplateText{one_of(random, kPatterns), {}};
    rule.type = kTypes[below(random, std::size(kTypes))];
    if (below(random, 2) == 0) rule.name = TemplateText{one_of(random, kRuleNames), {}};
    if (below(random, 3) == 0) rule.value = TemplateText{one_of(random, kValues), {}};
    if (below(random, 4) == 0) rule.value_factor = 0.5;
    if (below(random, 6) == 0) rule.attr_name_snake_case = true;
    if (below(random, 2) == 0) add_own_keys(random, rule);
    config.rules.push_back(std::move(rule));
  }
  if (below(random, 3) == 0) config.rules.emplace_back();
  if (below(random, 4) == 0) {
    MetricCustomizer customizer;
    customizer.domain = "d";
    customizer.attributes_as_labels = {"State"};
    config.metric_customizers = {customizer};
  }
  return config;
}

void change(Random& random, FakeServer& server) {
  const ObjectName name = name_of(one_of(random, kNames));
  if (below(random, 6) == 0) {
    server.remove(name.text());
    return;
  }
  if (!server.beans.contains(name)) {
    std::vector<std::pair<std::string, Value>> attributes;
    for (const char* attribute : kAttributes) attributes.emplace_back(attribute, Value{});
    server.add(name.text(), attributes);
  }
  FakeServer::Bean& bean = server.beans.at(name);
  for (int i = 0; i < 3; ++i) {
    bean.values[one_of(random, kAttributes)] = random_value(random, server.store, 2);
  }
  if (below(random, 8) == 0) bean.values.erase(one_of(random, kAttributes));
}

/// A series that a page has twice, or a family; empty if there is none.
std::string first_series_twice(const std::vector<std::string>& page) {
  std::set<std::string> seen;
  for (const std::string& line : page) {
    std::string series = line.substr(0, line.rfind(' '));
    if (line.starts_with("# HELP")) series = line.substr(0, line.find(' ', 7));
    if (!seen.insert(series).second) return series;
  }
  return {};
}

bool has(const std::vector<std::string>& page, const char* text) {
  return std::any_of(page.begin(), page.end(),
                     [&](const std::string& line) { return line.find(text) != std::string::npos; });
}

}  // namespace

TEST_CASE("property: plan and plain evaluation give the same page", "[scrape]") {
  constexpr int kCases = test::random_cases(2000);
  constexpr int kSteps = 5;
  Random random(20260101);
  int pages_with_samples = 0;
  int infos = 0;
  int state_sets = 0;
  int summaries = 0;
  for (int i = 0; i < kCases; ++i) {
    FakeServer server;
    const std::shared_ptr<const Snapshot> snapshot = snapshot_of(random_config(random));
    REQUIRE(snapshot);
    Bench kept(server, snapshot);
    for (int step = 0; step < kSteps; ++step) {
      change(random, server);
      change(random, server);
      const std::vector<std::string> with_plan = samples(kept.scrape(), true);
      Bench fresh(server, snapshot);
      const std::vector<std::string> plain = samples(fresh.scrape(), true);
      INFO("case " << i << ", step " << step);
      REQUIRE(with_plan == plain);
      REQUIRE(first_series_twice(plain) == "");
      if (!plain.empty()) ++pages_with_samples;
      if (has(plain, "_info{")) ++infos;
      if (has(plain, "=\"PAUSED\"}")) ++state_sets;
      if (has(plain, " summary")) ++summaries;
    }
  }
  CHECK(pages_with_samples > kCases);
  CHECK(infos > kCases / 10);
  CHECK(state_sets > kCases / 10);
  CHECK(summaries > kCases / 10);
}

}  // namespace jmxbridge
