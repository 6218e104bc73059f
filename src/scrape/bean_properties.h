#pragma once

#include <vector>

#include "jmx/object_name.h"
#include "scrape/bean_plan.h"

namespace jmxbridge {

/// The key properties of the bean at hand: of few beans they are needed, and not for long, so none
/// are kept but those that were read last.
class BeanProperties {
 public:
  /// Lives until another bean is asked for.
  const std::vector<Property>& of(const BeanPlan& bean) {
    if (bean_ != &bean) properties_ = read_properties(bean.name.property_list());
    bean_ = &bean;
    return properties_;
  }
  /// The bean will be gone, and another may come to stand in its place.
  void forget(const BeanPlan& bean) {
    if (bean_ == &bean) bean_ = nullptr;
  }

 private:
  const BeanPlan* bean_ = nullptr;
  std::vector<Property> properties_;
};

}  // namespace jmxbridge
