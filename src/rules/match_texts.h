#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "rules/rule.h"
#include "rules/rule_index.h"
#include "rules/rule_set.h"

namespace jmxbridge {

/// Whether a text has this or that piece, each looked for once: rules share most of their pieces.
class PieceMemo {
 public:
  /// Forgets all; `pieces`: how many there are.
  void start(std::size_t pieces) { known_.assign(pieces, kUnknown); }
  /// `number`: the piece's, the same each time.
  bool has(std::uint32_t number, const std::string& piece, std::string_view text);

 private:
  static constexpr std::uint8_t kUnknown = 0;
  static constexpr std::uint8_t kHas = 1;
  static constexpr std::uint8_t kLacks = 2;
  std::vector<std::uint8_t> known_;
};

/// The match texts of one leaf and value, made when a rule first asks for them: rules differ in
/// whether they see the attribute's name in snake case, and the value. Kept from call to call, so
/// that evaluation allocates only for what it finds. Not thread-safe.
class MatchTexts {
 public:
  /// Another leaf, which outlives what is asked of it. `pieces`: how many the rules have.
  void start(const Leaf& leaf, std::size_t pieces);
  /// The value's text, to be written before text() is asked for.
  std::string& value() { return value_; }

  std::string_view attribute(bool snake) { return subject(snake).attribute; }
  /// The text before the `: `.
  std::string_view before_value(bool snake);
  /// The whole text, as rules with these properties see it.
  std::string_view text(bool snake, bool cached);
  std::string_view text(const Rule& rule) { return text(rule.snake_case, rule.cache); }

  /// The memo of the text that text(rule) returned last.
  PieceMemo& memo(const Rule& rule) { return subjects_[rule.snake_case ? 1 : 0].memo; }

  /// Room for the numbers of rules, for whoever needs it.
  RuleNumbers candidates;
  RuleNumbers found;

 private:
  enum class Tail : std::uint8_t { kNone, kValue, kCached };
  struct Subject {
    bool made = false;
    Tail tail = Tail::kNone;
    std::size_t size = 0;
    std::string attribute;
    std::string text;
    PieceMemo memo;
  };

  Subject& subject(bool snake);

  const Leaf* leaf_ = nullptr;
  std::size_t pieces_ = 0;
  std::array<Subject, 2> subjects_;
  std::string value_;
};

}  // namespace jmxbridge
