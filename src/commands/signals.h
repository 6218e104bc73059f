#pragma once

#include <chrono>
#include <csignal>
#include <optional>

namespace jmxbridge {

/// The signals that the daemon takes one by one, on a thread that waits for them: SIGTERM, SIGINT,
/// SIGHUP and SIGQUIT. They interrupt nothing, so what they lead to may lock and allocate.
class Signals {
 public:
  /// Blocks them in the calling thread, and so in every thread that it starts from then on. Must
  /// come before any other thread, the JVM's among them.
  Signals();

  /// The next one, or nothing if none comes in this time.
  std::optional<int> wait_for(std::chrono::milliseconds time) const;

 private:
  sigset_t set_;
};

}  // namespace jmxbridge
