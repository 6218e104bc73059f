#pragma once

#include <string>
#include <string_view>

#include "config/yaml_node.h"

namespace jmxbridge {

inline constexpr std::string_view kYamlTags = "tag:yaml.org,2002:";

/// The short name of the standard tag that a plain scalar has by its looks: `null`, `bool`, `int`,
/// `float`, `timestamp`, `merge` or `str`, by SnakeYAML's expressions (specification 2.1.2).
std::string_view implicit_tag(std::string_view text);

/// Builds the scalar of a standard tag, named by its short name: sets type, text and value. The
/// result is empty, or says why the text cannot be of that tag.
std::string build_scalar(std::string_view tag, std::string_view text, YamlNode& node);

}  // namespace jmxbridge
