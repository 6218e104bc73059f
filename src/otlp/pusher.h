#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <optional>

#include "config/open_telemetry_config.h"
#include "scrape/self_metrics.h"
#include "scrape/target.h"

namespace jmxbridge {

/// Pushes a target's page over OTLP, once in each interval (specification section 11), on a thread
/// of its own that it has while there is something to push. Callable from any thread.
///
/// One push is under way at most and none waits behind it: what is late is left out, since the next
/// has newer numbers of the same counters. A push ends with its interval, its time-out at the
/// earliest. A receiver that fails costs a log line when that begins, changes or ends.
class Pusher {
 public:
  /// A page by the deadline, as a scrape gives it; null: none can be had now. Called on the
  /// executor, on a strand.
  using Collect =
      std::function<asio::awaitable<std::shared_ptr<const ScrapeResult>>(Deadline deadline)>;

  /// The counters outlive this, and what `collect` refers to outlives the executor's work.
  Pusher(asio::any_io_executor executor, Collect collect, ProcessCounters& counters);
  /// Stops at once.
  ~Pusher();
  Pusher(const Pusher&) = delete;
  Pusher& operator=(const Pusher&) = delete;

  /// Pushes as this says from now on, the first time after an interval; nothing: not at all. What
  /// is the same as before changes nothing.
  void use(std::optional<OpenTelemetryConfig> config);

  /// Ends what is under way, pushes once more, and stops by the deadline. Returns at once.
  void stop(Deadline deadline);
  /// Waits for the end of that.
  void join();

 private:
  class Worker;
  std::shared_ptr<Worker> worker_;
};

}  // namespace jmxbridge
