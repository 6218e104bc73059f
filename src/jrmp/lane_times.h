#pragma once

#include <chrono>

#include "scrape/source.h"

namespace jmxbridge {

/// How long the fast lane bears silence. Only tests have others.
struct LaneTimes : SourceTimes {
  /// A connection that was not used for so long must show within `idle_answer` that it is still
  /// there.
  std::chrono::milliseconds long_idle{60'000};
  std::chrono::milliseconds idle_answer{1'000};
  /// An answer that is cut off, and of which nothing came for so long, is looked at for its true
  /// end: what it says of its own size may be wrong.
  std::chrono::milliseconds cut_pause{100};
};

}  // namespace jmxbridge
