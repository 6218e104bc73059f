#include "scrape/inventory.h"

#include <algorithm>
#include <functional>
#include <set>
#include <string>
#include <utility>

namespace jmxbridge {
namespace {

std::size_t hash_of(const MBeanInfo& info) {
  const std::hash<std::string> hash;
  std::size_t out = hash(info.class_name);
  for (const AttributeInfo& attribute : info.attributes) {
    out = out * 31 + hash(attribute.name);
    out = out * 31 + hash(attribute.type);
  }
  return out;
}

}  // namespace

void Inventory::add(const ObjectName& name) {
  const auto [it, is_new] = beans_.try_emplace(name);
  if (is_new || !std::exchange(it->second.stale, true)) ++stale_;
  changed_.push_back(name);
}

void Inventory::remove(const ObjectName& name) {
  const auto it = beans_.find(name);
  if (it == beans_.end()) return;
  if (it->second.stale) --stale_;
  beans_.erase(it);
  changed_.push_back(name);
}

void Inventory::replace(const std::vector<ObjectName>& names, bool describe_all) {
  const std::set<ObjectName> now(names.begin(), names.end());
  for (auto it = beans_.begin(); it != beans_.end();) {
    if (now.contains(it->first)) {
      it->second.stale = it->second.stale || describe_all;
      ++it;
    } else {
      changed_.push_back(it->first);
      it = beans_.erase(it);
    }
  }
  for (const ObjectName& name : now) {
    if (beans_.try_emplace(name).second) changed_.push_back(name);
  }
  stale_ = static_cast<std::size_t>(std::count_if(
      beans_.begin(), beans_.end(), [](const auto& bean) { return bean.second.stale; }));
}

void Inventory::describe(const ObjectName& name, MBeanInfo info) {
  const auto it = beans_.find(name);
  if (it == beans_.end()) return;
  if (std::exchange(it->second.stale, false)) --stale_;
  if (it->second.info && *it->second.info == info) return;
  it->second.info = shared(std::move(info));
  changed_.push_back(name);
}

std::vector<ObjectName> Inventory::take_changed() { return std::exchange(changed_, {}); }

const Inventory::Bean* Inventory::find(const ObjectName& name) const {
  const auto it = beans_.find(name);
  return it == beans_.end() ? nullptr : &it->second;
}

std::shared_ptr<const MBeanInfo> Inventory::shared(MBeanInfo info) {
  if (infos_.size() >= sweep_at_) {
    std::erase_if(infos_, [](const auto& entry) { return entry.second.expired(); });
    sweep_at_ = std::max<std::size_t>(1024, 2 * infos_.size());
  }
  const std::size_t hash = hash_of(info);
  const auto [begin, end] = infos_.equal_range(hash);
  for (auto it = begin; it != end; ++it) {
    std::shared_ptr<const MBeanInfo> known = it->second.lock();
    if (known && *known == info) return known;
  }
  auto made = std::make_shared<const MBeanInfo>(std::move(info));
  infos_.emplace(hash, made);
  return made;
}

}  // namespace jmxbridge
