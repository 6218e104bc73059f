#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "rules/alphabet.h"
#include "rules/regex_syntax.h"

namespace jmxbridge {

/// A pattern as a nondeterministic automaton: which texts match, whatever the groups take. What an
/// automaton cannot say (look-arounds, back references, groups that are not come back into, Unicode
/// properties) is left out on the side that the caller names.
class PatternAutomaton {
 public:
  enum class Side : std::uint8_t {
    kAtLeast,  ///< takes each text that the pattern matches, and perhaps more
    kAtMost,   ///< takes only texts that the pattern matches, and perhaps fewer
  };

  /// Where a text has brought the automaton to: a state that takes a character or accepts, and
  /// whether a `$` was passed, behind which no character but a line terminator may follow.
  struct Place {
    std::uint32_t state = 0;
    bool ended = false;
    friend bool operator==(const Place&, const Place&) = default;
    friend auto operator<=>(const Place&, const Place&) = default;
  };

  /// Adds the classes of a pattern to an alphabet.
  static void add_classes(const RegexNode& root, Alphabet& alphabet);

  /// Nothing if it would be too large.
  static std::optional<PatternAutomaton> make(const RegexNode& root, Side side,
                                              const Alphabet& alphabet);

  /// Where it stands before any character.
  const std::vector<Place>& start() const { return start_; }
  /// Where a character out of symbols(place) brings it to.
  const std::vector<Place>& after(Place place) const;
  /// The characters that it goes on with; none where it accepts.
  Alphabet::Symbols symbols(Place place) const;
  bool accepts(Place place) const { return states_[place.state].kind == State::Kind::kAccept; }

  /// True in the `.*` that a rule's pattern is wrapped in at its start, and others that follow it.
  bool in_lead(Place place) const;
  /// True within a capturing group.
  bool in_group(Place place) const { return states_[place.state].in_group; }

  /// A number for each place, below places().
  std::size_t number(Place place) const { return 2 * place.state + (place.ended ? 1 : 0); }
  Place place(std::size_t number) const {
    return {static_cast<std::uint32_t>(number / 2), number % 2 == 1};
  }
  std::size_t places() const { return 2 * states_.size(); }

 private:
  class Builder;
  struct State {
    enum class Kind : std::uint8_t {
      kAccept,
      kDead,
      kTake,   ///< a character of `symbols`, then on to `out`
      kSplit,  ///< to `out` or to `other`
      kStart,  ///< to `out`, at the start of the text only
      kEnd,    ///< to `out`, and no more characters
    };
    Kind kind = Kind::kDead;
    bool in_group = false;
    std::uint32_t out = 0;
    std::uint32_t other = 0;
    Alphabet::Symbols symbols;
  };

  /// Where it can get to without a character.
  std::vector<Place> closure(Place from, bool at_start) const;

  std::vector<State> states_;
  std::vector<Place> start_;
  std::vector<std::vector<Place>> after_;  ///< by number
  std::uint32_t first_ = 0;
  std::uint32_t lead_begin_ = 0;
  std::uint32_t lead_end_ = 0;
  Alphabet::Symbols terminators_;  ///< what may follow a `$`
};

}  // namespace jmxbridge
