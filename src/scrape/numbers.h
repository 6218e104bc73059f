#pragma once

#include <cstdint>
#include <vector>

namespace jmxbridge {

class BeanPlan;

/// The numbers of a plan, one place for each sample that was ever seen: the value, the scrape that
/// wrote it last and the bean it belongs to. Kept flat, so that a steady scrape touches little
/// memory. The first places belong to the daemon's own samples and have no bean.
class Numbers {
 public:
  explicit Numbers(std::uint32_t own) : values(own), seen(own), owner(own), own_(own) {}

  /// A place for one more sample of `bean`.
  std::uint32_t take(const BeanPlan* bean) {
    if (free_.empty()) {
      values.push_back(0);
      seen.push_back(0);
      owner.push_back(bean);
      return static_cast<std::uint32_t>(values.size() - 1);
    }
    const std::uint32_t place = free_.back();
    free_.pop_back();
    owner[place] = bean;
    return place;
  }

  void give_back(std::uint32_t place) {
    seen[place] = 0;
    owner[place] = nullptr;
    free_.push_back(place);
  }

  void set(std::uint32_t place, double value, std::uint32_t epoch) {
    values[place] = value;
    seen[place] = epoch;
  }

  std::uint32_t size() const { return static_cast<std::uint32_t>(values.size()); }
  std::uint32_t own() const { return own_; }
  std::uint32_t in_use() const { return size() - own_ - static_cast<std::uint32_t>(free_.size()); }

  std::vector<double> values;
  std::vector<std::uint32_t> seen;  ///< epoch of the last write; 0: never
  std::vector<const BeanPlan*> owner;

 private:
  std::vector<std::uint32_t> free_;
  std::uint32_t own_;
};

}  // namespace jmxbridge
