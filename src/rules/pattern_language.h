#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "rules/alphabet.h"
#include "rules/pattern_automaton.h"

namespace jmxbridge {

/// How many steps comparisons may take, all together.
class StepBudget {
 public:
  explicit StepBudget(std::size_t steps) : left_(steps) {}

  /// False, from then on, if there are not so many left.
  bool take(std::size_t steps) {
    left_ = steps > left_ ? 0 : left_ - steps;
    return left_ > 0;
  }

 private:
  std::size_t left_;
};

/// The texts of one form that match a rule's pattern, as an automaton in which each place lies on a
/// way to a match.
class FittingTexts {
 public:
  /// One place in such a text.
  struct Place {
    bool accepts = false;
    Alphabet::Symbols symbols;         ///< what can come next
    std::vector<std::uint32_t> after;  ///< then the text goes on at one of these
  };

  /// `form` says which texts there are. In its capturing groups a match of `pattern` may go on, but
  /// not begin. Nothing if there is too much of it.
  static std::optional<FittingTexts> make(const PatternAutomaton& pattern,
                                          const PatternAutomaton& form, StepBudget& budget);

  /// True if no text of the form matches.
  bool empty() const { return start_.empty(); }
  /// False if `pattern`, of the side kAtLeast, surely takes none of them; true also where the
  /// budget ends.
  bool could_match(const PatternAutomaton& pattern, StepBudget& budget) const;

  const std::vector<std::uint32_t>& start() const { return start_; }
  const Place& at(std::uint32_t place) const { return places_[place]; }
  /// One shortest text of them, in symbols.
  const std::vector<std::uint8_t>& example() const { return example_; }

 private:
  class Builder;

  std::vector<Place> places_;
  std::vector<std::uint32_t> start_;
  std::vector<std::uint8_t> example_;
};

/// Asks of many texts whether a pattern takes them all; what it learns it keeps. Not for two
/// threads at once.
class TextTaker {
 public:
  /// `pattern` is of the side kAtMost; it and the alphabet must outlive this.
  TextTaker(const PatternAutomaton& pattern, const Alphabet& alphabet);

  /// True if `pattern` surely takes all of the texts, false if not or if the budget ends.
  bool takes_all(const FittingTexts& texts, StepBudget& budget);

 private:
  using Set = std::vector<std::uint32_t>;  ///< of places of the pattern, ascending
  static constexpr std::uint32_t kUnknown = ~std::uint32_t{0};

  std::uint32_t find(const Set& set);
  std::uint32_t after(std::uint32_t set, std::uint8_t symbol, StepBudget& budget);
  bool takes(const std::vector<std::uint8_t>& text, StepBudget& budget);

  const PatternAutomaton& pattern_;
  std::size_t symbols_;
  std::map<Set, std::uint32_t> numbers_;
  std::vector<const Set*> sets_;
  std::vector<bool> accepts_;
  std::vector<std::vector<std::uint32_t>> after_;  ///< of each set, by symbol
};

}  // namespace jmxbridge
