#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "jmx/limits.h"
#include "scrape/connector.h"
#include "scrape/inventory.h"
#include "scrape/lanes.h"
#include "scrape/plan.h"
#include "scrape/self_metrics.h"
#include "scrape/set_aside.h"

namespace jmxbridge {

/// How one read of a target went.
struct ReadReport {
  bool up = false;        ///< a session stood and discovery succeeded
  bool complete = false;  ///< every bean that was asked has answered
  bool failed = false;    ///< something is missing that should be there (jmx_scrape_error)
  std::string error;      ///< why, as one sentence; empty when all is well
  std::uint32_t beans_missing = 0;
  std::array<double, kPhaseCount> phase_seconds{};
};

/// Keeps a session with one target and reads it into a plan: session, discovery, description,
/// values. Lives on its target's strand; one call at a time.
class Reader {
 public:
  Reader(Connector& connector, Endpoint endpoint, const LaneSettings& lanes, const Limits& limits);

  /// Reads once, by the deadline; what has been read by then is in the plan. The report is filled
  /// as the read goes on, so that it is right at any moment.
  asio::awaitable<void> read(Plan& plan, Deadline deadline, ReadReport& report);

  /// Asks the beans that were set aside and whose time is over, one by one, and lets those that
  /// answer back in. For the time between scrapes: abort() ends it.
  asio::awaitable<void> retry_set_aside(Plan& plan, std::chrono::milliseconds each);

  /// Another plan is used from the next read on, which may take in other beans than the last if
  /// `scope_changed`.
  void forget_plan(bool scope_changed);

  /// Makes the call under way return soon. Callable on the strand.
  void abort();
  /// Closes the session.
  void close();

  /// The lanes of the session; null without one.
  const Lanes* lanes() const { return source_.get(); }
  std::uint64_t sessions_opened() const { return sessions_opened_; }
  const SetAside& set_aside() const { return set_aside_; }
  const Inventory& inventory() const { return inventory_; }

 private:
  asio::awaitable<Result<void>> open(Deadline deadline);
  asio::awaitable<Result<void>> read_session(Plan& plan, Deadline deadline, ReadReport& report);
  asio::awaitable<Result<void>> discover(const Plan& plan, Deadline deadline);
  asio::awaitable<Result<void>> query_all(const Plan& plan, bool describe_all, Deadline deadline);
  asio::awaitable<Result<void>> describe(Plan& plan, Deadline deadline, ReadReport& report);
  asio::awaitable<Result<void>> fetch(Plan& plan, Deadline deadline, ReadReport& report);
  asio::awaitable<Result<void>> fetch_again(Plan& plan, std::vector<ObjectName> names,
                                            Deadline deadline, ReadReport& report);
  void warn_of_clear_password(const Session& session);
  void put_aside(const std::vector<ObjectName>& names);
  void update_plan(Plan& plan, Deadline deadline);

  Connector& connector_;
  Endpoint endpoint_;
  LaneSettings lanes_;
  Limits limits_;
  std::unique_ptr<Lanes> source_;
  Inventory inventory_;
  SetAside set_aside_;
  std::vector<ObjectName> pending_;  ///< changes of the inventory that the plan lacks
  std::string undescribed_;          ///< of this scrape: which bean has no description, and why
  bool listening_ = true;
  bool known_ = false;       ///< the inventory is that of this session
  bool over_limit_ = false;  ///< the target has more beans than are read
  bool plan_is_new_ = true;
  bool scope_changed_ = false;  ///< other names may be taken in than when it was filled
  bool warned_of_clear_password_ = false;
  std::uint64_t sessions_opened_ = 0;
};

}  // namespace jmxbridge
