#include "rules/naming.h"

#include <algorithm>
#include <utility>

#include "base/utf.h"
#include "rules/safe_name.h"

namespace jmxbridge {

std::string default_name(const Leaf& leaf, std::string_view attribute) {
  std::string name(leaf.domain);
  name += '_';
  if (!leaf.properties.empty()) name += leaf.properties.front().value;
  for (const std::string& key : leaf.attribute_keys) {
    name += '_';
    name += key;
  }
  name += '_';
  name += attribute;
  return safe_name(name);
}

std::vector<Label> default_labels(const Leaf& leaf, bool lower_case_names) {
  std::vector<Label> labels;
  if (leaf.properties.empty()) return labels;
  labels.reserve(leaf.properties.size() - 1 + leaf.bean_labels.size());
  for (const Property& property : leaf.properties.subspan(1)) {
    labels.push_back({safe_name(property.key), property.value});
    if (lower_case_names) lower_case(labels.back().name);
  }
  return labels;
}

std::string default_help(const Leaf& leaf) {
  std::string help;
  if (leaf.description && *leaf.description != leaf.attribute) {
    help += *leaf.description;
    help += ' ';
  }
  const auto property = [&](std::string_view key) {
    const auto at = std::find_if(leaf.properties.begin(), leaf.properties.end(),
                                 [&](const Property& one) { return one.key == key; });
    return at == leaf.properties.end() ? std::string_view("null") : std::string_view(at->value);
  };
  help += leaf.domain;
  help += ":name=";
  help += property("name");
  help += ",type=";
  help += property("type");
  help += ",attribute=";
  help += leaf.attribute;
  return help;
}

void sort_labels(std::vector<Label>& labels) {
  // Few, and mostly sorted already: each goes behind those that it does not precede.
  for (auto at = labels.begin(); at != labels.end(); ++at) {
    const auto place = std::upper_bound(
        labels.begin(), at, *at,
        [](const Label& a, const Label& b) { return compare_java_order(a.name, b.name) < 0; });
    std::rotate(place, at, at + 1);
  }
}

std::optional<std::string> repeated_label(const std::vector<Label>& labels) {
  const auto at =
      std::adjacent_find(labels.begin(), labels.end(),
                         [](const Label& a, const Label& b) { return a.name == b.name; });
  if (at == labels.end()) return std::nullopt;
  return at->name;
}

}  // namespace jmxbridge
