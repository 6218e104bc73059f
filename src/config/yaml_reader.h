#pragma once

#include <string_view>

#include "config/report.h"
#include "config/yaml_node.h"

namespace jmxbridge {

/// How much text is read at most, in bytes (specification 2.1.3).
inline constexpr std::size_t kLargestYaml = 3 * 1024 * 1024;

/// Reads one YAML 1.1 document as SnakeYAML's safe constructor does (specification 2.1): merge keys
/// are merged, aliases resolved. What breaks the syntax or a limit is one located error in the
/// report, and the document is not valid. `lapses` is what it finds of what the peer forgives: of
/// duplicate keys the last counts, and bytes that are no UTF-8 stand for U+FFFD.
YamlDocument read_yaml(std::string_view text, Report& report, Severity lapses = Severity::kWarning);

}  // namespace jmxbridge
