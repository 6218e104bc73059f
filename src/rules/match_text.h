#pragma once

#include <string>
#include <string_view>

#include "rules/rule_set.h"

namespace jmxbridge {

/// Appends the text that a rule's pattern is matched against, up to the attribute's name
/// (specification 6.1): `domain<key=value, …><key, …>Attribute`. `: ` and the value follow.
void append_match_subject(const Leaf& leaf, std::string_view attribute, std::string& out);

/// An attribute's name for rules with `attrNameSnakeCase` (specification 6.4).
std::string snake_case(std::string_view name);

/// What stands for the value in the match text of rules with `cache` (specification 7.10.2).
inline constexpr std::string_view kCachedValueText = "<cache>";

}  // namespace jmxbridge
