#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/rule_set.h"

namespace jmxbridge {

/// The name of a rule without `name` (specification 7.3.1), before lower-casing: a safe name.
std::string default_name(const Leaf& leaf, std::string_view attribute);

/// The labels of such a rule: the properties behind the first one (specification 7.3.2).
std::vector<Label> default_labels(const Leaf& leaf, bool lower_case_names);

/// The help of a rule without `help` (specification 7.11).
std::string default_help(const Leaf& leaf);

/// Sorts labels by name in Java's String order; those of one name keep their order.
void sort_labels(std::vector<Label>& labels);

/// The first name that two of these sorted labels share, if any.
std::optional<std::string> repeated_label(const std::vector<Label>& labels);

}  // namespace jmxbridge
