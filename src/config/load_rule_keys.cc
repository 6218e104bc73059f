#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "base/java_number.h"
#include "base/log.h"
#include "config/load_parts.h"

namespace jmxbridge {
namespace {

constexpr std::size_t kMostMapped = 1000;
constexpr std::size_t kMostStates = 100;
constexpr std::size_t kLongestText = 1000;  // bytes of one text in `map` or `states`

/// One text of `map` or `states`, as it stands in the file, checked; false with an error.
bool check_text(const Section& rule, std::string_view key, const YamlNode& text) {
  const bool is_nothing = text.type == YamlType::kNull && text.written().empty();
  if (!text.is_scalar() || is_nothing) {
    rule.wrong(key, text, "a text of the attribute, such as RUNNING");
    return false;
  }
  if (text.written().size() > kLongestText) {
    rule.error(text.mark, key,
               fmt::format("the text is longer than {} bytes; let value capture a shorter part of "
                           "the attribute's",
                           kLongestText));
    return false;
  }
  return true;
}

std::optional<double> number_of(const YamlNode& value) {
  const bool is_number = value.type == YamlType::kInt || value.type == YamlType::kLong ||
                         value.type == YamlType::kBigInteger || value.type == YamlType::kFloat;
  return is_number ? std::optional<double>(value.number) : std::nullopt;
}

void load_map(const Section& rule, RuleConfig& out) {
  const YamlNode* map = rule.find("map");
  if (map == nullptr) return;
  if (map->type != YamlType::kMapping || map->entries.empty()) {
    rule.wrong("map", *map, "a map of the attribute's texts to numbers, such as {UP: 1, DOWN: 0}");
    return;
  }
  if (map->entries.size() + map->shadowed.size() > kMostMapped) {
    rule.error(map->mark, "map",
               fmt::format("this has more than {} texts; capture a number with value instead",
                           kMostMapped));
    return;
  }
  std::set<std::string_view> taken;
  const auto take = [&](const YamlNode::Entry& entry, bool gives_way) {
    if (!check_text(rule, "map", *entry.key)) return;
    const std::string& text = entry.key->written();
    if (!taken.insert(text).second) {
      if (gives_way) return;
      rule.error(entry.key->mark, "map",
                 fmt::format("the text '{}' stands twice; remove one", printable(text, 80)));
      return;
    }
    if (const std::optional<double> number = number_of(*entry.value)) {
      out.map.push_back({text, *number});
    } else {
      rule.wrong(fmt::format("map.{}", printable(text, 80)), *entry.value,
                 "a number, without quotes");
    }
  };
  for (const YamlNode::Entry& entry : map->entries) take(entry, /*gives_way=*/false);
  for (const YamlNode::Entry& entry : map->shadowed) take(entry, /*gives_way=*/true);
}

void load_states(const Section& rule, RuleConfig& out) {
  const YamlNode* states = rule.find("states");
  if (states == nullptr) return;
  if (states->type != YamlType::kSequence || states->items.empty()) {
    rule.wrong("states", *states,
               "a list of the texts that the attribute can have, such as [RUNNING, PAUSED]");
    return;
  }
  if (states->items.size() > kMostStates) {
    rule.error(states->mark, "states",
               fmt::format("this has more than {} states; export the text as a label instead, with "
                           "type: INFO",
                           kMostStates));
    return;
  }
  for (const YamlNode* item : states->items) {
    if (!check_text(rule, "states", *item)) continue;
    const std::string& text = item->written();
    if (text.empty()) {
      rule.error(item->mark, "states",
                 "an empty text cannot be a state, as Prometheus drops such labels; remove it");
    } else if (std::find(out.states.begin(), out.states.end(), text) != out.states.end()) {
      rule.error(item->mark, "states",
                 fmt::format("the state '{}' stands twice; remove one", printable(text, 80)));
    } else {
      out.states.push_back(text);
    }
  }
}

void load_quantile(const Section& rule, RuleConfig& out) {
  const YamlNode* value = rule.find("quantile");
  if (value == nullptr) return;
  constexpr std::string_view kWanted =
      "a number from 0 to 1, or a template of one such as \"0.$4\"";
  const bool is_template =
      value->type == YamlType::kString && value->text.find_first_of("$\\") != std::string::npos;
  if (!is_template) {
    std::optional<double> number = number_of(*value);
    if (value->type == YamlType::kString) number = parse_java_double(value->text);
    if (!number || !(*number >= 0 && *number <= 1)) {
      rule.wrong("quantile", *value, kWanted);
      return;
    }
  }
  out.quantile = TemplateText{value->text, value->mark};
}

/// Says where a key that is given cannot be; `instead` is what to do.
void refuse(const Section& rule, std::string_view key, std::string_view instead) {
  if (rule.find(key) != nullptr) rule.error(rule.key_mark(key), key, instead);
}

void check_state_set(const Section& rule, FamilyType type) {
  if (type != FamilyType::kStateSet) {
    refuse(rule, "states", "this is for state sets; add type: STATESET to the rule, or use map");
  } else if (rule.find("states") == nullptr) {
    rule.error(rule.key_mark("type"), "type",
               "a state set needs its states; add states: [RUNNING, PAUSED] to the rule");
  }
}

void check_quantile(const Section& rule, const RuleConfig& out) {
  if (rule.find("quantile") == nullptr) return;
  if (out.type != FamilyType::kSummary) {
    refuse(rule, "quantile", "this is for summaries; add type: SUMMARY to the rule, or use labels");
    return;
  }
  const YamlNode* name = rule.find("name");
  if (name == nullptr || name->type == YamlType::kNull) {
    refuse(rule, "quantile", "the rules of a summary share one name; add name: to each of them");
  }
  for (const RuleLabel& label : out.labels) {
    if (label.name.text != "quantile") continue;
    rule.error(label.name.mark, "labels.quantile",
               "quantile: beside labels makes this label; remove one of them");
  }
}

}  // namespace

void load_rule_keys(const Section& rule, RuleConfig& out) {
  load_map(rule, out);
  load_states(rule, out);
  load_quantile(rule, out);
  check_state_set(rule, out.type);
  check_quantile(rule, out);
  if (out.type == FamilyType::kInfo) {
    refuse(rule, "map", "an INFO is always 1; remove this, or give the rule another type");
    refuse(rule, "valueFactor", "an INFO is always 1; remove this, or give the rule another type");
  }
  if (out.type == FamilyType::kStateSet) {
    refuse(rule, "map", "a state set has its states instead; remove this or them");
    refuse(rule, "valueFactor", "a state is 0 or 1; remove this");
  }
  if (out.cache && (rule.find("map") != nullptr || rule.find("states") != nullptr)) {
    rule.error(rule.key_mark("cache"), "cache",
               "a cached sample never sees the attribute's text again, which map and states look "
               "at; remove cache");
  }
}

}  // namespace jmxbridge
