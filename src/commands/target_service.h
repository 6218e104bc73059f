#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

#include "http/scrape_service.h"
#include "scrape/target.h"

namespace jmxbridge {

/// Puts the one target of a peer's file behind the HTTP server. Thread-safe.
class TargetService final : public ScrapeService {
 public:
  /// `started` is when the process did: what `startDelaySeconds` counts from.
  TargetService(Target& target, std::chrono::steady_clock::time_point started);

  /// During the start delay no page and no session (specification 2.6).
  asio::awaitable<std::shared_ptr<const ScrapeResult>> scrape(Deadline deadline) override;
  TargetStatus status() const override;

  /// The delay of the configuration in use; a reload may change it.
  void delay_start(std::chrono::seconds delay) { start_delay_seconds_ = delay.count(); }

 private:
  Target& target_;
  std::chrono::steady_clock::time_point started_;
  std::atomic<std::int64_t> start_delay_seconds_{0};
};

}  // namespace jmxbridge
