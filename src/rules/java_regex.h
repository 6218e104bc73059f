#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "rules/regex_syntax.h"

namespace jmxbridge {

/// What the groups of a match took. A view: it points into the text and into memory of this thread
/// that the thread's next match overwrites.
class Captures {
 public:
  Captures() = default;
  Captures(std::string_view text, std::span<const std::size_t> ends) : text_(text), ends_(ends) {}

  /// The text of a group, 0 being the whole; empty for a group that took no part.
  std::string_view group(std::uint32_t number) const {
    return has(number) ? text_.substr(ends_[2 * number], ends_[2 * number + 1] - ends_[2 * number])
                       : std::string_view();
  }
  /// True if the group took part in the match.
  bool has(std::uint32_t number) const {
    return 2 * std::size_t{number} + 1 < ends_.size() && ends_[2 * number] != kUnset;
  }

 private:
  static constexpr std::size_t kUnset = ~std::size_t{0};
  std::string_view text_;
  std::span<const std::size_t> ends_;
};

/// A regular expression of Java's dialect, for matching whole texts, with Java's captures
/// (specification 13.3). Immutable and safe to share between threads.
class JavaRegex {
 public:
  enum class Verdict : std::uint8_t {
    kMatch,
    kNoMatch,
    kLimit,  ///< gave up: the pattern takes too many steps on this text
  };

  /// How many steps a match may take. Ordinary patterns need some hundreds.
  enum class Effort : std::uint8_t {
    kQuick,  ///< five thousand, some ten microseconds; fewer on long texts
    kFull,   ///< some million, ten milliseconds; on long texts a quarter of a second's
  };

  /// Compiles a parsed pattern.
  static Result<JavaRegex, RegexError> compile(const RegexSyntax& syntax);

  JavaRegex(JavaRegex&&) noexcept;
  JavaRegex& operator=(JavaRegex&&) noexcept;
  ~JavaRegex();

  /// Matches the whole text, which must be valid UTF-8.
  Verdict match(std::string_view text, Captures& captures, Effort effort = Effort::kFull) const;

  /// Memory of the compiled pattern, in bytes; twice that once a long text has needed it.
  std::size_t size() const;

  /// How many times match() has run since the program started, all threads together.
  static std::uint64_t runs();

 private:
  struct Code;
  explicit JavaRegex(std::unique_ptr<Code> code);
  std::unique_ptr<Code> code_;
};

/// The text that a rule's pattern stands for: `^.*(?:` pattern `).*$` (specification 7.2.1).
std::string wrap_rule_pattern(std::string_view pattern);

/// Parses a rule's pattern in its wrapping; an error's position counts from the pattern's start.
Result<RegexSyntax, RegexError> parse_rule_pattern(std::string_view pattern);

}  // namespace jmxbridge
