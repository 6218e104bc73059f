#include "http/name_filter.h"

#include <algorithm>
#include <utility>

namespace jmxbridge {
namespace {

constexpr std::size_t kMaxEntries = 8;

}  // namespace

std::shared_ptr<const Page> filter_page(const Page& page, std::vector<std::string> names) {
  std::sort(names.begin(), names.end());
  std::vector<FamilySpec> kept;
  for (const FamilySpec& family : page.families()) {
    // The texts that begin with the name stand together, from the first that is not less than it.
    const auto first = std::lower_bound(names.begin(), names.end(), family.name);
    if (first != names.end() && first->starts_with(family.name)) kept.push_back(family);
  }
  return std::make_shared<const Page>(std::move(kept));
}

std::shared_ptr<const Page> FilteredPages::get(const std::shared_ptr<const Page>& page,
                                               std::vector<std::string> names) {
  {
    const std::lock_guard lock(mutex_);
    std::erase_if(entries_, [](const Entry& entry) { return entry.page.expired(); });
    const auto entry = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& each) {
      return each.page.lock() == page && each.names == names;
    });
    if (entry != entries_.end()) {
      entries_.splice(entries_.begin(), entries_, entry);
      return entry->filtered;
    }
  }
  std::shared_ptr<const Page> filtered = filter_page(*page, names);
  const std::lock_guard lock(mutex_);
  entries_.push_front({page, std::move(names), filtered});
  if (entries_.size() > kMaxEntries) entries_.pop_back();
  return filtered;
}

}  // namespace jmxbridge
