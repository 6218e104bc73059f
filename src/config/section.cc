#include "config/section.h"

#include <fmt/format.h>

#include "base/log.h"
#include "config/nearest_key.h"

namespace jmxbridge {

std::string found(const YamlNode& value, Show show) {
  const bool named = show == Show::kKindOnly || !value.is_scalar() ||
                     value.type == YamlType::kNull || value.type == YamlType::kBinary;
  if (named) return fmt::format("found {}", yaml_type_name(value.type));
  return fmt::format("found '{}' ({})", printable(value.text, 80), yaml_type_name(value.type));
}

std::string element_path(std::string_view list, std::size_t index) {
  return fmt::format("{}[{}]", list, index);
}

Mark Section::key_mark(std::string_view key) const {
  const YamlNode::Entry* entry = node_.entry(key);
  return entry == nullptr ? node_.mark : entry->key->mark;
}

std::string Section::path_of(std::string_view key) const {
  std::string shown = printable(key, 80);
  if (path_.empty()) return shown;
  return key.empty() ? path_ : fmt::format("{}.{}", path_, shown);
}

void Section::error(Mark mark, std::string_view key, std::string_view text) const {
  report_.error(mark, path_of(key), text);
}

void Section::warning(Mark mark, std::string_view key, std::string_view text) const {
  report_.warning(mark, path_of(key), text);
}

void Section::wrong(std::string_view key, const YamlNode& value, std::string_view wanted,
                    Show show) const {
  error(value.mark, key, fmt::format("{}; write {}", found(value, show), wanted));
}

void Section::expect_keys(std::span<const std::string_view> known) const {
  for (const YamlNode::Entry& entry : node_.entries) {
    const YamlNode& key = *entry.key;
    if (key.type != YamlType::kString) {
      warning(key.mark, java_text(key).substr(0, 80),
              fmt::format("this key is {}, not a text, and is ignored; remove it or quote it",
                          yaml_type_name(key.type)));
      continue;
    }
    bool is_known = false;
    for (const std::string_view candidate : known) is_known = is_known || candidate == key.text;
    if (is_known) continue;
    const std::string_view nearest = nearest_key(key.text, known);
    // It stands there for its anchor, and without it an alias elsewhere would name nothing.
    if (nearest.empty() && entry.value->anchored) continue;
    warning(key.mark, key.text,
            nearest.empty()
                ? std::string("this key is not known here and is ignored; remove it")
                : fmt::format("this key is not known here and is ignored; did you mean '{}'?",
                              nearest));
  }
}

std::optional<bool> Section::boolean(std::string_view key) const {
  const YamlNode* value = find(key);
  if (value == nullptr) return std::nullopt;
  if (value->type == YamlType::kBool) return value->boolean;
  wrong(key, *value, "true or false, without quotes");
  return std::nullopt;
}

std::optional<std::int32_t> Section::integer(std::string_view key, std::int32_t least) const {
  const YamlNode* value = find(key);
  if (value == nullptr) return std::nullopt;
  if (value->type == YamlType::kInt && value->integer >= least) {
    return static_cast<std::int32_t>(value->integer);
  }
  wrong(key, *value, fmt::format("a whole number from {} to 2147483647, without quotes", least));
  return std::nullopt;
}

std::optional<std::string> Section::text(std::string_view key, Show show) const {
  const YamlNode* value = find(key);
  if (value == nullptr || value->type == YamlType::kNull) return std::nullopt;
  if (value->type == YamlType::kString) return value->text;
  wrong(key, *value, "a text; put it in quotes", show);
  return std::nullopt;
}

}  // namespace jmxbridge
