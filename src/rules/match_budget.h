#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace jmxbridge {

/// What the rules may spend in one scrape on matches that take more steps than ordinary ones, so
/// that no pattern can hold a scrape. Belongs to one target, which cannot spend that of another.
class MatchBudget {
 public:
  explicit MatchBudget(std::size_t rules) : left_(rules) { refill(); }

  /// Starts another scrape.
  void refill();

  /// True if the rule may still take its time in this scrape.
  bool has_room(std::size_t rule) const { return left_[rule] > 0 && all_left_ > 0; }
  /// Takes one long match of a text of this many bytes off; false if there is no room for it.
  bool spend(std::size_t rule, std::size_t text);

 private:
  std::vector<std::uint32_t> left_;
  std::uint32_t all_left_ = 0;
};

}  // namespace jmxbridge
