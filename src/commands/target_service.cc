#include "commands/target_service.h"

namespace jmxbridge {

TargetService::TargetService(Target& target, LiveConfiguration& configuration,
                             std::chrono::steady_clock::time_point started)
    : target_(target), configuration_(configuration), started_(started) {}

asio::awaitable<std::shared_ptr<const ScrapeResult>> TargetService::scrape(Deadline deadline) {
  co_await configuration_.refresh(deadline);
  const std::chrono::seconds delay(configuration_.snapshot()->config.start_delay_seconds);
  if (std::chrono::steady_clock::now() < started_ + delay) co_return nullptr;
  co_return co_await target_.scrape(deadline);
}

TargetStatus TargetService::status() const { return target_.status(); }

}  // namespace jmxbridge
