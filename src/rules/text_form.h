#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace jmxbridge {

/// What is easily got wrong in a pattern. Each but kNone makes up texts for which the mistake would
/// be none.
enum class Slip : std::uint8_t {
  kNone,
  kColon,     ///< `domain:type=X`, as in an ObjectName
  kComma,     ///< `<type=X,name=Y>`
  kBrackets,  ///< `<type=X>Attribute`
  kNoBlank,   ///< `Attribute:VALUE`
  kNoValue,   ///< the text ends with the attribute's name
  kAnyCase,   ///< an attribute's name with capitals, though the rule asks for snake case
  kAnyValue,  ///< a value, though the rule has `cache`
  kAnyText,   ///< something else
};

/// What a rule is shown (specification 6.4, 7.10.2), and whether its pattern speaks of quotes.
struct TextKind {
  bool snake_case = false;
  bool cache = false;
  bool quotes = false;

  friend auto operator<=>(const TextKind&, const TextKind&) = default;
};

/// The match texts (specification 6.1) of MBeans as they usually are, as a regular expression for
/// FittingTexts. What may stand in names by the letter and never does, as a `<` in a domain or a
/// ':' in an attribute's name, is left out. A match that begins within a value counts only where
/// the value looks like no part of the text before it.
std::string text_form(const TextKind& kind, Slip slip);

/// What to write instead, as a clause.
std::string_view advice(Slip slip);

}  // namespace jmxbridge
