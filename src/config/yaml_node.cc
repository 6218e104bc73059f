#include "config/yaml_node.h"

namespace jmxbridge {
namespace {

constexpr std::size_t kLongestWritten = 64 * 1024;

void append_java_text(const YamlNode& node, std::string& out) {
  if (out.size() >= kLongestWritten) return;
  switch (node.type) {
    case YamlType::kSequence:
    case YamlType::kPairs: {
      out += '[';
      for (std::size_t i = 0; i < node.items.size() && out.size() < kLongestWritten; ++i) {
        if (i > 0) out += ", ";
        append_java_text(*node.items[i], out);
      }
      out += ']';
      return;
    }
    case YamlType::kMapping:
    case YamlType::kSet: {
      const bool set = node.type == YamlType::kSet;
      out += set ? '[' : '{';
      for (std::size_t i = 0; i < node.entries.size() && out.size() < kLongestWritten; ++i) {
        if (i > 0) out += ", ";
        append_java_text(*node.entries[i].key, out);
        if (set) continue;
        out += '=';
        append_java_text(*node.entries[i].value, out);
      }
      out += set ? ']' : '}';
      return;
    }
    default:
      out += node.text;
  }
}

}  // namespace

const YamlNode::Entry* YamlNode::entry(std::string_view key) const {
  for (const Entry& candidate : entries) {
    if (candidate.key->type == YamlType::kString && candidate.key->text == key) return &candidate;
  }
  return nullptr;
}

const YamlNode* YamlNode::find(std::string_view key) const {
  const Entry* found = entry(key);
  return found == nullptr ? nullptr : found->value;
}

std::string_view yaml_type_name(YamlType type) {
  switch (type) {
    case YamlType::kNull:
      return "nothing (null)";
    case YamlType::kBool:
      return "a boolean";
    case YamlType::kInt:
      return "an integer";
    case YamlType::kLong:
    case YamlType::kBigInteger:
      return "an integer beyond 32 bits";
    case YamlType::kFloat:
      return "a decimal number";
    case YamlType::kString:
      return "a text";
    case YamlType::kTimestamp:
      return "a date";
    case YamlType::kBinary:
      return "binary data";
    case YamlType::kSequence:
    case YamlType::kPairs:
      return "a list";
    case YamlType::kMapping:
      return "a map";
    case YamlType::kSet:
      return "a set";
  }
  return "something else";
}

std::string java_text(const YamlNode& node) {
  std::string out;
  append_java_text(node, out);
  return out;
}

}  // namespace jmxbridge
