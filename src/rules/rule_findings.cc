#include "rules/rule_findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "base/log.h"
#include "rules/alphabet.h"
#include "rules/family_place.h"
#include "rules/java_regex.h"
#include "rules/pattern_automaton.h"
#include "rules/pattern_language.h"
#include "rules/rule.h"
#include "rules/rule_set.h"
#include "rules/safe_name.h"
#include "rules/templates.h"
#include "rules/text_form.h"

namespace jmxbridge {
namespace {

using Kind = RegexNode::Kind;

/// Some tenths of a second at most.
constexpr std::size_t kSteps = 20'000'000;
constexpr std::size_t kMaxEndings = 64;

constexpr std::array kSlips = {Slip::kColon,   Slip::kComma,   Slip::kBrackets, Slip::kNoBlank,
                               Slip::kNoValue, Slip::kAnyCase, Slip::kAnyValue, Slip::kAnyText};

/// True if some node of the tree fits.
template <typename Predicate>
bool has_node(const RegexNode& node, const Predicate& fits) {
  return fits(node) || std::any_of(node.parts.begin(), node.parts.end(),
                                   [&](const RegexNode& part) { return has_node(part, fits); });
}

/// The user's part of a wrapped pattern.
std::span<const RegexNode> inner_nodes(const RegexNode& root) {
  if (root.kind != Kind::kSequence || root.parts.size() < 4) return {};
  return std::span(root.parts).subspan(2, root.parts.size() - 4);
}

/// The pattern with a ':' behind it, where it ends in the name of an attribute.
RegexNode ended_by_colon(const RegexNode& root) {
  RegexNode ended = root;
  RegexNode colon;
  colon.kind = Kind::kLiteral;
  colon.literal = ':';
  ended.parts.insert(ended.parts.end() - 2, std::move(colon));
  return ended;
}

/// Collects the texts that a pattern can end in, as far as they are ASCII literals.
void collect_endings(std::span<const RegexNode> nodes, std::string ending,
                     std::vector<std::string>& endings) {
  for (std::size_t i = nodes.size(); i-- > 0;) {
    const RegexNode& node = nodes[i];
    if (node.kind == Kind::kLiteral && node.literal < 0x80) {
      ending.insert(ending.begin(), static_cast<char>(node.literal));
    } else if (node.kind == Kind::kCapture || node.kind == Kind::kSequence) {
      collect_endings(node.parts, std::move(ending), endings);
      return;
    } else if (node.kind == Kind::kAlternation) {
      for (const RegexNode& part : node.parts) {
        if (endings.size() < kMaxEndings) collect_endings({&part, 1}, ending, endings);
      }
      return;
    } else {
      break;
    }
  }
  if (!ending.empty() && endings.size() < kMaxEndings) endings.push_back(std::move(ending));
}

/// A rule with a pattern, and what is worked out of it.
struct Subject {
  std::size_t index = 0;
  RegexSyntax syntax;
  TextKind kind;
  std::vector<std::string> endings;
  std::optional<PatternAutomaton> least;
  std::optional<PatternAutomaton> most;
  std::optional<FittingTexts> texts;
  std::optional<TextTaker> taker;
  bool reported = false;
};

/// Compares the patterns of one list of rules.
class PatternFindings {
 public:
  PatternFindings(const std::vector<RuleConfig>& rules, Report& report)
      : rules_(rules), report_(report) {}

  /// Returns the rules that were found to be of no use.
  std::set<std::size_t> report() {
    parse();
    make_automata();
    for (Subject& subject : subjects_) report_unfit(subject);
    for (std::size_t i = 0; i < subjects_.size(); ++i) report_hidden(i);
    for (std::size_t i = 0; i < subjects_.size(); ++i) report_longer_names(i);
    std::set<std::size_t> useless;
    for (const Subject& subject : subjects_) {
      if (subject.reported) useless.insert(subject.index);
    }
    return useless;
  }

 private:
  using Form = std::tuple<TextKind, Slip>;

  void parse() {
    for (std::size_t i = 0; i < rules_.size(); ++i) {
      if (!rules_[i].pattern) continue;
      Result<RegexSyntax, RegexError> syntax = parse_rule_pattern(rules_[i].pattern->text);
      if (!syntax) continue;  // reported where rules are compiled
      Subject subject;
      subject.index = i;
      subject.syntax = std::move(*syntax);
      subject.kind = {rules_[i].attr_name_snake_case, rules_[i].cache,
                      has_node(subject.syntax.root, [](const RegexNode& node) {
                        return node.kind == Kind::kLiteral && node.literal == '"';
                      })};
      collect_endings(inner_nodes(subject.syntax.root), {}, subject.endings);
      subjects_.push_back(std::move(subject));
    }
  }

  /// Makes none if the patterns together have too many characters: then only equal ones are found.
  void make_automata() {
    std::map<Form, RegexNode> forms;
    for (const Subject& subject : subjects_) {
      PatternAutomaton::add_classes(subject.syntax.root, alphabet_);
      const auto add_form = [&](Slip slip) {
        const auto [at, is_new] = forms.try_emplace({subject.kind, slip});
        if (!is_new) return;
        at->second = std::move(parse_java_regex(text_form(subject.kind, slip))->root);
        PatternAutomaton::add_classes(at->second, alphabet_);
      };
      add_form(Slip::kNone);
      std::for_each(kSlips.begin(), kSlips.end(), add_form);
    }
    if (!alphabet_.finish()) return;
    for (const auto& [form, root] : forms) {
      forms_.emplace(form,
                     PatternAutomaton::make(root, PatternAutomaton::Side::kAtLeast, alphabet_));
    }
    for (Subject& subject : subjects_) {
      const RegexNode& root = subject.syntax.root;
      subject.least = PatternAutomaton::make(root, PatternAutomaton::Side::kAtLeast, alphabet_);
      subject.most = PatternAutomaton::make(root, PatternAutomaton::Side::kAtMost, alphabet_);
      if (subject.least) subject.texts = texts_of(*subject.least, subject.kind, Slip::kNone);
    }
    // They point at the automata, which stay where they are from here on.
    for (Subject& subject : subjects_) {
      if (subject.most) subject.taker.emplace(*subject.most, alphabet_);
    }
  }

  std::optional<FittingTexts> texts_of(const PatternAutomaton& pattern, const TextKind& kind,
                                       Slip slip) {
    const std::optional<PatternAutomaton>& form = forms_.at({kind, slip});
    if (!form) return std::nullopt;
    return FittingTexts::make(pattern, *form, budget_);
  }

  void warn_of_pattern(Subject& subject, std::string_view text) {
    report_.warning(rules_[subject.index].pattern->mark, rule_key(subject.index, "pattern"), text);
    subject.reported = true;
  }

  void report_unfit(Subject& subject) {
    const bool repeats_equals = has_node(subject.syntax.root, [](const RegexNode& node) {
      return node.kind == Kind::kRepeat && node.max == RegexNode::kNoMax &&
             node.parts.front().kind == Kind::kLiteral && node.parts.front().literal == '=';
    });
    if (repeats_equals) {
      warn_of_pattern(subject,
                      "the '*' repeats the '=' before it, for a pattern is a regular expression: "
                      "write '=.*' or '=([^,]*)' for any value");
    }
    if (!subject.texts || !subject.texts->empty()) return;
    Slip found = Slip::kNone;
    for (const Slip slip : kSlips) {
      const std::optional<FittingTexts> texts = texts_of(*subject.least, subject.kind, slip);
      if (!texts) return;
      if (texts->empty()) continue;
      found = slip;
      break;
    }
    warn_of_pattern(subject, fmt::format("it matches no attribute: {}", advice(found)));
  }

  static bool compares(const Subject& earlier, const Subject& later) {
    return earlier.kind.snake_case == later.kind.snake_case &&
           earlier.kind.cache == later.kind.cache && !later.reported;
  }

  void report_hidden(std::size_t at) {
    Subject& later = subjects_[at];
    for (Subject& earlier : std::span(subjects_).first(at)) {
      if (!compares(earlier, later)) continue;
      const bool same = rules_[earlier.index].pattern->text == rules_[later.index].pattern->text;
      if (!same && !(later.texts && !later.texts->empty() && earlier.taker &&
                     earlier.taker->takes_all(*later.texts, budget_))) {
        continue;
      }
      later.reported = true;
      const bool by_length = !same && takes_longer_names(earlier, later);
      report_.warning(
          rules_[later.index].mark, rule_key(later.index),
          fmt::format("it is never used, because rules[{}] before it takes {}: {}", earlier.index,
                      same        ? "the same"
                      : by_length ? "longer names too"
                                  : "all that it matches",
                      by_length ? "move it up, or end the pattern of that one in ':'"
                                : "move it up or remove it"));
      return;
    }
  }

  /// True if `earlier` takes what `later` does only because something may follow the name of the
  /// attribute that it ends in.
  bool takes_longer_names(const Subject& earlier, const Subject& later) {
    if (!extends_an_ending(earlier, later) || !later.texts) return false;
    const std::optional<PatternAutomaton> ended = PatternAutomaton::make(
        ended_by_colon(earlier.syntax.root), PatternAutomaton::Side::kAtLeast, alphabet_);
    if (!ended) return false;
    const std::optional<FittingTexts> ended_texts = texts_of(*ended, earlier.kind, Slip::kNone);
    return ended_texts && !ended_texts->empty() && !later.texts->could_match(*ended, budget_) &&
           later.texts->could_match(*earlier.least, budget_);
  }

  static bool extends_an_ending(const Subject& earlier, const Subject& later) {
    for (const std::string& ending : earlier.endings) {
      for (const std::string& longer : later.endings) {
        const std::size_t found = longer.find(ending);
        if (found != std::string::npos && found + ending.size() < longer.size()) return true;
      }
    }
    return false;
  }

  void report_longer_names(std::size_t at) {
    const Subject& earlier = subjects_[at];
    if (!earlier.least || earlier.reported) return;
    for (const Subject& later : std::span(subjects_).subspan(at + 1)) {
      if (!compares(earlier, later) || !takes_longer_names(earlier, later)) continue;
      report_.note(rules_[earlier.index].pattern->mark, rule_key(earlier.index, "pattern"),
                   fmt::format("it takes longer names as well, some that rules[{}] asks for among "
                               "them: end it in ':', or move that one before it",
                               later.index));
      return;
    }
  }

  const std::vector<RuleConfig>& rules_;
  Report& report_;
  StepBudget budget_{kSteps};
  Alphabet alphabet_;
  std::vector<Subject> subjects_;
  std::map<Form, std::optional<PatternAutomaton>> forms_;
};

/// Reports the rules behind the first one without a pattern, and returns how many come up to it.
std::size_t report_behind_catch_all(const std::vector<RuleConfig>& rules, Report& report) {
  const auto takes_all = std::find_if(rules.begin(), rules.end(),
                                      [](const RuleConfig& rule) { return !rule.pattern; });
  const auto index = static_cast<std::size_t>(takes_all - rules.begin());
  for (std::size_t i = index + 1; i < rules.size(); ++i) {
    report.warning(rules[i].mark, rule_key(i),
                   fmt::format("it is never used, because rules[{}] before it takes everything: "
                               "move it up or remove it",
                               index));
  }
  return std::min(index + 1, rules.size());
}

/// Where the samples of a rule go, if its name is the same whatever it matches (specification
/// 7.8.1).
std::optional<FamilyPlace> fixed_place(const CollectorConfig& config, const RuleConfig& rule) {
  if (!rule.name) return std::nullopt;
  const Template name(rule.name->text, 0, {});
  if (!name.error().empty() || !name.groups().empty()) return std::nullopt;
  std::string text;
  name.expand({}, text);
  text = safe_name(text);
  if (text.empty()) return std::nullopt;
  if (config.lowercase_output_name) lower_case(text);
  return place_of_sample(text, rule.type, config.infer_counter_type_from_name,
                         rule.quantile.has_value());
}

/// Compares the rules up to `end`; those in `useless` make no samples.
void report_split_families(const CollectorConfig& config, std::size_t end,
                           const std::set<std::size_t>& useless, Report& report) {
  struct First {
    std::size_t rule = 0;
    FamilyType type = FamilyType::kUnknown;
    bool reported = false;
  };
  std::map<std::string, First> known;
  for (std::size_t i = 0; i < end; ++i) {
    if (useless.contains(i)) continue;
    const std::optional<FamilyPlace> place = fixed_place(config, config.rules[i]);
    if (!place) continue;
    const auto [at, is_new] = known.try_emplace(place->family, First{i, place->type, false});
    First& first = at->second;
    if (is_new || first.reported || first.type == place->type) continue;
    first.reported = true;
    const bool keeps_first = has_own_form(first.type) || has_own_form(place->type);
    report.warning(
        config.rules[i].name->mark, rule_key(i, "name"),
        fmt::format("the family '{}' is {} here and {} in rules[{}], and so {} where "
                    "both make samples: give both one type, or other names",
                    printable(place->family, 100), type_name(place->type), type_name(first.type),
                    first.rule, keeps_first ? "one of them is left out" : "UNKNOWN"));
  }
}

void report_rule_findings(const CollectorConfig& config, Report& report) {
  const std::size_t used = report_behind_catch_all(config.rules, report);
  const std::vector<RuleConfig> rules(config.rules.begin(),
                                      config.rules.begin() + static_cast<std::ptrdiff_t>(used));
  report_split_families(config, used, PatternFindings(rules, report).report(), report);
}

void report_unsettled_rules(const CollectorConfig& config, const RuleSet& rules, Report& report) {
  if (rules.size() != config.rules.size()) return;  // some have errors
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const std::string_view why = rules.why_unsettled(i);
    if (why.empty()) continue;
    report.note(config.rules[i].pattern ? config.rules[i].pattern->mark : config.rules[i].mark,
                rule_key(i, "pattern"),
                fmt::format("it is matched anew in each scrape, because {}", why));
  }
}

}  // namespace

void report_findings(const CollectorConfig& config, const RuleSet& rules, Report& report) {
  report_rule_findings(config, report);
  report_unsettled_rules(config, rules, report);
}

}  // namespace jmxbridge
