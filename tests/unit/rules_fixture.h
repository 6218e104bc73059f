#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/config.h"
#include "config/report.h"
#include "jmx/object_name.h"
#include "jmx/value.h"
#include "rules/rule_set.h"
#include "values.h"

namespace jmxbridge {

/// A leaf that owns what it points to. `name` is an ObjectName's text.
class OwnedLeaf {
 public:
  OwnedLeaf(std::string_view name, std::string attribute, std::vector<std::string> keys = {},
            std::optional<std::string> description = {}, std::vector<Label> bean_labels = {})
      : attribute_(std::move(attribute)),
        keys_(std::move(keys)),
        description_(std::move(description)),
        bean_labels_(std::move(bean_labels)) {
    const std::size_t colon = name.find(':');
    domain_ = name.substr(0, colon);
    if (colon != std::string_view::npos) properties_ = read_properties(name.substr(colon + 1));
  }

  Leaf leaf() const {
    Leaf leaf;
    leaf.domain = domain_;
    leaf.properties = properties_;
    leaf.attribute_keys = keys_;
    leaf.attribute = attribute_;
    if (description_) leaf.description = *description_;
    leaf.bean_labels = bean_labels_;
    return leaf;
  }

 private:
  std::string domain_;
  std::vector<Property> properties_;
  std::string attribute_;
  std::vector<std::string> keys_;
  std::optional<std::string> description_;
  std::vector<Label> bean_labels_;
};

inline TemplateText at_line(std::string text, int line) { return {std::move(text), {line, 1}}; }

/// A rule to be, for chaining: `rule("a(.*)").name("x_$1").label("l", "$1")`.
class RuleMaker {
 public:
  RuleMaker() { config_.mark = {1, 1}; }
  explicit RuleMaker(std::string pattern) : RuleMaker() {
    config_.pattern = at_line(std::move(pattern), 2);
  }
  RuleMaker& name(std::string text) {
    config_.name = at_line(std::move(text), 3);
    return *this;
  }
  RuleMaker& value(std::string text) {
    config_.value = at_line(std::move(text), 4);
    return *this;
  }
  RuleMaker& help(std::string text) {
    config_.help = at_line(std::move(text), 5);
    return *this;
  }
  RuleMaker& label(std::string name, std::optional<std::string> value) {
    config_.has_labels = true;
    RuleLabel label{at_line(std::move(name), 6), std::nullopt};
    if (value) label.value = at_line(std::move(*value), 6);
    config_.labels.push_back(std::move(label));
    return *this;
  }
  RuleMaker& type(FamilyType type) {
    config_.type = type;
    return *this;
  }
  RuleMaker& factor(double factor) {
    config_.value_factor = factor;
    return *this;
  }
  RuleMaker& map(std::vector<MappedText> map) {
    config_.map = std::move(map);
    return *this;
  }
  RuleMaker& states(std::vector<std::string> states) {
    config_.states = std::move(states);
    return *this;
  }
  RuleMaker& quantile(std::string text) {
    config_.quantile = at_line(std::move(text), 7);
    return *this;
  }
  RuleMaker& snake() {
    config_.attr_name_snake_case = true;
    return *this;
  }
  RuleMaker& cache() {
    config_.cache = true;
    return *this;
  }
  operator RuleConfig() const { return config_; }

 private:
  RuleConfig config_;
};

inline CollectorConfig config_of(std::vector<RuleConfig> rules) {
  CollectorConfig config;
  config.rules = std::move(rules);
  return config;
}

/// The rules, compiled; they must have no errors.
inline std::shared_ptr<const RuleSet> rules_of(const CollectorConfig& config) {
  Report report("rules.yml");
  std::shared_ptr<const RuleSet> rules = RuleSet::compile(config, report);
  if (report.has_errors()) throw std::invalid_argument(report.text());
  return rules;
}

inline std::shared_ptr<const RuleSet> rules_of(std::vector<RuleConfig> rules) {
  return rules_of(config_of(std::move(rules)));
}

/// The findings of one severity, one a line.
inline std::string findings_of(const CollectorConfig& config, Severity severity) {
  Report report("rules.yml");
  RuleSet::compile(config, report);
  std::string text;
  for (const std::string& line : report.lines(severity)) text += line + '\n';
  return text;
}

/// The errors, then the warnings.
inline std::string report_of(const CollectorConfig& config) {
  return findings_of(config, Severity::kError) + findings_of(config, Severity::kWarning);
}

inline std::string notes_of(std::vector<RuleConfig> rules) {
  return findings_of(config_of(std::move(rules)), Severity::kNote);
}

inline std::string report_of(std::vector<RuleConfig> rules) {
  return report_of(config_of(std::move(rules)));
}

/// A match in one line: `name{label="value"}`, `none`, `dropped` or `error: …`.
inline std::string shown(const Match& match) {
  switch (match.kind) {
    case Match::Kind::kNone:
      return "none";
    case Match::Kind::kDropped:
      return "dropped";
    case Match::Kind::kError:
      return "error: " + match.error;
    case Match::Kind::kSample:
      break;
  }
  std::string out;
  for (const RuleSample& sample : match.samples) {
    out += sample.family;
    out += '{';
    for (const Label& label : sample.labels) {
      if (&label != &sample.labels.front()) out += ',';
      out += label.name + "=\"" + label.value + '"';
    }
    out += '}';
  }
  return out;
}

}  // namespace jmxbridge
