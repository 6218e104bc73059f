#include <fmt/format.h>

#include <optional>
#include <unordered_map>
#include <utility>

#include "config/load_parts.h"

namespace jmxbridge {
namespace {

std::optional<std::vector<ObjectName>> object_names(const Section& top, std::string_view key) {
  const YamlNode* list = top.find(key);
  if (list == nullptr) return std::nullopt;
  std::vector<ObjectName> names;
  if (list->type != YamlType::kSequence) {
    top.wrong(key, *list, "a list of object names, such as [\"java.lang:*\"]");
    return names;
  }
  for (std::size_t i = 0; i < list->items.size(); ++i) {
    const YamlNode& item = *list->items[i];
    const std::string path = element_path(key, i);
    if (item.type != YamlType::kString) {
      top.wrong(path, item, "an object name in quotes, such as \"java.lang:*\"");
      continue;
    }
    Result<ObjectName> name = ObjectName::parse(item.text);
    if (name) {
      names.push_back(std::move(*name));
    } else {
      top.error(item.mark, path, name.error().text);
    }
  }
  return names;
}

// The newer key, or the older one where that is absent; lists are not put together.
std::optional<std::vector<ObjectName>> either(const Section& top, std::string_view key,
                                              std::string_view older) {
  if (top.find(key) == nullptr) return object_names(top, older);
  if (top.find(older) != nullptr) {
    top.warning(top.key_mark(older), older,
                fmt::format("this is ignored, as {} is given too; move the names there", key));
  }
  return object_names(top, key);
}

std::vector<std::string> attribute_names(const Section& top, const std::string& path,
                                         const YamlNode& list) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < list.items.size(); ++i) {
    const YamlNode& item = *list.items[i];
    if (item.type == YamlType::kString) {
      names.push_back(item.text);
    } else {
      top.warning(item.mark, element_path(path, i),
                  fmt::format("{}, which equals no attribute; put it in quotes", found(item)));
    }
  }
  return names;
}

AttributeFilter attribute_filter(const Section& top, std::string_view key) {
  AttributeFilter filter;
  const YamlNode* map = top.find(key);
  if (map == nullptr) return filter;
  if (map->type != YamlType::kMapping) {
    top.wrong(key, *map, "a map of object names to lists of attributes");
    return filter;
  }
  std::unordered_map<ObjectName, std::size_t> places;
  for (const YamlNode::Entry& entry : map->entries) {
    const std::string path = fmt::format("{}.{}", key, java_text(*entry.key));
    if (entry.key->type != YamlType::kString) {
      top.error(entry.key->mark, path,
                fmt::format("{} as a key; write an object name in quotes", found(*entry.key)));
      continue;
    }
    Result<ObjectName> name = ObjectName::parse(entry.key->text);
    if (!name) top.error(entry.key->mark, path, name.error().text);
    if (entry.value->type != YamlType::kSequence) {
      top.wrong(path, *entry.value, "a list of attributes, such as [Count, Value]");
      continue;
    }
    std::vector<std::string> attributes = attribute_names(top, path, *entry.value);
    if (!name) continue;
    // Two spellings of one name are one key, and their lists are put together.
    const auto [place, fresh] = places.emplace(*name, filter.size());
    if (fresh) {
      filter.emplace_back(std::move(*name), std::move(attributes));
    } else {
      std::vector<std::string>& known = filter[place->second].second;
      known.insert(known.end(), attributes.begin(), attributes.end());
    }
  }
  return filter;
}

}  // namespace

void load_object_names(const Section& top, CollectorConfig& config) {
  config.include_object_names = either(top, "includeObjectNames", "whitelistObjectNames");
  config.exclude_object_names =
      either(top, "excludeObjectNames", "blacklistObjectNames").value_or(std::vector<ObjectName>());
}

void load_attribute_filters(const Section& top, CollectorConfig& config) {
  config.include_object_name_attributes = attribute_filter(top, "includeObjectNameAttributes");
  config.exclude_object_name_attributes = attribute_filter(top, "excludeObjectNameAttributes");
}

}  // namespace jmxbridge
