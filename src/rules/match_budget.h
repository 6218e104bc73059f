#pragma once

#include <chrono>
#include <cstddef>
#include <vector>

namespace jmxbridge {

/// The time that the rules may spend in one scrape on matches that take more steps than ordinary
/// ones, so that no pattern can hold a scrape. Belongs to one target, which cannot spend that of
/// another.
class MatchBudget {
 public:
  using Time = std::chrono::steady_clock::duration;

  explicit MatchBudget(std::size_t rules) : left_(rules) { refill(); }

  /// Starts another scrape.
  void refill();

  /// True if the rule may still take its time in this scrape.
  bool has_room(std::size_t rule) const { return left_[rule] > Time{} && all_left_ > Time{}; }
  /// Takes what a match of the rule took off what it and all together have left; the last one may
  /// take more than that.
  void spend(std::size_t rule, Time taken);

 private:
  std::vector<Time> left_;
  Time all_left_{};
};

}  // namespace jmxbridge
