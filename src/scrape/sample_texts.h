#pragma once

#include <string>

#include "scrape/plan.h"

namespace jmxbridge {

/// The help of a planned sample of this bean; empty: no HELP line.
std::string help_of(const BeanPlan& bean, const PlannedSample& sample);

/// The value of `_objectname` for a planned sample of this bean (RuleSample::object_name).
std::string object_name_of(const BeanPlan& bean, const PlannedSample& sample);

}  // namespace jmxbridge
