#pragma once

#include <chrono>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "jmx/object_name.h"
#include "scrape/source.h"

namespace jmxbridge {

/// The beans that held up a scrape and are not asked for a while (design section 7). The time grows
/// with each try that fails.
class SetAside {
 public:
  using Clock = std::chrono::steady_clock;

  static constexpr std::chrono::seconds kFirstDelay{10};
  static constexpr std::chrono::seconds kLongestDelay{600};

  /// Sets a bean aside, or doubles its time if it is already.
  void put(const ObjectName& name, Clock::time_point now);
  void remove(const ObjectName& name);
  void clear();

  /// The names, as a set that changes only with put and remove.
  const std::set<ObjectName>& names() const { return names_; }
  /// The same as texts, for pages and metrics.
  const std::vector<std::string>& texts() const { return texts_; }
  /// Those whose time is over.
  std::vector<ObjectName> due(Clock::time_point now) const;

 private:
  struct Entry {
    std::chrono::seconds delay;
    Clock::time_point until;
  };

  void list();

  std::map<ObjectName, Entry> entries_;
  std::set<ObjectName> names_;
  std::vector<std::string> texts_;
};

}  // namespace jmxbridge
