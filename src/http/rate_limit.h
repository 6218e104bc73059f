#pragma once

#include <chrono>
#include <mutex>

namespace jmxbridge {

/// A bucket of tokens: one for each request, one more each interval, no more than it holds.
/// Thread-safe.
class RateLimit {
 public:
  using Clock = std::chrono::steady_clock;

  /// `interval` is more than nothing, and `burst` at least 1. It is full at first.
  RateLimit(Clock::duration interval, int burst);

  /// Takes a token; false if there is none.
  bool take(Clock::time_point now);

 private:
  const Clock::duration interval_;
  const double burst_;
  std::mutex mutex_;
  double tokens_;
  Clock::time_point counted_at_;
};

}  // namespace jmxbridge
