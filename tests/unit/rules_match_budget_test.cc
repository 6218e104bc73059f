#include "rules/match_budget.h"

#include <catch2/catch.hpp>
#include <chrono>
#include <string>

#include "rules_fixture.h"

using namespace jmxbridge;

using namespace std::chrono_literals;

namespace {

/// How long a rule can go on, a millisecond at a time.
std::chrono::milliseconds spend_all(MatchBudget& budget, std::size_t rule) {
  std::chrono::milliseconds spent{};
  for (; budget.has_room(rule); spent += 1ms) budget.spend(rule, 1ms);
  return spent;
}

}  // namespace

TEST_CASE("match_budget: a rule uses up its own share, and has it again in the next scrape",
          "[rules]") {
  MatchBudget budget(2);
  CHECK(spend_all(budget, 0) == 250ms);
  CHECK_FALSE(budget.has_room(0));
  CHECK(spend_all(budget, 1) == 250ms);
  budget.refill();
  CHECK(spend_all(budget, 0) == 250ms);
}

TEST_CASE("match_budget: many bad rules together have a bound too", "[rules]") {
  MatchBudget budget(1000);
  std::chrono::milliseconds all{};
  for (std::size_t rule = 0; rule < 1000; ++rule) all += spend_all(budget, rule);
  CHECK(all == 1s);
  CHECK_FALSE(budget.has_room(999));
}

TEST_CASE("match_budget: a match that takes longer than is left is the last one", "[rules]") {
  MatchBudget budget(2);
  budget.spend(0, 10s);
  CHECK_FALSE(budget.has_room(0));
  CHECK_FALSE(budget.has_room(1));
  budget.refill();
  CHECK(budget.has_room(0));
}

TEST_CASE("match_budget: a pattern that explodes is postponed once its share is used up",
          "[rules]") {
  const auto rules = rules_of(
      {RuleMaker("d<type=T, name=(a+)+$").name("x"), RuleMaker("d<type=T, name=b").name("y")});
  const OwnedLeaf bad("d:type=T,name=" + std::string(100, 'a') + "!", "V");
  const OwnedLeaf good("d:type=T,name=b", "V");
  MatchBudget budget(rules->size());
  Match match = rules->evaluate(bad.leaf(), integer_value(1), RuleChoice::kAll, &budget);
  CHECK(match.kind == Match::Kind::kError);
  CHECK(match.rule == 0);
  CHECK_FALSE(match.postponed);
  // It is not tried again with another number.
  CHECK(match.settled);
  CHECK_FALSE(rules->evaluate(bad.leaf(), text_value("t"), RuleChoice::kAll, &budget).settled);

  spend_all(budget, 0);
  match = rules->evaluate(bad.leaf(), integer_value(1), RuleChoice::kAll, &budget);
  CHECK(match.kind == Match::Kind::kError);
  CHECK(match.postponed);
  CHECK_FALSE(match.settled);
  // What takes ordinary steps needs no budget.
  CHECK(shown(rules->evaluate(good.leaf(), integer_value(1), RuleChoice::kAll, &budget)) == "y{}");
}
