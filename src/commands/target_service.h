#pragma once

#include <chrono>

#include "commands/live_configuration.h"
#include "http/scrape_service.h"
#include "scrape/target.h"

namespace jmxbridge {

/// Puts the one target of a peer's file behind the HTTP server. Thread-safe.
class TargetService final : public ScrapeService {
 public:
  /// `started` is when the process did: what `startDelaySeconds` counts from.
  TargetService(Target& target, LiveConfiguration& configuration,
                std::chrono::steady_clock::time_point started);

  /// Looks at the configuration's file first. During the start delay no page and no session
  /// (specification 2.6); the delay is that of the configuration in use.
  asio::awaitable<Result<std::shared_ptr<const ScrapeResult>>> scrape(Deadline deadline) override;
  /// The same for a push, which needs no reason: null during the start delay.
  asio::awaitable<std::shared_ptr<const ScrapeResult>> collect(Deadline deadline);
  TargetStatus status() const override;

 private:
  Target& target_;
  LiveConfiguration& configuration_;
  std::chrono::steady_clock::time_point started_;
};

}  // namespace jmxbridge
