#include "rules/regex_syntax.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "base/ascii.h"
#include "base/utf.h"
#include "rules/regex_parser.h"

namespace jmxbridge {
namespace {

using Kind = RegexNode::Kind;

RegexNode literal_of(char32_t c) {
  RegexNode node = node_of(Kind::kLiteral);
  node.literal = c;
  return node;
}

/// One character of the class; a class of one character is a literal.
RegexNode class_node(CharClass what) {
  if (what.op == CharClass::Op::kPoints && what.points.ranges().size() == 1 &&
      what.points.ranges().front().first == what.points.ranges().front().last) {
    return literal_of(what.points.ranges().front().first);
  }
  RegexNode node = node_of(Kind::kClass);
  node.char_class = std::move(what);
  return node;
}

bool is_space(char32_t c) { return c == ' ' || (c >= 9 && c <= 13); }

}  // namespace

const CodePoints& regex_dot() {
  static const CodePoints kDot = [] {
    CodePoints terminators;
    terminators.add('\n');
    terminators.add('\r');
    terminators.add(0x85);
    terminators.add(0x2028, 0x2029);
    return terminators.complement();
  }();
  return kDot;
}

Result<RegexSyntax, RegexError> parse_java_regex(std::string_view pattern, std::size_t skipped) {
  try {
    return RegexParser(pattern, skipped).parse();
  } catch (RegexParser::Refused& refused) {
    return Unexpected<RegexError>{std::move(refused.error)};
  }
}

RegexParser::RegexParser(std::string_view pattern, std::size_t skipped) : skipped_(skipped) {
  decode(pattern);
  remove_quoting();
}

RegexSyntax RegexParser::parse() {
  RegexSyntax result;
  result.root = alternatives();
  if (peek() == ')') refuse("a ')' closes nothing: write '\\)' for the character itself");
  result.groups = groups_;
  result.names = std::move(names_);
  return result;
}

void RegexParser::refuse(RegexRefusal why, std::string text) const {
  throw Refused{{why, place_of(pos_), std::move(text)}};
}

std::size_t RegexParser::place_of(std::size_t pos) const {
  if (places_.empty()) return 0;
  const std::size_t place = places_[std::min(pos, places_.size() - 1)];
  return place > skipped_ ? place - skipped_ : 0;
}

void RegexParser::decode(std::string_view pattern) {
  if (!is_utf8(pattern)) refuse("it is not valid UTF-8");
  for (std::size_t i = 0; i < pattern.size();) {
    const auto lead = static_cast<unsigned char>(pattern[i]);
    const std::size_t size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    char32_t c = size == 1 ? lead : lead & (0x7FU >> size);
    for (std::size_t k = 1; k < size; ++k) {
      c = (c << 6) | (static_cast<unsigned char>(pattern[i + k]) & 0x3FU);
    }
    places_.push_back(text_.size());
    text_.push_back(c);
    i += size;
  }
  places_.push_back(text_.size());
  if (text_.size() > kRegexMaxLength) {
    refuse(RegexRefusal::kTooLong,
           fmt::format("it is longer than {} characters: split the rule", kRegexMaxLength));
  }
}

/// Rewrites \Q…\E as escaped characters, as Java does before it parses: so that quoting works
/// everywhere, and a quantifier after \E takes the last character only.
void RegexParser::remove_quoting() {
  std::vector<char32_t> text;
  std::vector<std::size_t> places;
  bool quoted = false;
  const auto put = [&](char32_t c, std::size_t i) {
    text.push_back(c);
    places.push_back(places_[i]);
  };
  for (std::size_t i = 0; i < text_.size(); ++i) {
    const char32_t c = text_[i];
    const char32_t after = i + 1 < text_.size() ? text_[i + 1] : kEnd;
    if (!quoted && c == '\\' && after == 'Q') {
      quoted = true;
      ++i;
      // A digit must not become part of an escape that ends before the quotation.
      if (i + 1 < text_.size() && is_digit(text_[i + 1])) {
        for (const char32_t escape : {U'\\', U'x', U'3'}) put(escape, i + 1);
        put(text_[i + 1], i + 1);
        ++i;
      }
    } else if (quoted && c == '\\' && after == 'E') {
      quoted = false;
      ++i;
    } else if (quoted) {
      if (c < 0x80 && !is_letter(c) && !is_digit(c)) put('\\', i);
      put(c, i);
    } else {
      put(c, i);
      if (c == '\\' && after != kEnd) put(after, ++i);
    }
  }
  places.push_back(places_.back());
  text_ = std::move(text);
  places_ = std::move(places);
}

void RegexParser::skip_comments() {
  const auto ends_line = [&](char32_t c) {
    return c == '\n' ||
           (!has(kUnixLines) && (c == '\r' || c == 0x85 || c == 0x2028 || c == 0x2029));
  };
  for (;;) {
    if (is_space(raw())) {
      ++pos_;
    } else if (raw() == '#') {
      while (raw() != kEnd && !ends_line(raw())) ++pos_;
      if (raw() == kEnd) return;
    } else {
      return;
    }
  }
}

char32_t RegexParser::peek() {
  if (has(kComments)) skip_comments();
  return raw();
}

char32_t RegexParser::next() {
  ++pos_;
  return peek();
}

char32_t RegexParser::read() {
  const char32_t c = peek();
  ++pos_;
  return c;
}

RegexNode RegexParser::alternatives() {
  if (++depth_ > kRegexMaxDepth) {
    refuse(RegexRefusal::kTooDeep,
           fmt::format("its groups are nested deeper than {}: split the rule", kRegexMaxDepth));
  }
  RegexNode first = sequence();
  if (peek() == '|') {
    RegexNode all = node_of(Kind::kAlternation);
    all.parts.push_back(std::move(first));
    while (peek() == '|') {
      next();
      all.parts.push_back(sequence());
    }
    first = std::move(all);
  }
  --depth_;
  return first;
}

RegexNode RegexParser::sequence() {
  RegexNode all = node_of(Kind::kSequence);
  for (char32_t c = peek(); c != kEnd && c != '|' && c != ')'; c = peek()) {
    if (c == '(') {
      std::optional<RegexNode> inner = group();
      if (inner) all.parts.push_back(std::move(*inner));
    } else {
      all.parts.push_back(quantified(element()));
    }
  }
  return all;
}

/// What a quantifier can follow and is no group.
RegexNode RegexParser::element() {
  const char32_t c = peek();
  RegexNode node;
  switch (c) {
    case '[':
      return class_node(char_class());
    case '\\': {
      Escape what = escape(EscapePlace::kOutside);
      if (what.literal) return class_node(single(*what.literal));
      return what.node ? std::move(*what.node) : class_node(std::move(*what.char_class));
    }
    case '^':
      node = node_of(has(kMultiline) ? Kind::kLineStart : Kind::kTextStart);
      node.unix_lines = has(kUnixLines) && has(kMultiline);
      ++pos_;
      return node;
    case '$':
      node = node_of(has(kMultiline) ? Kind::kLineEnd : Kind::kLastLineEnd);
      node.unix_lines = has(kUnixLines);
      ++pos_;
      return node;
    case '.':
      ++pos_;
      return any_character();
    case '?':
    case '*':
    case '+':
      refuse(
          fmt::format("nothing stands before '{0}' that could be repeated: write '\\{0}' for "
                      "the character itself",
                      static_cast<char>(c)));
    case '{':
      return node;  // repeats the empty text, or is no repetition at all and refused there
    default:
      node = class_node(single(c));
      ++pos_;
      return node;
  }
}

/// What a dot stands for under the flags.
RegexNode RegexParser::any_character() {
  if (has(kDotAll)) return class_node(CharClass::of(CodePoints(0, CodePoints::kLast)));
  if (has(kUnixLines)) return class_node(CharClass::of(CodePoints('\n', '\n').complement()));
  return class_node(CharClass::of(regex_dot()));
}

/// A group; nothing for one that only sets flags, which hold to the end of the group around it.
std::optional<RegexNode> RegexParser::group() {
  const std::uint32_t saved = flags_;
  char32_t c = next();
  if (c != '?') return group_end(capture({}), saved);
  const std::size_t start = pos_;
  c = raw(1);
  pos_ += 2;
  switch (c) {
    case ':':
      return group_end(alternatives(), saved);
    case '=':
    case '!': {
      RegexNode node = node_of(Kind::kLookAhead);
      node.negative = c == '!';
      node.parts.push_back(alternatives());
      return group_end(std::move(node), saved);
    }
    case '>': {
      RegexNode node = node_of(Kind::kAtomic);
      node.parts.push_back(alternatives());
      return group_end(std::move(node), saved);
    }
    case '<': {
      c = read();
      if (c == '=' || c == '!') {
        RegexNode node = node_of(Kind::kLookBehind);
        node.negative = c == '!';
        node.position = place_of(start);
        node.parts.push_back(alternatives());
        return group_end(std::move(node), saved);
      }
      --pos_;
      std::string name = group_name();
      if (names_.contains(name)) refuse(fmt::format("a group <{}> stands before already", name));
      return group_end(capture(std::move(name)), saved);
    }
    default:
      --pos_;
      read_flags();
      c = read();
      if (c == ')') return std::nullopt;
      if (c != ':') {
        --pos_;
        refuse("this kind of group is unknown: '(?:…)' groups without capturing");
      }
      return group_end(alternatives(), saved);
  }
}

/// The next capturing group, from its first character on; `name` is empty where it has none.
RegexNode RegexParser::capture(std::string name) {
  if (++groups_ > kRegexMaxGroups) {
    refuse(RegexRefusal::kTooManyGroups,
           fmt::format("it has more than {} capturing groups", kRegexMaxGroups));
  }
  RegexNode node = node_of(Kind::kCapture);
  node.number = groups_;
  if (!name.empty()) names_.emplace(std::move(name), groups_);
  node.parts.push_back(alternatives());
  return node;
}

RegexNode RegexParser::group_end(RegexNode node, std::uint32_t flags) {
  if (peek() != ')') {
    refuse("a group is not closed: it lacks a ')', or a '#' or a '\\' takes it away");
  }
  ++pos_;
  flags_ = flags;
  return quantified(std::move(node));
}

void RegexParser::read_flags() {
  bool on = true;
  for (char32_t c = peek();; c = next()) {
    if (c == '-' && on) {
      on = false;
    } else if (!apply_flag(c, on)) {
      return;
    }
  }
}

bool RegexParser::apply_flag(char32_t letter, bool on) {
  std::uint32_t flag = 0;
  switch (letter) {
    case 'i':
      flag = kCaseless;
      break;
    case 'm':
      flag = kMultiline;
      break;
    case 's':
      flag = kDotAll;
      break;
    case 'd':
      flag = kUnixLines;
      break;
    case 'u':
      flag = kUnicodeCase;
      break;
    case 'x':
      flag = kComments;
      break;
    case 'U':
      if (on) {
        refuse(RegexRefusal::kUnicodeClasses,
               "the flag U is not offered: name the classes, as in [\\p{IsAlphabetic}\\p{Nd}]");
      }
      break;
    case 'c':
      if (on) {
        refuse(RegexRefusal::kCanonicalEquivalence,
               "the flag c is not offered: write out the spellings that are to match");
      }
      break;
    default:
      return false;
  }
  flags_ = on ? flags_ | flag : flags_ & ~flag;
  return true;
}

std::string RegexParser::group_name() {
  std::string name;
  char32_t c = read();
  if (!is_letter(c)) refuse("a group's name starts with an ASCII letter");
  do {
    name += static_cast<char>(c);
    c = read();
  } while (is_letter(c) || is_digit(c));
  if (c != '>') refuse("a group's name has ASCII letters and digits only and ends with '>'");
  return name;
}

std::uint32_t RegexParser::count() {
  std::uint64_t number = 0;
  for (char32_t c = raw(); is_digit(c); c = next()) {
    number = number * 10 + (c - '0');
    if (number > 0x7FFFFFFF) refuse("a count in braces is too large");
  }
  return static_cast<std::uint32_t>(number);
}

/// Wraps the node in the quantifier that follows, if one does.
RegexNode RegexParser::quantified(RegexNode node) {
  RegexNode repeat = node_of(Kind::kRepeat);
  switch (peek()) {
    case '?':
      repeat.max = 1;
      break;
    case '*':
      repeat.max = RegexNode::kNoMax;
      break;
    case '+':
      repeat.min = 1;
      repeat.max = RegexNode::kNoMax;
      break;
    case '{':
      if (!is_digit(raw(1))) {
        refuse("a '{' starts a count, as in {2} or {2,5}: write '\\{' for the character itself");
      }
      ++pos_;
      repeat.min = count();
      repeat.max = repeat.min;
      if (peek() == ',') {
        if (next() == '}') {
          repeat.max = RegexNode::kNoMax;
        } else if (is_digit(peek())) {
          repeat.max = count();
        } else {
          refuse("a count in braces is {2}, {2,} or {2,5}");
        }
      }
      if (peek() != '}') refuse("a count in braces is not closed by '}'");
      if (repeat.max < repeat.min) refuse("a count in braces ends below its start");
      if (repeat.max == 0x7FFFFFFF) repeat.max = RegexNode::kNoMax;
      if (repeat.min > kRegexMaxRepeat ||
          (repeat.max > kRegexMaxRepeat && repeat.max != RegexNode::kNoMax)) {
        refuse(RegexRefusal::kRepeatTooLarge,
               fmt::format("a count in braces is at most {}", kRegexMaxRepeat));
      }
      break;
    default:
      return node;
  }
  const char32_t after = next();
  if (after == '?' || after == '+') {
    repeat.greed = after == '?' ? RegexNode::Greed::kLazy : RegexNode::Greed::kPossessive;
    ++pos_;
  }
  repeat.parts.push_back(std::move(node));
  return repeat;
}

}  // namespace jmxbridge
