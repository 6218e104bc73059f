#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "rules/char_class.h"

namespace jmxbridge {

/// Why a pattern is refused. All but kSyntax are patterns that Java takes and that are not offered
/// here; the list is closed, and the differential test against Java holds it to that.
enum class RegexRefusal : std::uint8_t {
  kSyntax,                ///< Java refuses it as well
  kTooLong,               ///< more than kRegexMaxLength characters, or too large once compiled
  kTooManyGroups,         ///< more than kRegexMaxGroups capturing groups
  kTooDeep,               ///< groups nested deeper than kRegexMaxDepth
  kRepeatTooLarge,        ///< a count above kRegexMaxRepeat
  kLookBehind,            ///< a look-behind whose length cannot be listed
  kUnicodeClasses,        ///< the flag U
  kCanonicalEquivalence,  ///< the flag c
  kNamedCharacter,        ///< \N{…}
  kGraphemeBoundary,      ///< \b{g}
  kProperty,              ///< \p{In…}, \p{java…} and scripts that PCRE2 lacks
  kClassOperator,         ///< && without a right side after a property
};

inline constexpr std::size_t kRegexMaxLength = 100'000;
inline constexpr std::size_t kRegexMaxGroups = 10'000;
inline constexpr std::size_t kRegexMaxDepth = 200;
inline constexpr std::uint32_t kRegexMaxRepeat = 65'535;

/// Why and where (in characters from 0) a pattern is refused; `text` is a sentence without the
/// place.
struct RegexError {
  RegexRefusal why = RegexRefusal::kSyntax;
  std::size_t position = 0;
  std::string text;
};

/// One node of a parsed pattern. Flags are resolved: what is left says exactly what it matches.
struct RegexNode {
  enum class Kind : std::uint8_t {
    kSequence,       ///< all of `parts`, one after the other; none: matches the empty text
    kAlternation,    ///< the first of `parts` that leads to a match
    kLiteral,        ///< the character `literal`
    kClass,          ///< one character out of `char_class`
    kCapture,        ///< `parts[0]`, remembered as group `number`
    kAtomic,         ///< `parts[0]`, without coming back to it
    kLookAhead,      ///< `parts[0]` follows, or does not (`negative`)
    kLookBehind,     ///< `parts[0]` precedes, or does not (`negative`)
    kRepeat,         ///< `parts[0]`, `min` to `max` times
    kBackReference,  ///< the text of group `number`; `caseless` ignores case
    kLineBreak,      ///< \R
    kGrapheme,       ///< \X
    kTextStart,      ///< ^ \A \G
    kTextEnd,        ///< \z
    kLastLineEnd,    ///< $ \Z: the end, or before a line terminator that ends the text
    kLineStart,      ///< ^ with the flag m
    kLineEnd,        ///< $ with the flag m
    kWordBoundary,   ///< \b, or \B (`negative`)
  };
  enum class Greed : std::uint8_t { kGreedy, kLazy, kPossessive };
  static constexpr std::uint32_t kNoMax = std::numeric_limits<std::uint32_t>::max();

  Kind kind = Kind::kSequence;
  Greed greed = Greed::kGreedy;
  bool negative = false;
  bool caseless = false;
  bool unix_lines = false;  ///< of kLastLineEnd, kLineStart, kLineEnd: only \n ends a line
  char32_t literal = 0;
  std::uint32_t number = 0;
  std::uint32_t min = 0;
  std::uint32_t max = 0;
  CharClass char_class;
  std::vector<RegexNode> parts;
  std::size_t position = 0;  ///< of a look-behind, as in RegexError

  friend bool operator==(const RegexNode&, const RegexNode&) = default;
};

/// A node of a kind, without parts.
inline RegexNode node_of(RegexNode::Kind kind) {
  RegexNode node;
  node.kind = kind;
  return node;
}

/// A parsed pattern.
struct RegexSyntax {
  RegexNode root;
  std::uint32_t groups = 0;
  std::map<std::string, std::uint32_t, std::less<>> names;
};

/// Parses a pattern as java.util.regex.Pattern (JDK 17) reads it. `skipped` characters at the start
/// are not counted in an error's position.
Result<RegexSyntax, RegexError> parse_java_regex(std::string_view pattern, std::size_t skipped = 0);

/// What `.` matches without flags: all but the line terminators \n, \r, U+0085, U+2028, U+2029.
const CodePoints& regex_dot();

}  // namespace jmxbridge
