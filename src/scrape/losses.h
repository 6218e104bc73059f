#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace jmxbridge {

/// What scrapes lose to rules, or to the target as a whole. Why is told once, until a scrape goes
/// by without that loss.
class Losses {
 public:
  /// In the place of a rule: the loss is the target's.
  static constexpr std::int32_t kWholeTarget = -1;

  /// What one scrape lost.
  struct Outcome {
    bool failed = false;  ///< a sample was lost to a template, a clash or a limit
    /// What to say of it: one sentence for each rule that did not fail in the scrape before.
    std::vector<std::string> reasons;
  };

  /// `rules`: how many there are.
  explicit Losses(std::size_t rules);

  /// Starts a scrape, which has lost nothing yet.
  void begin();
  /// Notes a loss to this rule. `reason` may be empty where the loss has been told.
  void note(std::int32_t rule, std::string reason);
  /// Forgets all, if anything has been noted since take(): as if no scrape had been.
  void forget();
  /// What has been lost since this or begin() was last called.
  Outcome take();

 private:
  /// For each rule, and behind them for the target: in this scrape, and told already.
  std::vector<bool> failing_;
  std::vector<bool> told_;
  Outcome outcome_;
};

}  // namespace jmxbridge
