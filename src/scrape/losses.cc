#include "scrape/losses.h"

#include <utility>

namespace jmxbridge {
namespace {

/// How many rules are told of in one scrape.
constexpr std::size_t kMostReasons = 20;

}  // namespace

Losses::Losses(std::size_t rules) : failing_(rules + 1), told_(rules + 1) {}

void Losses::begin() {
  outcome_ = {};
  for (std::size_t i = 0; i < told_.size(); ++i) told_[i] = told_[i] && failing_[i];
  failing_.assign(failing_.size(), false);
}

void Losses::note(std::int32_t rule, std::string reason) {
  outcome_.failed = true;
  const std::size_t at = rule >= 0 ? static_cast<std::size_t>(rule) : failing_.size() - 1;
  failing_[at] = true;
  if (reason.empty() || told_[at] || outcome_.reasons.size() >= kMostReasons) return;
  told_[at] = true;
  outcome_.reasons.push_back(std::move(reason));
}

void Losses::forget() {
  if (!outcome_.failed) return;
  outcome_ = {};
  failing_.assign(failing_.size(), false);
  told_.assign(told_.size(), false);
}

Losses::Outcome Losses::take() { return std::exchange(outcome_, {}); }

}  // namespace jmxbridge
