#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "config/yaml_node.h"

namespace jmxbridge {

/// What becomes of a key of the JMX exporter's file here.
enum class MoveVerdict : std::uint8_t {
  kChange,  ///< it cannot stay as it is
  kCheck,   ///< it loads, but may not do what was meant
  kBetter,  ///< it means the same, without a fault that the exporter has
  kSame,
};

/// One thing to say of a key wherever it stands in a file.
struct KeyVerdict {
  std::string_view key;  ///< dotted path; `rules[].type` for each rule's
  MoveVerdict verdict;
  std::string_view text;
  bool (*applies)(const YamlNode& value) = nullptr;  ///< null: to every value
};

/// Of each key that the exporter knows, and of those that it lacks, at least one.
std::span<const KeyVerdict> key_verdicts();

/// What a file means by not having a key, or one with a value that is no better than none; the
/// exporter does otherwise.
std::span<const KeyVerdict> absence_verdicts();

/// What holds of any file.
std::span<const KeyVerdict> general_verdicts();

}  // namespace jmxbridge
