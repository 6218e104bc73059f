#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "rules/regex_syntax.h"

namespace jmxbridge {

/// What the texts of numbers, booleans and dates are made of, and nothing else (specification 6.3).
inline constexpr std::string_view kValueCharacters = "0123456789.+-EINaefilnrstuy";

/// Text that every match of one way through a pattern must take, piece by piece in this order.
struct RequiredText {
  std::vector<std::string> pieces;
  /// The first piece stands at the very start of the text.
  bool at_start = false;

  /// False if the text lacks a piece, so that this way cannot match.
  bool could_be_in(std::string_view text) const;
};

/// What can be said of a rule's pattern without a text. Never wrong, but it may say less than is
/// true.
struct RegexAnalysis {
  /// One for each alternative of the whole pattern; a match goes one of these ways.
  std::vector<RequiredText> ways;

  /// The same, cut down so that a number, boolean or date cannot hold a piece or the end of one:
  /// each piece up to its last character that such values never have.
  /// So these pieces must stand in the text before such a value.
  std::vector<RequiredText> ways_before_value;

  /// Whether the pattern matches, and what its groups take, depends on the text before the value
  /// only, as long as the value is a number, boolean or date (design section 4).
  bool value_independent = false;
  /// Groups that take in the value all the same: the `.*` that such a pattern may end in.
  std::vector<std::uint32_t> value_groups;

  /// Why it is not value_independent, as a clause for the user; empty if it is.
  std::string why_dependent;
};

/// Analyses a pattern parsed by parse_rule_pattern.
RegexAnalysis analyze_rule_pattern(const RegexSyntax& syntax);

}  // namespace jmxbridge
