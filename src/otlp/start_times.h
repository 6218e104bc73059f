#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <unordered_map>

#include "exposition/family.h"

namespace jmxbridge {

/// Since when each counter of a target has been counting. JMX does not say, so it is taken from
/// what is seen, as OpenTelemetry's data model asks of such sources: a counter starts with its
/// first number, whose start is its own time; and one that fell starts anew, after the number
/// before.
///
/// A counter is known by a hash of its name and labels; two that share one get a start that is too
/// late, no more. Those that one push does not name are forgotten.
class StartTimes {
 public:
  /// Times are in nanoseconds since 1970; `now` is that of the numbers to come.
  void begin(std::uint64_t now);
  /// The start of one counter, with its number now.
  std::uint64_t start_of(std::string_view family, const SampleSpec& sample, double number);
  /// Forgets what has not been named since begin().
  void end();

  std::size_t size() const { return counters_.size(); }

 private:
  struct Counter {
    double number = 0;
    std::uint64_t start = 0;
    std::uint64_t seen = 0;
  };

  std::unordered_map<std::uint64_t, Counter> counters_;
  std::uint64_t now_ = 0;
};

}  // namespace jmxbridge
