#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "config/report.h"
#include "config/yaml_node.h"

namespace jmxbridge {

/// What a message may show of a value.
enum class Show : std::uint8_t { kValue, kKindOnly };

/// One mapping of the file under reading: its keys with their types checked. What is wrong goes
/// into the report, located, and reading goes on. A view of the node and the report.
class Section {
 public:
  /// `path` is the section's own, as `rules[2]`; empty for the file's top level.
  Section(const YamlNode& node, std::string path, Report& report)
      : node_(node), path_(std::move(path)), report_(report) {}

  const YamlNode& node() const { return node_; }
  Report& report() const { return report_; }
  const YamlNode* find(std::string_view key) const { return node_.find(key); }
  Mark key_mark(std::string_view key) const;
  std::string path_of(std::string_view key) const;

  /// Warns of each key that is not among these, with the nearest one (verdict Q31).
  void expect_keys(std::span<const std::string_view> known) const;

  /// `true` or `false`; absent gives nothing, anything else an error and nothing.
  std::optional<bool> boolean(std::string_view key) const;
  /// A 32-bit integer from `least` on, as `boolean`.
  std::optional<std::int32_t> integer(std::string_view key, std::int32_t least) const;
  /// A text or null; null and absent give nothing, anything else an error and nothing.
  std::optional<std::string> text(std::string_view key, Show show = Show::kValue) const;

  /// Says that a value is not of the kind it must have; `wanted` is what to write instead.
  void wrong(std::string_view key, const YamlNode& value, std::string_view wanted,
             Show show = Show::kValue) const;
  void error(Mark mark, std::string_view key, std::string_view text) const;
  void warning(Mark mark, std::string_view key, std::string_view text) const;

 private:
  const YamlNode& node_;
  std::string path_;
  Report& report_;
};

/// `found 'soon' (a text)`, the start of a message about a value.
std::string found(const YamlNode& value, Show show = Show::kValue);

/// The path of a list's element.
std::string element_path(std::string_view list, std::size_t index);

}  // namespace jmxbridge
