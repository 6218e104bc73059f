#include "scrape/set_aside.h"

#include <algorithm>

namespace jmxbridge {

void SetAside::put(const ObjectName& name, Clock::time_point now) {
  const auto [it, is_new] = entries_.try_emplace(name, Entry{kFirstDelay, {}});
  Entry& entry = it->second;
  if (!is_new) entry.delay = std::min(2 * entry.delay, kLongestDelay);
  entry.until = now + entry.delay;
  if (is_new) list();
}

void SetAside::remove(const ObjectName& name) {
  if (entries_.erase(name) > 0) list();
}

void SetAside::clear() {
  if (entries_.empty()) return;
  entries_.clear();
  list();
}

std::vector<ObjectName> SetAside::due(Clock::time_point now) const {
  std::vector<ObjectName> out;
  for (const auto& [name, entry] : entries_) {
    if (entry.until <= now) out.push_back(name);
  }
  return out;
}

void SetAside::list() {
  names_.clear();
  texts_.clear();
  for (const auto& [name, entry] : entries_) {
    names_.insert(name);
    texts_.emplace_back(name.text());
  }
}

}  // namespace jmxbridge
