// Escapes: the part of the parser that says what stands behind a backslash.
#include <fmt/format.h>

#include <initializer_list>
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

/// Reads an escape, the backslash included. In a class only characters and classes are allowed;
/// `in_range`: at either end of a range, where \v is the one character it once was.
RegexParser::Escape RegexParser::escape(bool in_class, bool in_range) {
  Escape result;
  const char32_t c = raw(1);
  if (c == kEnd) refuse("a '\\' at the end escapes nothing: write '\\\\' for the character itself");
  if (c == 'p' || c == 'P') {
    ++pos_;
    result.char_class = property();
    return result;
  }
  pos_ += 2;
  if (c == 'v' && in_range) {
    result.literal = 0x0B;
    return result;
  }
  const bool negated = c >= 'A' && c <= 'Z';
  if (std::optional<CharClass> known = class_escape(negated ? c + 32 : c)) {
    result.char_class = negated ? CharClass::complement(std::move(*known)) : std::move(*known);
    return result;
  }
  const auto node = [&](Kind kind, bool negative = false) {
    if (in_class) {
      --pos_;
      refuse(fmt::format("'\\{}' has no meaning inside brackets", static_cast<char>(c)));
    }
    result.node = node_of(kind);
    result.node->negative = negative;
  };
  if (c >= '1' && c <= '9') {
    if (in_class) refuse("a back reference has no meaning inside brackets");
    result.node = back_reference(reference_number(c - '0'));
    return result;
  }
  switch (c) {
    case '0':
      result.literal = octal();
      break;
    case 'a':
      result.literal = 7;
      break;
    case 'c':
      if (raw() == kEnd) refuse("'\\c' is followed by a letter");
      result.literal = read() ^ 64U;
      break;
    case 'e':
      result.literal = 27;
      break;
    case 'f':
      result.literal = 12;
      break;
    case 'n':
      result.literal = 10;
      break;
    case 'r':
      result.literal = 13;
      break;
    case 't':
      result.literal = 9;
      break;
    case 'u':
      result.literal = utf16_escape();
      break;
    case 'x':
      result.literal = hexadecimal();
      break;
    case 'A':
    case 'G':
      node(Kind::kTextStart);
      break;
    case 'B':
      node(Kind::kWordBoundary, true);
      break;
    case 'b':
      node(Kind::kWordBoundary);
      if (peek() == '{' && raw(1) == 'g') {
        if (raw(2) != '}') refuse("'\\b{g' is not closed by '}'");
        refuse(RegexRefusal::kGraphemeBoundary, "'\\b{g}' is not offered: write '\\X' instead");
      }
      break;
    case 'R':
      node(Kind::kLineBreak);
      break;
    case 'X':
      node(Kind::kGrapheme);
      break;
    case 'Z':
      node(Kind::kLastLineEnd);
      result.node->unix_lines = has(kUnixLines);
      break;
    case 'z':
      node(Kind::kTextEnd);
      break;
    case 'N':
      refuse(RegexRefusal::kNamedCharacter,
             "'\\N{…}' is not offered: write the character itself, or '\\x{…}'");
    case 'k': {
      node(Kind::kBackReference);
      if (read() != '<') refuse("'\\k' is followed by a group's name, as in \\k<name>");
      const std::string name = group_name();
      const auto at = names_.find(name);
      if (at == names_.end()) refuse(fmt::format("no group <{}> stands before this", name));
      result.node = back_reference(at->second);
      break;
    }
    default:
      if (is_letter(c)) {
        --pos_;
        refuse(fmt::format("'\\{}' is no escape that is known", static_cast<char>(c)));
      }
      result.literal = c;
      break;
  }
  return result;
}

}  // namespace jmxbridge
