#pragma once

#include "config/config.h"
#include "config/section.h"

namespace jmxbridge {

// The parts of a file, each read from the top level into its place in the configuration.

/// `includeObjectNames`, `excludeObjectNames` and their older names (specification 2.3).
void load_object_names(const Section& top, CollectorConfig& config);

/// `includeObjectNameAttributes` and `excludeObjectNameAttributes` (specification 4.4).
void load_attribute_filters(const Section& top, CollectorConfig& config);

/// `ssl` (specification 3.3). Of a map that is off nothing but `enabled` is looked at.
void load_ssl(const Section& top, CollectorConfig& config);

/// `metricCustomizers` (specification 5.6.1).
void load_customizers(const Section& top, CollectorConfig& config);

/// `rules` (specification 2.4); the patterns and templates themselves are checked where they are
/// compiled.
void load_rules(const Section& top, CollectorConfig& config);

/// The keys of a rule that the JMX exporter lacks (`map`, `states`, `quantile`), and whether they
/// go together with the rest of it, which has been read.
void load_rule_keys(const Section& rule, RuleConfig& out);

}  // namespace jmxbridge
