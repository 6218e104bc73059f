#pragma once

#include <chrono>

namespace jmxbridge {

/// What every way to read a target does in its own time. Only tests have other times.
struct SourceTimes {
  /// A session without a call for twice that long is closed by its target.
  std::chrono::milliseconds keep_alive{60'000};
  /// An attribute whose value cannot be had, because the target breaks its answer off or nobody can
  /// take it in, costs a connection or more each time. So it is asked for again after that long,
  /// and after twice as long each further time, up to 32 times.
  std::chrono::milliseconds lost_rest{300'000};
};

}  // namespace jmxbridge
