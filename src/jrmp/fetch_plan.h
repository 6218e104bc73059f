#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "jrmp/call_list.h"
#include "jrmp/lessons.h"
#include "jrmp/requests.h"
#include "scrape/source.h"

namespace jmxbridge {

/// The calls that read a list of beans: made once, and made again only for another list or when
/// something was learned.
class FetchPlan {
 public:
  /// `waits`: a bean that is not asked, because a call of an earlier run is still unanswered.
  FetchPlan(const Requests& requests, std::shared_ptr<const ReadList> reads, const Lessons& lessons,
            const std::optional<ObjectName>& waits);

  const std::shared_ptr<const ReadList>& reads() const { return reads_; }
  const CallList& calls() const { return calls_; }
  /// How many calls each bean takes.
  std::span<const std::uint32_t> calls_of_beans() const { return calls_of_beans_; }

  /// The bean that is not asked.
  std::optional<std::uint32_t> waits() const { return waits_; }

  /// The attributes of a bean that are asked for in one call, as positions in its list; nothing if
  /// that is all of them, in order.
  const std::vector<std::uint32_t>* together(std::uint32_t bean) const;

 private:
  void add(const Requests& requests, std::uint32_t bean, const BeanLesson* lesson);

  std::shared_ptr<const ReadList> reads_;
  CallList calls_;
  std::vector<std::uint32_t> calls_of_beans_;
  std::optional<std::uint32_t> waits_;
  std::unordered_map<std::uint32_t, std::vector<std::uint32_t>> together_;
  std::vector<const std::string*> names_;  ///< of the call that is being made
};

/// The calls that read beans attribute by attribute, but for those that are not asked for any more.
void add_single_calls(const Requests& requests, const ReadList& reads, std::uint32_t bean,
                      const Lessons& lessons, CallList& out);

}  // namespace jmxbridge
