#include "rules/match_budget.h"

#include <algorithm>

namespace jmxbridge {
namespace {

// Patterns that are merely heavy come to all attributes of a large target within a few scrapes.
constexpr std::chrono::milliseconds kOfRule{250};
constexpr std::chrono::milliseconds kOfAll{1000};

}  // namespace

void MatchBudget::refill() {
  std::fill(left_.begin(), left_.end(), kOfRule);
  all_left_ = kOfAll;
}

void MatchBudget::spend(std::size_t rule, Time taken) {
  left_[rule] -= taken;
  all_left_ -= taken;
}

}  // namespace jmxbridge
