#pragma once

#include <memory>

#include "config/config.h"
#include "rules/rule_set.h"

namespace jmxbridge {

/// What a reload swaps: one configuration and the rules compiled from it. Immutable.
struct Snapshot {
  CollectorConfig config;
  std::shared_ptr<const RuleSet> rules;
};

}  // namespace jmxbridge
