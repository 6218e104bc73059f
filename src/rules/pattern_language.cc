#include "rules/pattern_language.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

namespace jmxbridge {
namespace {

constexpr std::size_t kMaxFittingPlaces = 30'000;
/// Sets of one pattern, and steps of one comparison.
constexpr std::size_t kMaxSets = 4000;
constexpr std::size_t kMaxSteps = 500'000;

std::uint8_t first_of(const Alphabet::Symbols& symbols) {
  std::size_t symbol = 0;
  while (!symbols.test(symbol)) ++symbol;
  return static_cast<std::uint8_t>(symbol);
}

}  // namespace

/// Follows the pattern and the form through the same text.
class FittingTexts::Builder {
 public:
  Builder(const PatternAutomaton& pattern, const PatternAutomaton& form)
      : pattern_(pattern), form_(form) {}

  std::optional<FittingTexts> build(StepBudget& budget) {
    std::vector<std::uint32_t> start = pairs(pattern_.start(), form_.start(), false);
    for (std::uint32_t at = 0; at < keys_.size(); ++at) {
      expand(at);
      if (keys_.size() > kMaxFittingPlaces || !budget.take(1 + places_[at].after.size())) {
        return std::nullopt;
      }
    }
    return trimmed(start);
  }

 private:
  struct Key {
    PatternAutomaton::Place pattern;
    PatternAutomaton::Place form;
    bool begun = false;  ///< the match has taken a character
  };

  std::uint32_t number(const Key& key) {
    const std::uint64_t code =
        (pattern_.number(key.pattern) * form_.places() + form_.number(key.form)) * 2 +
        (key.begun ? 1 : 0);
    const auto [at, is_new] = numbers_.emplace(code, static_cast<std::uint32_t>(keys_.size()));
    if (is_new) {
      keys_.push_back(key);
      places_.emplace_back();
    }
    return at->second;
  }

  std::vector<std::uint32_t> pairs(const std::vector<PatternAutomaton::Place>& patterns,
                                   const std::vector<PatternAutomaton::Place>& forms, bool begun) {
    std::vector<std::uint32_t> result;
    result.reserve(patterns.size() * forms.size());
    for (const PatternAutomaton::Place& pattern : patterns) {
      for (const PatternAutomaton::Place& form : forms) {
        if (pattern_.accepts(pattern) != form_.accepts(form)) continue;
        result.push_back(number({pattern, form, begun}));
      }
    }
    return result;
  }

  void expand(std::uint32_t at) {
    const Key key = keys_[at];
    if (pattern_.accepts(key.pattern)) {
      places_[at].accepts = true;
      return;
    }
    const bool in_lead = pattern_.in_lead(key.pattern);
    if (form_.in_group(key.form) && !in_lead && !key.begun) return;
    const Alphabet::Symbols symbols = pattern_.symbols(key.pattern) & form_.symbols(key.form);
    if (symbols.none()) return;
    std::vector<std::uint32_t> after =
        pairs(pattern_.after(key.pattern), form_.after(key.form), !in_lead);
    places_[at].symbols = symbols;
    places_[at].after = std::move(after);
  }

  /// Keeps what leads to a match.
  FittingTexts trimmed(const std::vector<std::uint32_t>& start) const {
    constexpr std::uint32_t kNone = ~std::uint32_t{0};
    std::vector<std::vector<std::uint32_t>> before(places_.size());
    for (std::uint32_t at = 0; at < places_.size(); ++at) {
      for (const std::uint32_t after : places_[at].after) before[after].push_back(at);
    }
    // Nearest to the end of a text first, so that each place knows the shortest way there.
    std::vector<std::uint32_t> order;
    std::vector<std::uint32_t> next(places_.size(), kNone);
    std::vector<std::uint32_t> kept(places_.size(), kNone);
    const auto keep = [&](std::uint32_t at) {
      kept[at] = static_cast<std::uint32_t>(order.size());
      order.push_back(at);
    };
    for (std::uint32_t at = 0; at < places_.size(); ++at) {
      if (places_[at].accepts) keep(at);
    }
    for (std::size_t i = 0; i < order.size(); ++i) {
      for (const std::uint32_t at : before[order[i]]) {
        if (kept[at] != kNone) continue;
        next[at] = order[i];
        keep(at);
      }
    }

    FittingTexts texts;
    const auto renumber = [&](const std::vector<std::uint32_t>& from) {
      std::vector<std::uint32_t> to;
      for (const std::uint32_t at : from) {
        if (kept[at] != kNone) to.push_back(kept[at]);
      }
      return to;
    };
    for (const std::uint32_t at : order) {
      texts.places_.push_back(
          {places_[at].accepts, places_[at].symbols, renumber(places_[at].after)});
    }
    texts.start_ = renumber(start);
    if (texts.start_.empty()) return texts;
    // The numbers ascend with the distance from the end.
    std::uint32_t at = order[*std::min_element(texts.start_.begin(), texts.start_.end())];
    for (; !places_[at].accepts; at = next[at]) {
      texts.example_.push_back(first_of(places_[at].symbols));
    }
    return texts;
  }

  const PatternAutomaton& pattern_;
  const PatternAutomaton& form_;
  std::unordered_map<std::uint64_t, std::uint32_t> numbers_;
  std::vector<Key> keys_;
  std::vector<Place> places_;
};

std::optional<FittingTexts> FittingTexts::make(const PatternAutomaton& pattern,
                                               const PatternAutomaton& form, StepBudget& budget) {
  return Builder(pattern, form).build(budget);
}

bool FittingTexts::could_match(const PatternAutomaton& pattern, StepBudget& budget) const {
  std::vector<std::pair<std::uint32_t, PatternAutomaton::Place>> left;
  std::unordered_set<std::uint64_t> seen;
  const auto meet = [&](const std::vector<std::uint32_t>& texts,
                        const std::vector<PatternAutomaton::Place>& patterns) {
    for (const std::uint32_t text : texts) {
      for (const PatternAutomaton::Place& place : patterns) {
        if (seen.insert(std::uint64_t{text} * pattern.places() + pattern.number(place)).second) {
          left.emplace_back(text, place);
        }
      }
    }
  };
  meet(start_, pattern.start());
  while (!left.empty()) {
    const auto [text, place] = left.back();
    left.pop_back();
    if (!budget.take(1)) return true;
    if (places_[text].accepts && pattern.accepts(place)) return true;
    if ((places_[text].symbols & pattern.symbols(place)).none()) continue;
    meet(places_[text].after, pattern.after(place));
  }
  return false;
}

TextTaker::TextTaker(const PatternAutomaton& pattern, const Alphabet& alphabet)
    : pattern_(pattern), symbols_(alphabet.size()) {}

std::uint32_t TextTaker::find(const Set& set) {
  const auto [at, is_new] = numbers_.emplace(set, static_cast<std::uint32_t>(sets_.size()));
  if (is_new) {
    sets_.push_back(&at->first);
    after_.emplace_back(symbols_, kUnknown);
    accepts_.push_back(std::any_of(set.begin(), set.end(), [this](std::uint32_t number) {
      return pattern_.accepts(pattern_.place(number));
    }));
  }
  return at->second;
}

std::uint32_t TextTaker::after(std::uint32_t set, std::uint8_t symbol, StepBudget& budget) {
  if (after_[set][symbol] != kUnknown) return after_[set][symbol];
  Set result;
  for (const std::uint32_t number : *sets_[set]) {
    const PatternAutomaton::Place place = pattern_.place(number);
    if (!pattern_.symbols(place).test(symbol)) continue;
    for (const PatternAutomaton::Place& after : pattern_.after(place)) {
      result.push_back(static_cast<std::uint32_t>(pattern_.number(after)));
    }
  }
  budget.take(sets_[set]->size() + result.size());
  std::sort(result.begin(), result.end());
  result.erase(std::unique(result.begin(), result.end()), result.end());
  const std::uint32_t found = find(result);
  after_[set][symbol] = found;
  return found;
}

bool TextTaker::takes(const std::vector<std::uint8_t>& text, StepBudget& budget) {
  std::uint32_t set = 0;
  for (const std::uint8_t symbol : text) {
    if (!budget.take(1) || sets_.size() > kMaxSets) return false;
    set = after(set, symbol, budget);
  }
  return accepts_[set];
}

bool TextTaker::takes_all(const FittingTexts& texts, StepBudget& budget) {
  if (sets_.empty()) {
    Set start;
    for (const PatternAutomaton::Place& place : pattern_.start()) {
      start.push_back(static_cast<std::uint32_t>(pattern_.number(place)));
    }
    std::sort(start.begin(), start.end());
    find(start);
  }
  // Most patterns fail on the first text.
  if (!takes(texts.example(), budget)) return false;

  // A place in a text and what the pattern has made of the text up to there.
  std::vector<std::pair<std::uint32_t, std::uint32_t>> left;
  std::unordered_set<std::uint64_t> seen;
  const auto meet = [&](std::uint32_t place, std::uint32_t set) {
    if (seen.insert((std::uint64_t{place} << 32) | set).second) left.emplace_back(place, set);
  };
  for (const std::uint32_t place : texts.start()) meet(place, 0);
  std::size_t steps = 0;
  while (!left.empty()) {
    const auto [at, set] = left.back();
    left.pop_back();
    const FittingTexts::Place& place = texts.at(at);
    if (place.accepts) {
      if (!accepts_[set]) return false;
      continue;
    }
    for (std::size_t symbol = 0; symbol < symbols_; ++symbol) {
      if (!place.symbols.test(symbol)) continue;
      steps += place.after.size();
      if (steps > kMaxSteps || sets_.size() > kMaxSets || !budget.take(place.after.size())) {
        return false;
      }
      const std::uint32_t next = after(set, static_cast<std::uint8_t>(symbol), budget);
      for (const std::uint32_t target : place.after) meet(target, next);
    }
  }
  return true;
}

}  // namespace jmxbridge
