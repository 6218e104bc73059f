#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "jmx/limits.h"
#include "jrmp/fetch_plan.h"
#include "jrmp/fetch_run.h"
#include "jrmp/lane_times.h"
#include "jrmp/wire_connector.h"
#include "scrape/source.h"

namespace jmxbridge {

/// The fast lane: reads over connections of its own, by the RMIConnection that a session has opened
/// (design section 5). It does not own that session.
class JrmpSource : public Source {
 public:
  JrmpSource(WireConnector connector, const Limits& limits, const LaneTimes& times);
  ~JrmpSource() override;

  asio::awaitable<Result<Changes>> changes(Deadline deadline) override;
  asio::awaitable<Result<std::vector<ObjectName>>> query(const ObjectName& pattern,
                                                         Deadline deadline) override;
  asio::awaitable<Result<void>> describe(std::span<const ObjectName> names, DescribeSink& sink,
                                         Deadline deadline) override;
  asio::awaitable<Result<void>> fetch(std::shared_ptr<const ReadList> reads, FetchSink& sink,
                                      Deadline deadline) override;
  void abort() override;

 private:
  struct Wire;

  asio::awaitable<void> prepare();
  asio::awaitable<Result<void>> fetch_singly(Deadline deadline);
  void make_plan(const std::shared_ptr<const ReadList>& reads);
  void look_at_parked();
  void forget(const Changes& changes);
  void ask_for_a_lost_one();
  Error in_time(Error error, std::uint32_t answered, std::size_t of) const;

  const std::shared_ptr<Wire> wire_;
  std::mutex mutex_;
  std::shared_ptr<Waiter> waiter_;   ///< for abort()
  std::optional<ObjectName> waits_;  ///< whose call is unanswered since an earlier run
  const std::chrono::milliseconds lost_rest_;
  Lessons lessons_;
  std::chrono::steady_clock::time_point look_at_lessons_;
  InfoMarks marks_;
  std::unique_ptr<FetchPlan> plan_;
  FetchRun fetch_run_;
};

}  // namespace jmxbridge
