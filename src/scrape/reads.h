#pragma once

#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

#include "jmx/mbean_info.h"
#include "scrape/bean_plan.h"
#include "scrape/source.h"

namespace jmxbridge {

/// A list to fetch, and what each position of it means.
struct Reads {
  struct Bean {
    BeanPlan* plan;
    /// Positions in plan->attributes; shared with the beans that are read alike.
    std::shared_ptr<const std::vector<std::uint32_t>> attributes;
  };

  std::shared_ptr<const ReadList> list;
  std::vector<Bean> beans;
};

/// Makes a list to read. Beans that are read alike share what says so.
class ReadsBuilder {
 public:
  /// Adds what the plan reads of the bean, if there is anything. `watch_all` as in Plan::reads().
  void add(BeanPlan& bean, bool watch_all);
  /// The list, once: the builder is empty then.
  Reads take();

 private:
  /// What is read of a bean, by name and by position in its plan.
  struct Selected {
    AttributeNames names;
    std::shared_ptr<const std::vector<std::uint32_t>> positions;
  };

  const Selected& selected_of(const BeanPlan& bean);

  std::shared_ptr<ReadList> list_ = std::make_shared<ReadList>();
  Reads reads_;
  std::unordered_map<const MBeanInfo*, std::vector<Selected>> known_;
  std::vector<std::uint32_t> positions_;  ///< of the bean at hand
};

}  // namespace jmxbridge
