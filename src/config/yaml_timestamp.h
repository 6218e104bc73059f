#pragma once

#include <string_view>

#include "config/yaml_node.h"

namespace jmxbridge {

/// True if a plain scalar is an ISO date or time by its looks, as YAML 1.1 has them.
bool looks_timestamp(std::string_view text);

/// Builds a date from its text: milliseconds since 1970 and Java's text of it in the local time
/// zone. Days and months past their end run over into the next, as in Java's lenient calendar.
bool build_timestamp(std::string_view text, YamlNode& node);

}  // namespace jmxbridge
