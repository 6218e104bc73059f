#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/report.h"

namespace jmxbridge {

/// What a node is, as SnakeYAML's safe constructor builds it (specification 2.1.2). Java's kinds of
/// integer are kept apart because some keys take one of them only.
enum class YamlType : std::uint8_t {
  kNull,
  kBool,
  kInt,         ///< fits 32 bits
  kLong,        ///< fits 64 bits
  kBigInteger,  ///< any other integer
  kFloat,
  kString,
  kTimestamp,
  kBinary,
  kSequence,
  kPairs,  ///< `!!pairs`: a list of two-element arrays, kept as a sequence of sequences
  kMapping,
  kSet,  ///< `!!set`: its members are the keys
};

/// One node of a document. Children are views into the document that owns them; an alias is the
/// node of its anchor, so nodes can have several parents, but no node contains itself.
struct YamlNode {
  struct Entry;

  YamlType type = YamlType::kNull;
  /// Written without quotes, not as a block, and without a tag.
  bool plain = false;
  bool anchored = false;  ///< has an anchor, for aliases elsewhere
  Mark mark;
  /// A string's content, or what Java's toString says of any other scalar (specification 2.4).
  std::string text;
  std::string source;  ///< of a scalar that is no string: as it stands in the file
  bool boolean = false;
  std::int64_t integer = 0;  ///< kInt, kLong; kTimestamp: milliseconds since 1970
  double number = 0.0;       ///< kFloat, kInt, kLong, kBigInteger
  std::vector<const YamlNode*> items;
  std::vector<Entry> entries;  ///< in the order of the file, each key once
  /// What gave way to an entry whose key is equal to Java but written otherwise, as `ON` and `yes`;
  /// of those written alike the first counts.
  std::vector<Entry> shadowed;

  bool is_scalar() const { return type < YamlType::kSequence; }
  /// A scalar as it stands in the file, whatever YAML makes of it: `NO`, `1.50`.
  const std::string& written() const { return type == YamlType::kString ? text : source; }
  /// The value of a string key, or null when the mapping has no such key.
  const YamlNode* find(std::string_view key) const;
  /// The entry of a string key, or null.
  const Entry* entry(std::string_view key) const;
};

/// A key with its place, and its value.
struct YamlNode::Entry {
  const YamlNode* key = nullptr;
  const YamlNode* value = nullptr;
};

/// A document and the nodes in it.
struct YamlDocument {
  std::deque<YamlNode> nodes;
  const YamlNode* root = nullptr;  ///< null when the text has no content, or is broken
  bool valid = false;
};

/// What a kind of node is called in a message: `a boolean`, `a list`.
std::string_view yaml_type_name(YamlType type);

/// Java's String.valueOf of a node: `[a, b]`, `{a=1}`, `null`. Cut at 64 KiB, which only nested
/// aliases can reach.
std::string java_text(const YamlNode& node);

}  // namespace jmxbridge
