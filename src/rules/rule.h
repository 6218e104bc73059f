#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/metric.h"
#include "config/config.h"
#include "config/report.h"
#include "rules/java_regex.h"
#include "rules/regex_analysis.h"
#include "rules/templates.h"

namespace jmxbridge {

/// One rule, compiled. Immutable.
struct Rule {
  struct LabelTemplates {
    Template name;
    std::optional<Template> value;  ///< absent: null in the file, an error at match time
  };

  /// Absent: the rule takes everything.
  std::optional<JavaRegex> regex;
  RegexAnalysis analysis;
  /// The pieces of each of analysis.ways, as numbers in the rule set's table of them.
  std::vector<std::vector<std::uint32_t>> piece_numbers;
  /// What is made of a match depends on the text before the value only.
  bool value_independent = false;

  std::optional<Template> name;
  std::optional<Template> value;
  std::optional<Template> help;
  std::optional<Template> quantile;
  std::map<std::string, double, std::less<>> map;  ///< empty: the rule takes numbers
  std::vector<std::string> states;                 ///< empty: no state set
  std::vector<LabelTemplates> labels;              ///< in the order of their name templates
  FamilyType type = FamilyType::kUnknown;
  double factor = 1.0;
  bool snake_case = false;
  bool cache = false;
  std::string where;  ///< for messages: `rules[2] (line 14)`

  /// A text is looked up, in `map` or `states`.
  bool looks_up() const { return !map.empty() || !states.empty(); }
};

/// The dotted path of a rule, or of one of its keys, as findings name it: `rules[2].pattern`.
std::string rule_key(std::size_t index, std::string_view key = {});

/// Compiles the rule at `index`, from 0. Errors go into the report, and then there is no rule.
/// So do warnings about what is accepted but cannot have been meant.
std::optional<Rule> compile_rule(const CollectorConfig& config, std::size_t index, Report& report);

}  // namespace jmxbridge
