#include "rules/match_budget.h"

#include <algorithm>

namespace jmxbridge {
namespace {

// A match of a text of ordinary length costs one, which is at most some milliseconds.
constexpr std::uint32_t kOfRule = 20;
constexpr std::uint32_t kOfAll = 200;
constexpr std::size_t kOrdinaryText = 16 * 1024;

}  // namespace

void MatchBudget::refill() {
  std::fill(left_.begin(), left_.end(), kOfRule);
  all_left_ = kOfAll;
}

bool MatchBudget::spend(std::size_t rule, std::size_t text) {
  if (!has_room(rule)) return false;
  const auto price = static_cast<std::uint32_t>(1 + text / kOrdinaryText);
  left_[rule] -= std::min(left_[rule], price);
  all_left_ -= std::min(all_left_, price);
  return true;
}

}  // namespace jmxbridge
