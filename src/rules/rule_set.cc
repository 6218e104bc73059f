#include "rules/rule_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <unordered_map>
#include <utility>

#include "base/utf.h"
#include "rules/match_text.h"
#include "rules/match_texts.h"
#include "rules/rule.h"
#include "rules/rule_findings.h"
#include "rules/rule_index.h"
#include "rules/rule_samples.h"

namespace jmxbridge {
namespace {

/// What one file may ask for. Ordinary patterns take some kilobytes each once compiled.
constexpr std::size_t kMostRules = 10'000;
constexpr std::size_t kMostCompiled = std::size_t{64} << 20;

using PieceNumbers = std::unordered_map<std::string, std::uint32_t>;

MatchTexts& match_texts() {
  static thread_local MatchTexts texts;
  return texts;
}

/// True for the values whose text regex_analysis counts on.
bool is_settling(const Value& value, std::string_view text) {
  return is_numeric(value.kind) && !text.empty() &&
         text.find_first_not_of(kValueCharacters) == std::string_view::npos;
}

/// False if the rule's pattern surely does not match, whatever number stands behind the text.
bool could_match_before(const Rule& rule, MatchTexts& texts) {
  const std::string_view text = texts.before_value(rule.snake_case);
  return std::any_of(rule.analysis.ways_before_value.begin(), rule.analysis.ways_before_value.end(),
                     [&](const RequiredText& way) { return way.could_be_in(text); });
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
  NamingStyle style;
  bool has_cached_rules = false;
  bool too_large = false;  ///< what passes a bound is not there

  /// Gives the rule the numbers of its pieces; those that are new get the next ones.
  void number_pieces(Rule& rule, PieceNumbers& known);
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
};

void RuleSet::State::number_pieces(Rule& rule, PieceNumbers& known) {
  for (const RequiredText& way : rule.analysis.ways) {
    std::vector<std::uint32_t>& numbers = rule.piece_numbers.emplace_back();
    for (const std::string& piece : way.pieces) {
      const auto [at, is_new] = known.emplace(piece, static_cast<std::uint32_t>(pieces.size()));
      if (is_new) pieces.push_back(piece);
      numbers.push_back(at->second);
    }
  }
}

void RuleSet::State::add(Rule rule) {
  has_cached_rules = has_cached_rules || rule.cache;
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
      index.find(texts.text(one.snake_case, /*cached=*/true), texts.found);
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
    if (could_match_before(rules[i], texts)) return true;
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
  state.style = {.lower_case_names = config.lowercase_output_name,
                 .lower_case_labels = config.lowercase_output_label_names,
                 .infer_counters = config.infer_counter_type_from_name};
  state.rules.reserve(config.rules.size());
  if (config.rules.size() > kMostRules) {
    report.error(config.rules[kMostRules].mark, rule_key(kMostRules),
                 fmt::format("there are {} rules, and more than {} are not taken: join those that "
                             "differ in a name only",
                             config.rules.size(), kMostRules));
    state.too_large = true;
    return set;
  }
  PieceNumbers numbers;
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
    state.number_pieces(*rule, numbers);
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
  if (!is_utf8(texts.value()) || !is_utf8(texts.before_value(/*snake=*/false))) return match;

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
    make_samples(rule, state_->style, leaf, value, captures, texts, match);
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
                                  : could_match_before(rule, texts);
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
