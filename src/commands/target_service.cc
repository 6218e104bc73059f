#include "commands/target_service.h"

namespace jmxbridge {

TargetService::TargetService(Target& target, std::chrono::steady_clock::time_point started)
    : target_(target), started_(started) {}

asio::awaitable<std::shared_ptr<const ScrapeResult>> TargetService::scrape(Deadline deadline) {
  const std::chrono::seconds delay(start_delay_seconds_.load());
  if (std::chrono::steady_clock::now() < started_ + delay) co_return nullptr;
  co_return co_await target_.scrape(deadline);
}

TargetStatus TargetService::status() const { return target_.status(); }

}  // namespace jmxbridge
