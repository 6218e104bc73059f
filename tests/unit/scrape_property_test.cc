// What a target remembers between scrapes must never show: after any history of values, a target
// that keeps its plan gives the page that one gives which evaluates every rule on every value anew.

#include <catch2/catch.hpp>
#include <iterator>
#include <random>

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
constexpr const char* kTexts[] = {"RUNNING",    "5", "Count: 5", "a, b",
                                  "line\nnext", "",  "<x>",      "5.0"};
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
constexpr const char* kRuleNames[] = {"n_$1", "fixed", "m_total", "c_$0", "v"};
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

}  // namespace

TEST_CASE("property: plan and plain evaluation give the same page", "[scrape]") {
  constexpr int kCases = 2000;
  constexpr int kSteps = 5;
  Random random(20260101);
  int pages_with_samples = 0;
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
      if (!plain.empty()) ++pages_with_samples;
    }
  }
  CHECK(pages_with_samples > kCases);
}

}  // namespace jmxbridge
