#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <optional>

#include "jrmp/call_list.h"
#include "jrmp/pipeline.h"
#include "jrmp/requests.h"
#include "scrape/source.h"

namespace jmxbridge {

/// Listens to the MBeanServerDelegate of a target, which tells what is registered and unregistered
/// (design section 5).
class DelegateListener {
 public:
  DelegateListener(const Requests& requests, Pipeline& pipeline)
      : requests_(requests), pipeline_(pipeline) {}

  /// As Source::changes.
  asio::awaitable<Result<Changes>> changes(Deadline deadline);
  /// False where every call of changes() is `unknown`, so that names are queried in every scrape.
  bool is_listening() const { return may_listen_ && gaps_ < kGapsInARow; }

 private:
  /// A target that has had so many gaps changes faster than it can tell of: a query each time is
  /// cheaper than to describe everything each time.
  static constexpr int kGapsInARow = 3;

  asio::awaitable<Result<Changes>> listen(Deadline deadline);
  asio::awaitable<Result<Changes>> restart(Deadline deadline);
  asio::awaitable<Result<Changes>> note_gap(Deadline deadline);
  Changes unknown() const;
  /// Nothing: the target refuses the call.
  asio::awaitable<Result<std::optional<Notifications>>> fetch(std::int64_t from, std::int32_t most,
                                                              Deadline deadline);

  const Requests& requests_;
  Pipeline& pipeline_;
  CallList calls_;  ///< of the call under way
  bool has_asked_ = false;
  bool may_listen_ = false;
  int gaps_ = 0;  ///< one after the other
  std::int64_t next_ = 0;
};

}  // namespace jmxbridge
