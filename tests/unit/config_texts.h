#pragma once

#include <string>
#include <string_view>

#include "config/load.h"
#include "config/yaml_node.h"

namespace jmxbridge {

/// What loading a text reports, as a user sees it; the file is `c.yml`.
inline std::string report_of(std::string_view text) {
  return load_config_text(text, "c.yml").report.text();
}

/// The same with a target, so that line 2 is the text's first.
inline std::string report_with_target(std::string_view text) {
  return report_of("hostPort: 127.0.0.1:9599\n" + std::string(text));
}

/// The configuration that a text with a target yields.
inline CollectorConfig config_of(std::string_view text) {
  return load_config_text("hostPort: 127.0.0.1:9599\n" + std::string(text), "c.yml").config;
}

/// A node as one line with its types: `{s:a=i:1, s:b=[null]}`.
inline std::string typed(const YamlNode& node) {
  const auto list = [](const auto& items, const auto& write) {
    std::string out;
    for (const auto& item : items) out += (out.empty() ? "" : ", ") + write(item);
    return out;
  };
  const auto write_item = [](const YamlNode* item) { return typed(*item); };
  switch (node.type) {
    case YamlType::kNull:
      return "null";
    case YamlType::kBool:
      return "b:" + node.text;
    case YamlType::kInt:
      return "i:" + node.text;
    case YamlType::kLong:
      return "l:" + node.text;
    case YamlType::kBigInteger:
      return "B:" + node.text;
    case YamlType::kFloat:
      return "d:" + node.text;
    case YamlType::kString:
      return "s:" + node.text;
    case YamlType::kTimestamp:
      return "t:" + std::to_string(node.integer);
    case YamlType::kBinary:
      return "y:" + node.text;
    case YamlType::kSequence:
    case YamlType::kPairs:
      return "[" + list(node.items, write_item) + "]";
    case YamlType::kMapping:
      return "{" +
             list(node.entries,
                  [](const YamlNode::Entry& entry) {
                    return typed(*entry.key) + "=" + typed(*entry.value);
                  }) +
             "}";
    case YamlType::kSet:
      return "<" +
             list(node.entries, [](const YamlNode::Entry& entry) { return typed(*entry.key); }) +
             ">";
  }
  return "?";
}

}  // namespace jmxbridge
