#include "rules/rule_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <unordered_map>
#include <utility>

#include "base/java_number.h"
#include "base/log.h"
#include "base/utf.h"
#include "rules/family_place.h"
#include "rules/match_text.h"
#include "rules/match_texts.h"
#include "rules/naming.h"
#include "rules/quantile.h"
#include "rules/rule.h"
#include "rules/rule_findings.h"
#include "rules/rule_index.h"
#include "rules/safe_name.h"

namespace jmxbridge {
namespace {

/// What one file may ask for. Ordinary patterns take some kilobytes each once compiled.
constexpr std::size_t kMostRules = 10'000;
constexpr std::size_t kMostCompiled = std::size_t{64} << 20;

MatchTexts& match_texts() {
  static thread_local MatchTexts texts;
  return texts;
}

/// True for the values whose text regex_analysis counts on.
bool is_settling(const Value& value, std::string_view text) {
  return is_numeric(value.kind) && !text.empty() &&
         text.find_first_not_of(kValueCharacters) == std::string_view::npos;
}

bool could_match(const std::vector<RequiredText>& ways, std::string_view text) {
  return std::any_of(ways.begin(), ways.end(),
                     [&](const RequiredText& way) { return way.could_be_in(text); });
}

}  // namespace

struct RuleSet::State {
  /// Rules that look at the same text of a leaf.
  struct Readers {
    bool snake_case = false;
    bool cache = false;
    RuleNumbers rules;
  };

  std::vector<Rule> rules;
  std::vector<Readers> readers;
  RuleIndex index;                  ///< by what patterns require
  RuleIndex before_value;           ///< by what they require before a number
  RuleNumbers value_readers;        ///< those that a number can decide on, where it can be reached
  std::vector<std::string> pieces;  ///< that patterns require, each once
  bool lower_case_names = false;
  bool lower_case_labels = false;
  bool infer_counters = false;
  bool has_cached_rules = false;
  bool too_large = false;  ///< what passes a bound is not there

  void add(Rule rule);
  void make_indexes();
  /// Leaves in texts.candidates the rules that could match.
  void find_candidates(MatchTexts& texts) const;
  /// The same for a number that is not known, so that what stands before it must do.
  void find_candidates_before(MatchTexts& texts) const;
  /// True if a number can bring one of the rules before this one to match.
  bool reaches_before(std::size_t rule, MatchTexts& texts) const;
  /// False if the rule's pattern surely does not match this text, which the memo is of.
  bool could_match(const Rule& rule, std::string_view text, PieceMemo& memo) const;
  void apply(const Rule& rule, const Leaf& leaf, const Value& value, const Captures& captures,
             MatchTexts& texts, Match& match) const;
  bool add_labels(const Rule& rule, const Leaf& leaf, const Captures& captures, RuleSample& sample,
                  Match& match) const;
};

namespace {

void set_error(Match& match, const Rule& rule, std::string_view text) {
  match.kind = Match::Kind::kError;
  match.error = fmt::format("{}: {}.", rule.where, text);
}

/// Expands a template of the rule; false, and the match an error, if it cannot be.
bool expand(const Template& what, std::string_view part, const Rule& rule, const Captures& captures,
            std::string& out, Match& match) {
  if (!what.error().empty()) {
    set_error(match, rule, fmt::format("its {} cannot be expanded: {}", part, what.error()));
    return false;
  }
  what.expand(captures, out);
  return true;
}

/// Adds a summary's own label; false, and the match an error, where it cannot be.
bool add_quantile(const Rule& rule, const Captures& captures, RuleSample& sample, Match& match) {
  const auto is_quantile = [](const Label& label) { return label.name == "quantile"; };
  if (std::any_of(sample.labels.begin(), sample.labels.end(), is_quantile)) {
    set_error(match, rule, "a summary has the label 'quantile' by itself: rename the other");
    return false;
  }
  if (!rule.quantile) return true;
  std::string text;
  if (!expand(*rule.quantile, "quantile", rule, captures, text, match)) return false;
  std::optional<std::string> quantile = quantile_label(text);
  if (!quantile) {
    set_error(
        match, rule,
        fmt::format("its quantile is '{}': make it a number from 0 to 1", printable(text, 80)));
    return false;
  }
  sample.labels.push_back({"quantile", std::move(*quantile)});
  sort_labels(sample.labels);
  return true;
}

/// Adds a sample for each state, of which at most one is on.
void add_states(const Rule& rule, std::string_view text, RuleSample sample, Match& match) {
  const auto is_own = [&](const Label& label) { return label.name == sample.family; };
  if (sample.family.find(':') != std::string::npos) {
    set_error(match, rule, "the name of a state set is that of a label, too: leave out its ':'");
    return;
  }
  if (std::any_of(sample.labels.begin(), sample.labels.end(), is_own)) {
    set_error(
        match, rule,
        fmt::format("the label '{}' is the state set's own: rename the other", sample.family));
    return;
  }
  if (std::find(rule.states.begin(), rule.states.end(), text) == rule.states.end()) {
    match.flagged = true;
    match.error =
        fmt::format("{}: no state of {} is on, because '{}' is none of them: add it to states.",
                    rule.where, sample.family, printable(text, 80));
  }
  match.kind = Match::Kind::kSample;
  for (const std::string& state : rule.states) {
    RuleSample& one = match.samples.emplace_back(sample);
    one.labels.push_back({sample.family, state});
    sort_labels(one.labels);
    one.fixed = state == text ? 1 : 0;
  }
}

/// The text that `map` and `states` look up, or whose number is the sample's; nothing, and the
/// match an error, where the rule's value cannot be expanded.
std::optional<std::string> value_text(const Rule& rule, const Captures& captures, MatchTexts& texts,
                                      Match& match) {
  if (!rule.value) return texts.value();
  if (!rule.regex) {
    set_error(match, rule, "it has a value but no pattern: add 'pattern: .*'");
    return std::nullopt;
  }
  std::string text;
  if (!expand(*rule.value, "value", rule, captures, text, match)) return std::nullopt;
  return text;
}

/// Reads the number that the rule itself gives, or the text whose state is on; false where the leaf
/// ends here.
bool take_value(const Rule& rule, const Captures& captures, MatchTexts& texts, RuleSample& sample,
                std::string& state, Match& match) {
  if (rule.value || rule.looks_up()) {
    std::optional<std::string> text = value_text(rule, captures, texts, match);
    if (!text) return false;
    if (!rule.states.empty()) {
      state = std::move(*text);
      return true;
    }
    if (rule.map.empty()) {
      sample.fixed = parse_java_double(*text);
    } else if (const auto at = rule.map.find(*text); at != rule.map.end()) {
      sample.fixed = at->second;
    }
    if (!sample.fixed) {
      match.dropped = rule.map.empty() ? "its value makes a text that is no number"
                                       : "its map has no such text";
      return false;
    }
  }
  if (rule.type == FamilyType::kInfo) sample.fixed = 1;
  return true;
}

/// What stands in `_objectname` (RuleSample::object_name).
std::string object_name(const Rule& rule, FamilyType type, MatchTexts& texts) {
  if (!rule.looks_up() && !has_own_form(type)) {
    const std::string_view text = texts.text(rule);
    return std::string(text.substr(0, text.rfind(':')));
  }
  std::string_view text = texts.before_value(rule.snake_case);
  if (type == FamilyType::kSummary) {
    text.remove_suffix(texts.attribute(rule.snake_case).size());
  }
  return std::string(text);
}

/// Runs the rule's pattern: quickly if there is a budget, and again with all its steps if that was
/// not enough and the budget allows.
JavaRegex::Verdict run(const JavaRegex& regex, std::size_t rule, std::string_view text,
                       MatchBudget* budget, Captures& captures, Match& match) {
  if (budget == nullptr) return regex.match(text, captures);
  const JavaRegex::Verdict quick = regex.match(text, captures, JavaRegex::Effort::kQuick);
  if (quick != JavaRegex::Verdict::kLimit) return quick;
  if (!budget->has_room(rule)) {
    match.postponed = true;
    return quick;
  }
  const auto start = std::chrono::steady_clock::now();
  const JavaRegex::Verdict verdict = regex.match(text, captures);
  budget->spend(rule, std::chrono::steady_clock::now() - start);
  return verdict;
}

}  // namespace

void RuleSet::State::add(Rule rule) {
  index.add(rule.analysis.ways);
  before_value.add(rule.analysis.ways_before_value);
  rules.push_back(std::move(rule));
}

void RuleSet::State::make_indexes() {
  index.finish();
  before_value.finish();
  value_readers.start(rules.size());
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const Rule& rule = rules[i];
    if (!rule.cache && !rule.analysis.value_independent) value_readers.add(i);
    auto same = std::find_if(readers.begin(), readers.end(), [&](const Readers& one) {
      return one.snake_case == rule.snake_case && one.cache == rule.cache;
    });
    if (same == readers.end()) {
      same = readers.insert(same, {rule.snake_case, rule.cache, {}});
      same->rules.start(rules.size());
    }
    same->rules.add(i);
  }
}

void RuleSet::State::find_candidates(MatchTexts& texts) const {
  texts.candidates.start(rules.size());
  for (const Readers& one : readers) {
    texts.found.start(rules.size());
    index.find(texts.text(one.snake_case, one.cache), texts.found);
    texts.found.keep(one.rules);
    texts.candidates.add_all(texts.found);
  }
}

void RuleSet::State::find_candidates_before(MatchTexts& texts) const {
  texts.candidates.start(rules.size());
  for (const Readers& one : readers) {
    texts.found.start(rules.size());
    if (one.cache) {
      index.find(texts.text(one.snake_case, true), texts.found);
    } else {
      before_value.find(texts.before_value(one.snake_case), texts.found);
    }
    texts.found.keep(one.rules);
    texts.candidates.add_all(texts.found);
  }
}

bool RuleSet::State::reaches_before(std::size_t rule, MatchTexts& texts) const {
  if (value_readers.next(0) >= rule) return false;
  find_candidates_before(texts);
  texts.candidates.keep(value_readers);
  for (std::size_t i = texts.candidates.next(0); i < rule; i = texts.candidates.next(i + 1)) {
    if (jmxbridge::could_match(rules[i].analysis.ways_before_value,
                               texts.before_value(rules[i].snake_case))) {
      return true;
    }
  }
  return false;
}

bool RuleSet::State::could_match(const Rule& rule, std::string_view text, PieceMemo& memo) const {
  for (std::size_t i = 0; i < rule.analysis.ways.size(); ++i) {
    const std::vector<std::uint32_t>& numbers = rule.piece_numbers[i];
    const bool has_all = std::all_of(numbers.begin(), numbers.end(), [&](std::uint32_t number) {
      return memo.has(number, pieces[number], text);
    });
    if (has_all && rule.analysis.ways[i].could_be_in(text)) return true;
  }
  return false;
}

/// Fills in the labels of a sample; false, and the match an error, where they cannot be.
bool RuleSet::State::add_labels(const Rule& rule, const Leaf& leaf, const Captures& captures,
                                RuleSample& sample, Match& match) const {
  if (!rule.name) {
    sample.labels = default_labels(leaf, lower_case_labels);
  } else {
    for (const Rule::LabelTemplates& templates : rule.labels) {
      Label label;
      if (!expand(templates.name, "label name", rule, captures, label.name, match)) return false;
      label.name = safe_name(label.name);
      if (lower_case_labels) lower_case(label.name);
      if (!templates.value) {
        set_error(match, rule,
                  fmt::format("the label '{}' has no value: write one, or '' to leave it out",
                              label.name));
        return false;
      }
      if (!expand(*templates.value, "label value", rule, captures, label.value, match)) {
        return false;
      }
      if (!label.name.empty() && !label.value.empty()) sample.labels.push_back(std::move(label));
    }
  }
  sample.labels.insert(sample.labels.end(), leaf.bean_labels.begin(), leaf.bean_labels.end());
  sort_labels(sample.labels);
  if (const std::optional<std::string> twice = repeated_label(sample.labels)) {
    if (rule.name) {
      set_error(match, rule, fmt::format("it makes two labels '{}': rename one", *twice));
      return false;
    }
    const auto same = [](const Label& a, const Label& b) { return a.name == b.name; };
    sample.labels.erase(std::unique(sample.labels.begin(), sample.labels.end(), same),
                        sample.labels.end());
    match.flagged = true;
    match.error = fmt::format(
        "{}: two properties make the label '{}', and the first one is kept: name the labels in a "
        "rule.",
        rule.where, *twice);
  }
  return true;
}

/// Makes the samples of a rule that matched (specification 12.1, steps 5 to 8).
void RuleSet::State::apply(const Rule& rule, const Leaf& leaf, const Value& value,
                           const Captures& captures, MatchTexts& texts, Match& match) const {
  match.kind = Match::Kind::kDropped;
  RuleSample sample;
  std::string state;
  if (!take_value(rule, captures, texts, sample, state, match)) return;

  std::string name;
  if (rule.name) {
    if (!expand(*rule.name, "name", rule, captures, name, match)) return;
    name = safe_name(name);
  } else {
    name = default_name(leaf, texts.attribute(rule.snake_case));
  }
  if (name.empty()) {
    match.dropped = "its name is empty";
    return;
  }
  if (lower_case_names) lower_case(name);
  FamilyPlace place = place_of_sample(name, rule.type, infer_counters, rule.quantile.has_value());
  sample.family = std::move(place.family);
  sample.type = place.type;
  sample.part = place.part;

  if (rule.help) {
    if (!expand(*rule.help, "help", rule, captures, sample.help, match)) return;
  } else {
    sample.help = default_help(leaf);
    sample.help_is_default = true;
  }
  if (!add_labels(rule, leaf, captures, sample, match)) return;

  const bool is_summary = sample.type == FamilyType::kSummary;
  if (is_summary && !add_quantile(rule, captures, sample, match)) return;
  const bool has_number = sample.fixed || !rule.states.empty() || is_numeric(value.kind);
  // A cache keeps what a text makes, too: the number may come later (specification 12.1).
  if (!has_number && !rule.cache) {
    match.flagged = false;
    match.error.clear();
    match.dropped = "the attribute is a text and the rule has no value";
    return;
  }
  sample.object_name = object_name(rule, sample.type, texts);
  sample.object_name_is_subject = sample.object_name == texts.before_value(false);
  sample.factor = rule.factor;
  if (!rule.states.empty()) {
    add_states(rule, state, std::move(sample), match);
    return;
  }
  match.kind = Match::Kind::kSample;
  match.cached = rule.cache;
  match.samples.push_back(std::move(sample));
}

RuleSet::RuleSet() : state_(std::make_unique<State>()) {}
RuleSet::~RuleSet() = default;

std::shared_ptr<const RuleSet> RuleSet::compile(const CollectorConfig& config, Report& report) {
  std::shared_ptr<const RuleSet> set = compile_unjudged(config, report);
  if (!set->state_->too_large) report_findings(config, *set, report);
  return set;
}

std::shared_ptr<const RuleSet> RuleSet::compile_unjudged(const CollectorConfig& config,
                                                         Report& report) {
  const std::shared_ptr<RuleSet> set(new RuleSet);
  State& state = *set->state_;
  state.lower_case_names = config.lowercase_output_name;
  state.lower_case_labels = config.lowercase_output_label_names;
  state.infer_counters = config.infer_counter_type_from_name;
  state.rules.reserve(config.rules.size());
  if (config.rules.size() > kMostRules) {
    report.error(config.rules[kMostRules].mark, rule_key(kMostRules),
                 fmt::format("there are {} rules, and more than {} are not taken: join those that "
                             "differ in a name only",
                             config.rules.size(), kMostRules));
    state.too_large = true;
    return set;
  }
  std::unordered_map<std::string, std::uint32_t> numbers;
  std::size_t compiled = 0;
  for (std::size_t i = 0; i < config.rules.size(); ++i) {
    std::optional<Rule> rule = compile_rule(config, i, report);
    if (!rule) continue;
    if (rule->regex) compiled += rule->regex->size();
    if (compiled > kMostCompiled) {
      report.error(config.rules[i].pattern->mark, rule_key(i, "pattern"),
                   fmt::format("the patterns up to here take more than {} MiB of memory once "
                               "compiled: lower the counts in braces, or remove rules",
                               kMostCompiled >> 20));
      state.too_large = true;
      return set;
    }
    for (const RequiredText& way : rule->analysis.ways) {
      std::vector<std::uint32_t>& of_way = rule->piece_numbers.emplace_back();
      for (const std::string& piece : way.pieces) {
        const auto [at, is_new] =
            numbers.emplace(piece, static_cast<std::uint32_t>(state.pieces.size()));
        if (is_new) state.pieces.push_back(piece);
        of_way.push_back(at->second);
      }
    }
    state.has_cached_rules = state.has_cached_rules || rule->cache;
    state.add(std::move(*rule));
  }
  state.make_indexes();
  return set;
}

Match RuleSet::evaluate(const Leaf& leaf, const Value& value, RuleChoice choice,
                        MatchBudget* budget) const {
  Match match;
  MatchTexts& texts = match_texts();
  texts.start(leaf, state_->pieces.size());
  if (!append_match_text(value, texts.value())) return match;
  if (!is_utf8(texts.value()) || !is_utf8(texts.before_value(false))) return match;

  match.settled = is_settling(value, texts.value());
  // An earlier rule that does not match may do so with another number.
  const auto settle = [&](std::size_t rule, bool settles) {
    match.settled = match.settled && settles && !state_->reaches_before(rule, texts);
  };
  state_->find_candidates(texts);
  const RuleNumbers& candidates = texts.candidates;
  for (std::size_t i = candidates.next(0); i != RuleNumbers::kNone; i = candidates.next(i + 1)) {
    const Rule& rule = state_->rules[i];
    if (rule.cache && choice == RuleChoice::kUncached) continue;
    Captures captures;
    if (rule.regex) {
      const std::string_view text = texts.text(rule);
      JavaRegex::Verdict verdict = JavaRegex::Verdict::kNoMatch;
      if (state_->could_match(rule, text, texts.memo(rule))) {
        verdict = run(*rule.regex, i, text, budget, captures, match);
      }
      if (verdict == JavaRegex::Verdict::kLimit) {
        match.rule = static_cast<std::int32_t>(i);
        settle(i, !match.postponed);
        set_error(match, rule,
                  "its pattern takes too many steps on an attribute: make it less ambiguous, for "
                  "example [^,]* instead of .*");
        return match;
      }
      if (verdict == JavaRegex::Verdict::kNoMatch) continue;
    }
    match.rule = static_cast<std::int32_t>(i);
    settle(i, rule.cache || rule.value_independent);
    state_->apply(rule, leaf, value, captures, texts, match);
    return match;
  }
  settle(state_->rules.size(), true);
  return match;
}

bool RuleSet::can_match(const Leaf& leaf, ValueRange values) const {
  MatchTexts& texts = match_texts();
  texts.start(leaf, state_->pieces.size());
  if (values == ValueRange::kScalar) {
    state_->find_candidates_before(texts);
    const RuleNumbers& candidates = texts.candidates;
    for (std::size_t i = candidates.next(0); i != RuleNumbers::kNone; i = candidates.next(i + 1)) {
      const Rule& rule = state_->rules[i];
      if (!rule.regex) return true;
      const bool can = rule.cache ? state_->could_match(rule, texts.text(rule), texts.memo(rule))
                                  : could_match(rule.analysis.ways_before_value,
                                                texts.before_value(rule.snake_case));
      if (can) return true;
    }
    return false;
  }
  return std::any_of(state_->rules.begin(), state_->rules.end(), [&](const Rule& rule) {
    if (!rule.regex) return true;
    const std::string_view before = texts.before_value(rule.snake_case);
    // Any text can be a value, and so hold what a pattern asks for, unless it asks at the start.
    return std::any_of(rule.analysis.ways_before_value.begin(),
                       rule.analysis.ways_before_value.end(), [&](const RequiredText& way) {
                         return !way.at_start || way.pieces.empty() ||
                                before.starts_with(way.pieces.front().substr(0, before.size()));
                       });
  });
}

bool RuleSet::has_cached_rules() const { return state_->has_cached_rules; }

std::size_t RuleSet::size() const { return state_->rules.size(); }

std::string_view RuleSet::why_unsettled(std::size_t rule) const {
  const Rule& one = state_->rules.at(rule);
  if (one.cache || one.value_independent) return {};
  if (!one.analysis.value_independent) return one.analysis.why_dependent;
  if (one.looks_up() && !one.value) return "'map' and 'states' look at the value";
  return "its templates use what the pattern takes from the value";
}

std::uint64_t RuleSet::regex_runs() { return JavaRegex::runs(); }

}  // namespace jmxbridge
