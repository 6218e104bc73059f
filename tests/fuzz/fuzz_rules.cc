// A rule's pattern and a text to match: the first line is the pattern, the second the name
// template, the rest the value. Whatever they are, the rule is refused with words or evaluated in
// bounded steps, and a budget changes nothing but what is given up.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/utf.h"
#include "config/config.h"
#include "rules/rule_set.h"
#include "tests/fuzz/require.h"

using namespace jmxbridge;

namespace {

std::string_view take_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

void check(const RuleSet& rules, const Leaf& leaf, const Value& value) {
  const Match match = rules.evaluate(leaf, value);
  JMXBRIDGE_REQUIRE_PROPERTY((match.kind == Match::Kind::kError || match.flagged) ==
                             !match.error.empty());
  JMXBRIDGE_REQUIRE_PROPERTY((match.kind == Match::Kind::kNone) == (match.rule < 0));
  JMXBRIDGE_REQUIRE_PROPERTY((match.kind == Match::Kind::kSample) == !match.samples.empty());
  JMXBRIDGE_REQUIRE_PROPERTY(!match.postponed);
  for (const RuleSample& sample : match.samples) {
    JMXBRIDGE_REQUIRE_PROPERTY(!sample.family.empty());
  }
  if (match.kind != Match::Kind::kNone) JMXBRIDGE_REQUIRE_PROPERTY(rules.can_match(leaf));

  MatchBudget budget(rules.size());
  budget.spend(0, MatchBudget::Time::max() / 2);
  const Match poor = rules.evaluate(leaf, value, RuleChoice::kAll, &budget);
  JMXBRIDGE_REQUIRE_PROPERTY(poor.postponed ||
                             (poor.kind == match.kind && poor.error == match.error));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string_view pattern = take_line(text);
  const std::string_view name = take_line(text);
  // As the loader hands them on.
  if (!is_utf8(pattern) || !is_utf8(name)) return 0;

  CollectorConfig config;
  RuleConfig& rule = config.rules.emplace_back();
  rule.pattern = TemplateText{std::string(pattern), {1, 1}};
  rule.name = TemplateText{std::string(name), {2, 1}};
  Report report("fuzz.yml");
  const std::shared_ptr<const RuleSet> rules = RuleSet::compile(config, report);
  for (const Finding& finding : report.findings())
    JMXBRIDGE_REQUIRE_PROPERTY(!finding.text.empty());
  if (report.has_errors()) return 0;

  const Property properties[] = {{"type", "Log"}, {"name", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!"}};
  Leaf leaf;
  leaf.domain = "kafka.log";
  leaf.properties = properties;
  leaf.attribute = "Size";
  Value value;
  value.kind = ValueKind::kInteger;
  value.integer = 42;
  check(*rules, leaf, value);
  value.kind = ValueKind::kString;
  value.text = text;
  check(*rules, leaf, value);
  return 0;
}
