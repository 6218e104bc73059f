#include "http/rate_limit.h"

#include <algorithm>

namespace jmxbridge {

RateLimit::RateLimit(Clock::duration interval, int burst)
    : interval_(interval), burst_(burst), tokens_(burst_), counted_at_(Clock::now()) {}

bool RateLimit::take(Clock::time_point now) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (now > counted_at_) {
    const std::chrono::duration<double> passed = now - counted_at_;
    tokens_ = std::min(burst_, tokens_ + passed / std::chrono::duration<double>(interval_));
    counted_at_ = now;
  }
  if (tokens_ < 1) return false;
  tokens_ -= 1;
  return true;
}

}  // namespace jmxbridge
