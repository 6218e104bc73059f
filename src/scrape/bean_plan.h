#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/metric.h"
#include "config/config.h"
#include "jmx/mbean_info.h"
#include "jmx/object_name.h"
#include "scrape/slot.h"

namespace jmxbridge {

/// One attribute that is read: for its samples, as a label of its bean's samples, or both.
struct AttributePlan {
  std::uint32_t index = 0;  ///< in the MBeanInfo
  bool is_metric = false;
  bool is_label = false;
  /// Its class is never a sample: not read again until the bean's info changes (4.5).
  bool excluded = false;
  std::uint32_t label_epoch = 0;  ///< the scrape that brought its label last
  Node node;
};

/// One bean of the plan.
class BeanPlan {
 public:
  ObjectName name;
  std::shared_ptr<const MBeanInfo> info;
  std::vector<AttributePlan> attributes;  ///< those that are labels come first
  const MetricCustomizer* customizer = nullptr;
  std::vector<Node> extras;    ///< one for each extra metric of the customizer
  std::vector<Label> labels;   ///< from `attributesAsLabels`, as of the last answer
  std::uint32_t answered = 0;  ///< epoch of the last answer; 0: never
};

}  // namespace jmxbridge
