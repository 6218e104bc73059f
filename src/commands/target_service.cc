#include "commands/target_service.h"

#include <fmt/format.h>

namespace jmxbridge {

TargetService::TargetService(Target& target, LiveConfiguration& configuration,
                             std::chrono::steady_clock::time_point started)
    : target_(target), configuration_(configuration), started_(started) {}

asio::awaitable<Result<std::shared_ptr<const ScrapeResult>>> TargetService::scrape(
    Deadline deadline) {
  co_await configuration_.refresh(deadline);
  const std::chrono::seconds delay(configuration_.snapshot()->config.start_delay_seconds);
  const auto left = started_ + delay - std::chrono::steady_clock::now();
  if (left.count() > 0) {
    co_return fail(fmt::format(
        "startDelaySeconds is {}, so there are series in {} s; ask again then, or lower it.",
        delay.count(), std::chrono::ceil<std::chrono::seconds>(left).count()));
  }
  std::shared_ptr<const ScrapeResult> result = co_await target_.scrape(deadline);
  co_return result;
}

asio::awaitable<std::shared_ptr<const ScrapeResult>> TargetService::collect(Deadline deadline) {
  Result<std::shared_ptr<const ScrapeResult>> result = co_await scrape(deadline);
  if (!result) co_return nullptr;
  co_return *std::move(result);
}

TargetStatus TargetService::status() const { return target_.status(); }

}  // namespace jmxbridge
