#pragma once

#include <string_view>

#include "config/report.h"
#include "config/yaml_node.h"

namespace jmxbridge {

/// How much text is read at most, in bytes (specification 2.1.3).
inline constexpr std::size_t kLargestYaml = 3 * 1024 * 1024;

/// Reads one YAML 1.1 document as SnakeYAML's safe constructor does (specification 2.1): merge keys
/// are merged, aliases resolved, of duplicate keys the last counts (with a warning). What breaks
/// the syntax or a limit is one located error in the report, and the document is not valid. So is a
/// byte that is no UTF-8; with `not_utf8` a warning it stands for U+FFFD, as the peer reads it.
YamlDocument read_yaml(std::string_view text, Report& report, Severity not_utf8 = Severity::kError);

}  // namespace jmxbridge
