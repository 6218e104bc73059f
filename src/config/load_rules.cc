#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/java_number.h"
#include "base/log.h"
#include "base/utf.h"
#include "config/load_parts.h"

namespace jmxbridge {
namespace {

constexpr std::array<std::string_view, 12> kRuleKeys = {
    "pattern",           "name", "value",  "valueFactor", "labels", "help", "type", "cache",
    "attrNameSnakeCase", "map",  "states", "quantile",
};

constexpr std::string_view kTypes = "COUNTER, GAUGE, UNKNOWN, INFO, STATESET or SUMMARY";

std::optional<FamilyType> type_named(std::string_view name) {
  if (name == "COUNTER") return FamilyType::kCounter;
  if (name == "GAUGE") return FamilyType::kGauge;
  if (name == "UNKNOWN" || name == "UNTYPED") return FamilyType::kUnknown;
  if (name == "INFO") return FamilyType::kInfo;
  if (name == "STATESET") return FamilyType::kStateSet;
  if (name == "SUMMARY") return FamilyType::kSummary;
  return std::nullopt;
}

std::optional<TemplateText> template_text(const Section& rule, std::string_view key) {
  std::optional<std::string> text = rule.text(key);
  if (!text) return std::nullopt;
  return TemplateText{std::move(*text), rule.find(key)->mark};
}

// Any value is taken, as Java's text of it.
std::optional<TemplateText> any_text(const Section& rule, std::string_view key) {
  const YamlNode* value = rule.find(key);
  if (value == nullptr) return std::nullopt;
  return TemplateText{java_text(*value), value->mark};
}

void load_pattern(const Section& rule, RuleConfig& out) {
  out.pattern = any_text(rule, "pattern");
  if (!out.pattern) return;
  const YamlNode& value = *rule.find("pattern");
  if (value.is_scalar() && value.type != YamlType::kNull) return;
  rule.warning(value.mark, "pattern",
               fmt::format("{}, which is taken as the text '{}'; put the pattern in quotes",
                           found(value), printable(out.pattern->text, 80)));
}

void load_value(const Section& rule, RuleConfig& out) {
  out.value = any_text(rule, "value");
  if (!out.value) return;
  if (out.value->text.empty()) {
    out.value.reset();
    return;
  }
  const YamlNode& value = *rule.find("value");
  const bool never = value.type == YamlType::kNull || value.type == YamlType::kBool ||
                     value.type == YamlType::kTimestamp || !value.is_scalar();
  const bool is_text = rule.find("map") != nullptr || rule.find("states") != nullptr;
  if (!never || is_text) return;
  rule.warning(value.mark, "value",
               fmt::format("{}, which is no number, so the rule drops what it matches; write a "
                           "number or a template such as $1",
                           found(value)));
}

void load_factor(const Section& rule, RuleConfig& out) {
  const YamlNode* value = rule.find("valueFactor");
  if (value == nullptr) return;
  const std::optional<double> factor = value->is_scalar() && value->type != YamlType::kNull
                                           ? parse_java_double(value->text)
                                           : std::nullopt;
  if (factor) {
    out.value_factor = *factor;
  } else {
    rule.wrong("valueFactor", *value, "a number, such as 0.001");
  }
}

void load_labels(const Section& rule, RuleConfig& out) {
  const YamlNode* labels = rule.find("labels");
  if (labels == nullptr) return;
  if (labels->type != YamlType::kMapping) {
    rule.wrong("labels", *labels, "a map of label names to values, such as {topic: \"$2\"}");
    return;
  }
  out.has_labels = true;
  for (const YamlNode::Entry& entry : labels->entries) {
    const std::string key = fmt::format("labels.{}", java_text(*entry.key).substr(0, 80));
    if (entry.key->type != YamlType::kString) {
      rule.error(entry.key->mark, key,
                 fmt::format("{} as the name of a label; put it in quotes", found(*entry.key)));
    }
    RuleLabel label;
    label.name = {entry.key->text, entry.key->mark};
    if (entry.value->type == YamlType::kString) {
      label.value = TemplateText{entry.value->text, entry.value->mark};
    } else if (entry.value->type == YamlType::kNull) {
      rule.warning(entry.value->mark, key,
                   "found nothing, so each sample of this rule fails; write '' for an empty text");
    } else {
      rule.wrong(key, *entry.value, "a text; put it in quotes");
    }
    out.labels.push_back(std::move(label));
  }
  std::sort(out.labels.begin(), out.labels.end(), [](const RuleLabel& a, const RuleLabel& b) {
    return compare_java_order(a.name.text, b.name.text) < 0;
  });
}

void load_type(const Section& rule, RuleConfig& out) {
  const YamlNode* value = rule.find("type");
  if (value == nullptr) return;
  if (value->type == YamlType::kNull) {
    rule.warning(value->mark, "type", "found nothing (null), which is taken as UNKNOWN; remove it");
    return;
  }
  if (value->type != YamlType::kString) {
    rule.wrong("type", *value, kTypes);
    return;
  }
  if (const std::optional<FamilyType> type = type_named(value->text)) {
    out.type = *type;
    return;
  }
  rule.warning(
      value->mark, "type",
      fmt::format("'{}' is taken as UNKNOWN; write {}", printable(value->text, 40), kTypes));
}

RuleConfig load_rule(const Section& rule) {
  rule.expect_keys(kRuleKeys);
  RuleConfig out;
  out.mark = rule.node().mark;
  load_pattern(rule, out);
  out.name = template_text(rule, "name");
  load_value(rule, out);
  load_factor(rule, out);
  load_labels(rule, out);
  out.help = template_text(rule, "help");
  load_type(rule, out);
  out.attr_name_snake_case = rule.boolean("attrNameSnakeCase").value_or(false);
  out.cache = rule.boolean("cache").value_or(false);
  load_rule_keys(rule, out);

  // A name that is there but wrong has its own error, and is not asked for once more.
  const YamlNode* name = rule.find("name");
  const bool nameless = name == nullptr || name->type == YamlType::kNull;
  for (const std::string_view key : {std::string_view("labels"), std::string_view("help")}) {
    const bool given = key == "help" ? out.help.has_value() : out.has_labels;
    if (given && nameless) {
      rule.error(rule.key_mark(key), key, "this needs a name beside it; add name: to the rule");
    }
  }
  if (out.name && !out.pattern) {
    rule.error(rule.key_mark("name"), "name",
               "this needs a pattern beside it; add pattern: to the rule, such as '.*'");
  }
  return out;
}

}  // namespace

void load_rules(const Section& top, CollectorConfig& config) {
  const YamlNode* list = top.find("rules");
  if (list == nullptr) {
    config.rules.emplace_back();
    return;
  }
  if (list->type != YamlType::kSequence) {
    top.wrong("rules", *list, "a list of rules, each starting with '- '");
    return;
  }
  for (std::size_t i = 0; i < list->items.size(); ++i) {
    const YamlNode& item = *list->items[i];
    const std::string path = element_path("rules", i);
    if (item.type == YamlType::kMapping) {
      config.rules.push_back(load_rule(Section(item, path, top.report())));
    } else {
      top.wrong(path, item, "a rule: a map with keys such as pattern and name");
    }
  }
}

}  // namespace jmxbridge
