#include "rules/match_budget.h"

#include <catch2/catch.hpp>
#include <string>

#include "rules_fixture.h"

using namespace jmxbridge;

namespace {

std::size_t spend_all(MatchBudget& budget, std::size_t rule, std::size_t text = 100) {
  std::size_t count = 0;
  while (budget.spend(rule, text)) ++count;
  return count;
}

}  // namespace

TEST_CASE("match_budget: a rule uses up its own share, and has it again in the next scrape",
          "[rules]") {
  MatchBudget budget(2);
  const std::size_t share = spend_all(budget, 0);
  CHECK(share >= 10);
  CHECK_FALSE(budget.has_room(0));
  CHECK(budget.has_room(1));
  CHECK(spend_all(budget, 1) == share);
  budget.refill();
  CHECK(budget.has_room(0));
  CHECK(spend_all(budget, 0) == share);
}

TEST_CASE("match_budget: many bad rules together have a bound too", "[rules]") {
  MatchBudget budget(1000);
  std::size_t all = 0;
  for (std::size_t rule = 0; rule < 1000; ++rule) all += spend_all(budget, rule);
  CHECK(all <= 200);
  CHECK_FALSE(budget.has_room(999));
}

TEST_CASE("match_budget: a long text costs more, but one can always be tried", "[rules]") {
  MatchBudget budget(1);
  CHECK(spend_all(budget, 0, std::size_t{12} << 20) == 1);
}

TEST_CASE("match_budget: a pattern that explodes is postponed once its share is used up",
          "[rules]") {
  const auto rules = rules_of(
      {RuleMaker("d<type=T, name=(a+)+$").name("x"), RuleMaker("d<type=T, name=b").name("y")});
  const OwnedLeaf bad("d:type=T,name=" + std::string(100, 'a') + "!", "V");
  const OwnedLeaf good("d:type=T,name=b", "V");
  MatchBudget budget(rules->size());
  Match match = rules->evaluate(bad.leaf(), integer(1), RuleChoice::kAll, &budget);
  CHECK(match.kind == Match::Kind::kError);
  CHECK(match.rule == 0);
  CHECK_FALSE(match.postponed);
  // It is not tried again with another number.
  CHECK(match.settled);
  CHECK_FALSE(rules->evaluate(bad.leaf(), text_value("t"), RuleChoice::kAll, &budget).settled);

  spend_all(budget, 0);
  match = rules->evaluate(bad.leaf(), integer(1), RuleChoice::kAll, &budget);
  CHECK(match.kind == Match::Kind::kError);
  CHECK(match.postponed);
  CHECK_FALSE(match.settled);
  // What takes ordinary steps needs no budget.
  CHECK(shown(rules->evaluate(good.leaf(), integer(1), RuleChoice::kAll, &budget)) == "y{}");
}
