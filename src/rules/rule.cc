#include "rules/rule.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "rules/family_place.h"
#include "rules/safe_name.h"

namespace jmxbridge {
namespace {

/// Compiles the templates of one rule and notes those that cannot be expanded.
class TemplateCompiler {
 public:
  TemplateCompiler(std::size_t index, const RegexSyntax& syntax, Report& report)
      : index_(index), syntax_(syntax), report_(report) {}

  Template compile(const TemplateText& text, std::string_view key) {
    Template result(text.text, syntax_.groups, syntax_.names);
    used_.insert(used_.end(), result.groups().begin(), result.groups().end());
    if (!result.error().empty()) {
      report_.warning(text.mark, rule_key(index_, key),
                      fmt::format("no sample comes of this rule, because its template cannot be "
                                  "expanded: {}",
                                  result.error()));
    }
    return result;
  }

  /// The groups that all templates together refer to.
  const std::vector<std::uint32_t>& used() const { return used_; }

 private:
  std::size_t index_;
  const RegexSyntax& syntax_;
  Report& report_;
  std::vector<std::uint32_t> used_;
};

/// True if one of these groups takes in the value.
bool take_value(const std::vector<std::uint32_t>& groups, const RegexAnalysis& analysis) {
  const std::vector<std::uint32_t>& of_value = analysis.value_groups;
  return std::any_of(groups.begin(), groups.end(), [&](std::uint32_t group) {
    return group == 0 || std::find(of_value.begin(), of_value.end(), group) != of_value.end();
  });
}

void warn_of_suffix(const RuleConfig& config, const CollectorConfig& all, std::size_t index,
                    Report& report) {
  std::string name = safe_name(config.name->text);
  if (all.lowercase_output_name) lower_case(name);
  const bool becomes_counter = all.infer_counter_type_from_name && name.ends_with("_total");
  const bool is_counter = becomes_counter || config.type == FamilyType::kCounter;
  if (is_counter && name.ends_with("_total")) name.resize(name.size() - 6);
  const std::string_view kept = strip_reserved_suffixes(name);
  if (kept.size() >= name.size()) return;
  report.warning(
      config.name->mark, rule_key(index, "name"),
      fmt::format("the ending '{}' is reserved and is removed from the name{}",
                  name.substr(kept.size()),
                  is_counter ? "" : "; '_total' stays where the rule says 'type: COUNTER'"));
}

/// False if the rule surely makes no sample of a summary: it has no quantile, and a name, known now
/// as it has no groups, without the ending of a sum or count.
bool can_be_summary(const Rule& rule, const CollectorConfig& all) {
  if (rule.quantile) return true;
  if (!rule.name) return false;
  if (!rule.name->groups().empty() || !rule.name->error().empty()) return true;
  std::string name;
  rule.name->expand(Captures(), name);
  name = safe_name(name);
  if (all.lowercase_output_name) lower_case(name);
  return place_of_sample(name, FamilyType::kSummary, /*infer_counters=*/false,
                         /*has_quantile=*/false)
             .type == FamilyType::kSummary;
}

/// Compiles and analyses the pattern of a rule, or its absence, which takes everything; false, with
/// an error in the report, if it cannot be used. `syntax` is for the templates.
bool compile_pattern(const RuleConfig& source, std::size_t index, RegexSyntax& syntax, Rule& rule,
                     Report& report) {
  if (!source.pattern) {
    rule.analysis.ways.emplace_back();
    rule.analysis.ways_before_value.emplace_back();
    rule.analysis.value_independent = true;
    return true;
  }
  const auto refuse = [&](const RegexError& error) {
    // What the wrapper's own end shows is a fault of the pattern as a whole.
    const std::string place = error.position < source.pattern->text.size()
                                  ? fmt::format("its character {}", error.position + 1)
                                  : std::string("its end");
    report.error(source.pattern->mark, rule_key(index, "pattern"),
                 fmt::format("the pattern cannot be used, at {}: {}", place, error.text));
    return false;
  };
  Result<RegexSyntax, RegexError> parsed = parse_rule_pattern(source.pattern->text);
  if (!parsed) return refuse(parsed.error());
  syntax = std::move(*parsed);
  Result<JavaRegex, RegexError> compiled = JavaRegex::compile(syntax);
  if (!compiled) return refuse(compiled.error());
  rule.regex = std::move(*compiled);
  rule.analysis = analyze_rule_pattern(syntax);
  return true;
}

void compile_templates(const RuleConfig& source, TemplateCompiler& templates, Rule& rule) {
  if (source.value && !source.value->text.empty()) {
    rule.value = templates.compile(*source.value, "value");
  }
  if (source.name) rule.name = templates.compile(*source.name, "name");
  if (source.help) rule.help = templates.compile(*source.help, "help");
  for (const RuleLabel& label : source.labels) {
    Rule::LabelTemplates pair{templates.compile(label.name, "labels"), std::nullopt};
    if (label.value) pair.value = templates.compile(*label.value, "labels");
    rule.labels.push_back(std::move(pair));
  }
  if (source.quantile) rule.quantile = templates.compile(*source.quantile, "quantile");
}

}  // namespace

std::string rule_key(std::size_t index, std::string_view key) {
  return key.empty() ? fmt::format("rules[{}]", index) : fmt::format("rules[{}].{}", index, key);
}

std::optional<Rule> compile_rule(const CollectorConfig& config, std::size_t index, Report& report) {
  const RuleConfig& source = config.rules[index];
  Rule rule;
  rule.type = source.type;
  rule.factor = source.value_factor;
  rule.snake_case = source.attr_name_snake_case;
  rule.cache = source.cache;
  for (const MappedText& mapped : source.map) rule.map.emplace(mapped.text, mapped.number);
  rule.states = source.states;
  rule.where = rule_key(index, "");
  if (source.mark.line > 0) rule.where += fmt::format(" (line {})", source.mark.line);

  RegexSyntax syntax;
  if (!compile_pattern(source, index, syntax, rule, report)) return std::nullopt;
  TemplateCompiler templates(index, syntax, report);
  compile_templates(source, templates, rule);
  const bool value_shows = take_value(templates.used(), rule.analysis);
  rule.value_independent =
      rule.analysis.value_independent && (!rule.looks_up() || rule.value) && !value_shows;

  if (rule.value && !source.pattern) {
    report.warning(source.value->mark, rule_key(index, "value"),
                   "no sample comes of this rule, because it has a value but no pattern: add "
                   "'pattern: .*'");
  }
  if (source.pattern && rule.cache && value_shows) {
    report.warning(source.mark, rule_key(index, ""),
                   "its templates use what the pattern takes from the value, which is the text "
                   "'<cache>' for a rule with 'cache: true': remove 'cache' or the reference");
  }
  if (rule.type == FamilyType::kSummary && !can_be_summary(rule, config)) {
    rule.type = FamilyType::kUnknown;
    report.warning(source.mark, rule_key(index, "type"),
                   "SUMMARY is taken as UNKNOWN, as the rule has neither quantile: nor a name that "
                   "ends in _sum or _count; add one, or remove the type");
  }
  if (source.name && !has_own_form(rule.type)) warn_of_suffix(source, config, index, report);
  return rule;
}

}  // namespace jmxbridge
