#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rules/regex_syntax.h"

namespace jmxbridge {

/// The recursive descent behind parse_java_regex. Reads the pattern in the way Java does, with all
/// its corners (which characters the flag x skips where, what a dangling brace is), because a
/// pattern that Java reads in another way than we do would name other series.
///
/// A refusal leaves it as a thrown Refused, which parse_java_regex turns into a value: a parser of
/// this depth would check a Result at every second line.
class RegexParser {
 public:
  struct Refused {
    RegexError error;
  };

  RegexParser(std::string_view pattern, std::size_t skipped);

  RegexSyntax parse();

 private:
  enum Flag : std::uint8_t {
    kCaseless = 1,
    kMultiline = 2,
    kDotAll = 4,
    kUnixLines = 8,
    kUnicodeCase = 16,
    kComments = 32,
  };
  static constexpr char32_t kEnd = 0xFFFFFFFF;

  /// What an escape stands for: a character, a class of them, or something that is neither.
  struct Escape {
    std::optional<char32_t> literal;
    std::optional<CharClass> char_class;
    std::optional<RegexNode> node;
  };

  // The cursor. peek, next and read skip blanks and comments under the flag x; the others do not.
  bool has(Flag flag) const { return (flags_ & flag) != 0; }
  char32_t raw(std::size_t ahead = 0) const {
    return pos_ + ahead < text_.size() ? text_[pos_ + ahead] : kEnd;
  }
  void skip_comments();
  char32_t peek();
  char32_t next();
  char32_t read();
  [[noreturn]] void refuse(RegexRefusal why, std::string text) const;
  /// Where in the pattern as written a position of text_ is.
  std::size_t place_of(std::size_t pos) const;
  [[noreturn]] void refuse(std::string text) const {
    refuse(RegexRefusal::kSyntax, std::move(text));
  }

  void decode(std::string_view pattern);
  void remove_quoting();

  RegexNode alternatives();
  RegexNode sequence();
  RegexNode element();
  RegexNode any_character();
  std::optional<RegexNode> group();
  RegexNode capture(std::string name);
  RegexNode group_end(RegexNode node, std::uint32_t flags);
  void read_flags();
  bool apply_flag(char32_t letter, bool on);
  std::string group_name();
  RegexNode quantified(RegexNode node);
  std::uint32_t count();

  /// Where an escape stands: what is admitted, and what `\v` is, depends on it.
  enum class EscapePlace : std::uint8_t { kOutside, kInClass, kAtRange };

  Escape escape(EscapePlace place);
  std::optional<char32_t> literal_escape(char32_t letter);
  RegexNode node_escape(char32_t letter);
  RegexNode named_back_reference();
  RegexNode back_reference(std::uint32_t number) const;
  std::uint32_t reference_number(std::uint32_t first);
  char32_t octal();
  char32_t hexadecimal();
  char32_t utf16_unit();
  char32_t utf16_escape();

  CharClass char_class();
  CharClass class_body();
  void class_intersection(std::optional<CharClass>& left, bool only_singles);
  bool class_element(std::optional<CharClass>& into);
  CharClass property();
  CharClass property_of(const std::string& name) const;
  CharClass single(char32_t c) const;
  CharClass range(char32_t first, char32_t last) const;

  std::vector<char32_t> text_;
  std::vector<std::size_t> places_;  ///< of each character of text_ in the pattern as written
  std::size_t pos_ = 0;
  std::size_t skipped_ = 0;
  std::size_t depth_ = 0;
  std::uint32_t flags_ = 0;
  std::uint32_t groups_ = 0;
  std::map<std::string, std::uint32_t, std::less<>> names_;
};

/// A class by its name in Java's general categories and POSIX classes (`\p{Lu}`, `\p{Alpha}`), or
/// nothing if Java has no such name.
std::optional<CharClass> java_property(std::string_view name, bool caseless);

/// The same for the names behind `Is`: Unicode's binary properties.
std::optional<CharClass> unicode_property(std::string_view name, bool caseless);

/// True if this PCRE2 knows the property (`Lu`, `sc:Latin`).
bool pcre_knows_property(const std::string& name);

}  // namespace jmxbridge
