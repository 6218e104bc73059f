#pragma once

#include "config/config.h"
#include "config/section.h"

namespace jmxbridge {

/// Warns of what loads without error and yet does not do what it looks like: attribute filters
/// that match nothing (verdict Q11), `ssl` that is off (Q32), a password that goes over the network
/// in clear, an allow-list of attributes that leaves nothing, a `value` that has no pattern.
void report_findings(const Section& top, const CollectorConfig& config);

}  // namespace jmxbridge
