#include <catch2/catch.hpp>
#include <chrono>
#include <string>

#include "rules/regex_syntax.h"
#include "rules_fixture.h"

using namespace jmxbridge;

namespace {

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::vector<RuleConfig> copies(const RuleConfig& rule, std::size_t count) {
  return std::vector<RuleConfig>(count, rule);
}

}  // namespace

TEST_CASE("limits: a pattern of a megabyte is one error that names the bound", "[rules]") {
  const std::string text = report_of({RuleMaker(std::string(1 << 20, 'a'))});
  CHECK(has(text, "rules.yml:2:1: error: rules[0].pattern: "));
  CHECK(has(text, std::to_string(kRegexMaxLength)));
  CHECK(text.size() < 400);
}

TEST_CASE("limits: thousands of groups are taken, more than ten thousand refused", "[rules]") {
  std::string groups;
  for (std::size_t i = 0; i < 2000; ++i) groups += "(a)?";
  const auto rules = rules_of({RuleMaker(groups + "b").name("x_$1999")});
  const OwnedLeaf leaf("d:type=" + std::string(1999, 'a') + "b", "V");
  CHECK(rules->evaluate(leaf.leaf(), integer_value(1)).kind != Match::Kind::kNone);

  std::string many;
  for (std::size_t i = 0; i <= kRegexMaxGroups; ++i) many += "()";
  CHECK(has(report_of({RuleMaker(many)}), std::to_string(kRegexMaxGroups)));
}

TEST_CASE("limits: more than ten thousand rules are refused before any is compiled", "[rules]") {
  const std::string text = report_of(copies(RuleMaker("a"), 100'000));
  CHECK(has(text, "error: rules[10000]: there are 100000 rules, and more than 10000 "));
  CHECK(text.find('\n') == text.size() - 1);
}

TEST_CASE("limits: patterns that are short to write and large once compiled are refused",
          "[rules]") {
  const std::string text = report_of(copies(RuleMaker("(?:abc){4000}"), 5000));
  CHECK(has(text, "take more than 64 MiB of memory once compiled"));
}

TEST_CASE("limits: no match of a long text takes more than some seconds", "[rules]") {
  const std::string lines(std::size_t{12} << 20, 'a');
  const Value value = text_value(lines);
  const OwnedLeaf leaf("d:type=T", "V");
  for (const char* pattern : {"V: (a+)+$", "V: .*(?:[^x]*+y)", "(.*a)*(.*a)*x", "V: (.*)", "."}) {
    INFO(pattern);
    const auto rules = rules_of({RuleMaker(pattern).name("x").value("1")});
    MatchBudget budget(1);
    const auto start = std::chrono::steady_clock::now();
    rules->evaluate(leaf.leaf(), value, RuleChoice::kAll, &budget);
    CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(30));
  }
}
