#pragma once

#include "config/config.h"
#include "config/report.h"

namespace jmxbridge {

class RuleSet;

/// Warns of what loads and yet cannot have been meant, as far as it can be told without a target:
/// patterns that no attribute fits, rules that an earlier one hides, families of two types. Notes
/// patterns that take longer names than they say, and the rules that are matched anew in each
/// scrape, and why. Names no rule that could be of use; it may miss some that are of none, in long
/// lists as well. `rules` are those of `config`. Takes some tenths of a second for long lists.
void report_findings(const CollectorConfig& config, const RuleSet& rules, Report& report);

}  // namespace jmxbridge
