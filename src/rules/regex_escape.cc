// Escapes: the part of the parser that says what stands behind a backslash.
#include <fmt/format.h>

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/ascii.h"
#include "rules/regex_parser.h"

namespace jmxbridge {
namespace {

using Kind = RegexNode::Kind;

CharClass points(std::initializer_list<CodePoints::Range> ranges) {
  CodePoints all;
  for (const CodePoints::Range& range : ranges) all.add(range.first, range.last);
  return CharClass::of(std::move(all));
}

/// The characters that are escapes of one letter.
std::optional<char32_t> control_escape(char32_t letter) {
  switch (letter) {
    case 'a':
      return 7;
    case 'e':
      return 27;
    case 'f':
      return 12;
    case 'n':
      return 10;
    case 'r':
      return 13;
    case 't':
      return 9;
    default:
      return std::nullopt;
  }
}

/// The letters of the escapes that are neither characters nor classes.
bool is_node_escape(char32_t letter) {
  return std::u32string_view(U"ABGRXZbkz").find(letter) != std::u32string_view::npos;
}

/// The classes that are escapes of one letter: \d \h \s \v \w; all but \h and \v are ASCII.
std::optional<CharClass> class_escape(char32_t letter) {
  switch (letter) {
    case 'd':
      return points({{'0', '9'}});
    case 'h':
      return points({{9, 9},
                     {' ', ' '},
                     {0xA0, 0xA0},
                     {0x1680, 0x1680},
                     {0x180E, 0x180E},
                     {0x2000, 0x200A},
                     {0x202F, 0x202F},
                     {0x205F, 0x205F},
                     {0x3000, 0x3000}});
    case 's':
      return points({{9, 13}, {' ', ' '}});
    case 'v':
      return points({{10, 13}, {0x85, 0x85}, {0x2028, 0x2029}});
    case 'w':
      return points({{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}});
    default:
      return std::nullopt;
  }
}

}  // namespace

RegexNode RegexParser::back_reference(std::uint32_t number) const {
  RegexNode node = node_of(Kind::kBackReference);
  node.number = number;
  node.caseless = has(kCaseless);
  node.unix_lines = false;
  return node;
}

/// Further digits belong to the number as long as that many groups have been opened.
std::uint32_t RegexParser::reference_number(std::uint32_t first) {
  std::uint32_t number = first;
  while (is_digit(peek())) {
    const std::uint32_t longer = number * 10 + (raw() - '0');
    if (longer > groups_) break;
    number = longer;
    ++pos_;
  }
  return number;
}

char32_t RegexParser::octal() {
  const auto is_octal = [](char32_t c) { return c >= '0' && c <= '7'; };
  const char32_t first = read();
  if (!is_octal(first)) {
    --pos_;
    refuse("'\\0' is followed by one to three octal digits");
  }
  char32_t c = first - '0';
  if (!is_octal(peek())) return c;
  c = c * 8 + (read() - '0');
  if (first > '3' || !is_octal(peek())) return c;
  return c * 8 + (read() - '0');
}

char32_t RegexParser::hexadecimal() {
  const char32_t first = read();
  if (first == '{' && hex_digit(peek()) >= 0) {
    char32_t c = 0;
    for (char32_t digit = read();; digit = read()) {
      if (digit == '}') return c;
      if (hex_digit(digit) < 0) refuse("'\\x{' is not closed by '}'");
      c = c * 16 + static_cast<char32_t>(hex_digit(digit));
      if (c > CodePoints::kLast) refuse("there is no character above \\x{10FFFF}");
    }
  }
  if (hex_digit(first) >= 0) {
    const char32_t second = read();
    if (hex_digit(second) >= 0) {
      return static_cast<char32_t>(hex_digit(first) * 16 + hex_digit(second));
    }
  }
  --pos_;
  refuse("'\\x' is followed by two hexadecimal digits, or by some in braces");
}

char32_t RegexParser::utf16_unit() {
  char32_t c = 0;
  for (int i = 0; i < 4; ++i) {
    const int digit = hex_digit(read());
    if (digit < 0) {
      --pos_;
      refuse("'\\u' is followed by four hexadecimal digits");
    }
    c = c * 16 + static_cast<char32_t>(digit);
  }
  return c;
}

/// One \uXXXX, or two that are the halves of one character.
char32_t RegexParser::utf16_escape() {
  const char32_t high = utf16_unit();
  if (high < 0xD800 || high > 0xDBFF || raw() != '\\' || raw(1) != 'u') return high;
  const std::size_t saved = pos_;
  pos_ += 2;
  const char32_t low = utf16_unit();
  if (low >= 0xDC00 && low <= 0xDFFF) return 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
  pos_ = saved;
  return high;
}

/// What stands behind the letter of an escape that is a character; nothing for other letters.
std::optional<char32_t> RegexParser::literal_escape(char32_t letter) {
  switch (letter) {
    case '0':
      return octal();
    case 'c':
      if (raw() == kEnd) refuse("'\\c' is followed by a letter");
      return read() ^ 64U;
    case 'u':
      return utf16_escape();
    case 'x':
      return hexadecimal();
    default:
      return control_escape(letter);
  }
}

RegexNode RegexParser::named_back_reference() {
  if (read() != '<') refuse("'\\k' is followed by a group's name, as in \\k<name>");
  const std::string name = group_name();
  const auto at = names_.find(name);
  if (at == names_.end()) refuse(fmt::format("no group <{}> stands before this", name));
  return back_reference(at->second);
}

/// What an escape is for which is_node_escape() is true.
RegexNode RegexParser::node_escape(char32_t letter) {
  RegexNode node;
  switch (letter) {
    case 'A':
    case 'G':
      return node_of(Kind::kTextStart);
    case 'B':
      node = node_of(Kind::kWordBoundary);
      node.negative = true;
      return node;
    case 'R':
      return node_of(Kind::kLineBreak);
    case 'X':
      return node_of(Kind::kGrapheme);
    case 'Z':
      node = node_of(Kind::kLastLineEnd);
      node.unix_lines = has(kUnixLines);
      return node;
    case 'k':
      return named_back_reference();
    case 'z':
      return node_of(Kind::kTextEnd);
    default:
      if (peek() == '{' && raw(1) == 'g') {
        if (raw(2) != '}') refuse("'\\b{g' is not closed by '}'");
        refuse(RegexRefusal::kGraphemeBoundary, "'\\b{g}' is not offered: write '\\X' instead");
      }
      return node_of(Kind::kWordBoundary);
  }
}

/// Reads an escape, the backslash included. In a class only characters and classes are allowed; at
/// either end of a range \v is the one character it once was.
RegexParser::Escape RegexParser::escape(EscapePlace place) {
  const bool in_class = place != EscapePlace::kOutside;
  Escape result;
  const char32_t c = raw(1);
  if (c == kEnd) refuse("a '\\' at the end escapes nothing: write '\\\\' for the character itself");
  if (c == 'p' || c == 'P') {
    ++pos_;
    result.char_class = property();
    return result;
  }
  pos_ += 2;
  if (c == 'v' && place == EscapePlace::kAtRange) {
    result.literal = 0x0B;
    return result;
  }
  const bool negated = c >= 'A' && c <= 'Z';
  if (std::optional<CharClass> known = class_escape(negated ? c + 32 : c)) {
    result.char_class = negated ? CharClass::complement(std::move(*known)) : std::move(*known);
    return result;
  }
  if (const std::optional<char32_t> literal = literal_escape(c)) {
    result.literal = literal;
  } else if (is_digit(c)) {
    if (in_class) refuse("a back reference has no meaning inside brackets");
    result.node = back_reference(reference_number(c - '0'));
  } else if (is_node_escape(c)) {
    if (in_class) {
      --pos_;
      refuse(fmt::format("'\\{}' has no meaning inside brackets", static_cast<char>(c)));
    }
    result.node = node_escape(c);
  } else if (c == 'N') {
    refuse(RegexRefusal::kNamedCharacter,
           "'\\N{…}' is not offered: write the character itself, or '\\x{…}'");
  } else if (is_letter(c)) {
    --pos_;
    refuse(fmt::format("'\\{}' is no escape that is known", static_cast<char>(c)));
  } else {
    result.literal = c;
  }
  return result;
}

}  // namespace jmxbridge
