// Bracketed classes and \p{…}: the part of the parser that says which characters a class holds.
#define PCRE2_CODE_UNIT_WIDTH 8
#include <fmt/format.h>
#include <pcre2.h>

#include <algorithm>
#include <array>
#include <utility>

#include "rules/java_case.h"
#include "rules/regex_parser.h"

namespace jmxbridge {
namespace {

CharClass ascii(std::initializer_list<CodePoints::Range> ranges) {
  CodePoints points;
  for (const CodePoints::Range& range : ranges) points.add(range.first, range.last);
  return CharClass::of(std::move(points));
}

CharClass united(std::initializer_list<const char*> names) {
  CharClass all;
  for (const char* name : names) {
    all = name == *names.begin() ? CharClass::of_property(name)
                                 : CharClass::unite(std::move(all), CharClass::of_property(name));
  }
  return all;
}

std::string upper_case(std::string_view text) {
  std::string upper(text);
  for (char& c : upper) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
  }
  return upper;
}

std::optional<CharClass> posix_class(std::string_view name, bool caseless) {
  if (name == "ASCII") return ascii({{0, 0x7F}});
  if (name == "Alnum") return ascii({{'0', '9'}, {'A', 'Z'}, {'a', 'z'}});
  if (name == "Alpha" || (caseless && (name == "Lower" || name == "Upper"))) {
    return ascii({{'A', 'Z'}, {'a', 'z'}});
  }
  if (name == "Lower") return ascii({{'a', 'z'}});
  if (name == "Upper") return ascii({{'A', 'Z'}});
  if (name == "Blank") return ascii({{9, 9}, {' ', ' '}});
  if (name == "Cntrl") return ascii({{0, 0x1F}, {0x7F, 0x7F}});
  if (name == "Digit") return ascii({{'0', '9'}});
  if (name == "Graph") return ascii({{'!', '~'}});
  if (name == "Print") return ascii({{' ', '~'}});
  if (name == "Punct") return ascii({{'!', '/'}, {':', '@'}, {'[', '`'}, {'{', '~'}});
  if (name == "Space") return ascii({{9, 13}, {' ', ' '}});
  if (name == "XDigit") return ascii({{'0', '9'}, {'A', 'F'}, {'a', 'f'}});
  return std::nullopt;
}

}  // namespace

bool pcre_knows_property(const std::string& name) {
  const std::string pattern = "\\p{" + name + '}';
  int code = 0;
  PCRE2_SIZE offset = 0;
  pcre2_code* compiled = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()), pattern.size(),
                                       PCRE2_UTF, &code, &offset, nullptr);
  pcre2_code_free(compiled);
  return compiled != nullptr;
}

std::optional<CharClass> java_property(std::string_view name, bool caseless) {
  constexpr std::array<std::string_view, 37> kCategories = {
      "Cn", "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Me", "Mc", "Nd", "Nl", "No", "Zs",
      "Zl", "Zp", "Cc", "Cf", "Co", "Cs", "Pd", "Ps", "Pe", "Pc", "Po", "Sm", "Sc",
      "Sk", "So", "Pi", "Pf", "L",  "M",  "N",  "Z",  "C",  "P",  "S"};
  if (caseless && (name == "Lu" || name == "Ll" || name == "Lt")) return united({"Lu", "Ll", "Lt"});
  if (std::find(kCategories.begin(), kCategories.end(), name) != kCategories.end()) {
    return CharClass::of_property(std::string(name));
  }
  if (name == "LC") return united({"Lu", "Ll", "Lt"});
  if (name == "LD") return united({"L", "Nd"});
  if (name == "L1") return ascii({{0, 0xFF}});
  if (name == "all") return ascii({{0, CodePoints::kLast}});
  return posix_class(name, caseless);
}

std::optional<CharClass> unicode_property(std::string_view name, bool caseless) {
  const std::string key = upper_case(name);
  if (key == "ALPHABETIC" || key == "ALPHA") return united({"Alphabetic"});
  if (key == "LETTER") return united({"L"});
  if (key == "IDEOGRAPHIC") return united({"Ideographic"});
  if (caseless && (key == "LOWERCASE" || key == "LOWER" || key == "UPPERCASE" || key == "UPPER" ||
                   key == "TITLECASE")) {
    return united({"Lowercase", "Uppercase", "Lt"});
  }
  if (key == "LOWERCASE" || key == "LOWER") return united({"Lowercase"});
  if (key == "UPPERCASE" || key == "UPPER") return united({"Uppercase"});
  if (key == "TITLECASE") return united({"Lt"});
  if (key == "WHITE_SPACE" || key == "WHITESPACE" || key == "SPACE") return united({"White_Space"});
  if (key == "CONTROL" || key == "CNTRL") return united({"Cc"});
  if (key == "PUNCTUATION" || key == "PUNCT") return united({"P"});
  if (key == "DIGIT") return united({"Nd"});
  if (key == "HEX_DIGIT" || key == "HEXDIGIT" || key == "XDIGIT") {
    return CharClass::unite(
        united({"Nd"}),
        ascii({{'A', 'F'}, {'a', 'f'}, {0xFF10, 0xFF19}, {0xFF21, 0xFF26}, {0xFF41, 0xFF46}}));
  }
  if (key == "ASSIGNED") return CharClass::complement(united({"Cn"}));
  if (key == "NONCHARACTER_CODE_POINT" || key == "NONCHARACTERCODEPOINT") {
    CodePoints points(0xFDD0, 0xFDEF);
    for (char32_t plane = 0; plane <= 0x10; ++plane) {
      points.add(plane * 0x10000 + 0xFFFE, plane * 0x10000 + 0xFFFF);
    }
    return CharClass::of(std::move(points));
  }
  if (key == "ALNUM") return united({"Alphabetic", "Nd"});
  if (key == "BLANK") return CharClass::unite(united({"Zs"}), ascii({{9, 9}}));
  CharClass graph = CharClass::complement(united({"Zs", "Zl", "Zp", "Cc", "Cs", "Cn"}));
  if (key == "GRAPH") return graph;
  if (key == "PRINT") {
    return CharClass::intersect(
        CharClass::unite(graph, CharClass::unite(united({"Zs"}), ascii({{9, 9}}))),
        CharClass::complement(united({"Cc"})));
  }
  if (key == "JOIN_CONTROL" || key == "JOINCONTROL") return ascii({{0x200C, 0x200D}});
  if (key == "WORD") {
    return CharClass::unite(united({"Alphabetic", "Mn", "Me", "Mc", "Nd", "Pc"}),
                            ascii({{0x200C, 0x200D}}));
  }
  return std::nullopt;
}

/// Reads a bracketed class; the cursor stands on its '['.
CharClass RegexParser::char_class() {
  if (++depth_ > kRegexMaxDepth) {
    refuse(RegexRefusal::kTooDeep,
           fmt::format("its brackets are nested deeper than {}", kRegexMaxDepth));
  }
  const char32_t c = next();
  const bool negated = c == '^' && text_[pos_ - 1] == '[';
  if (negated) ++pos_;
  CharClass body = class_body();
  ++pos_;
  --depth_;
  return negated ? CharClass::complement(std::move(body)) : body;
}

/// Reads up to the ']' that ends the class.
CharClass RegexParser::class_body() {
  std::optional<CharClass> all;
  bool only_singles = true;
  const auto add = [&](CharClass part) {
    all = all ? CharClass::unite(std::move(*all), std::move(part)) : std::move(part);
  };
  for (;;) {
    const char32_t c = peek();
    if (c == kEnd) {
      refuse("a class is not closed: it lacks a ']', or a '\\' or a '[' takes it away");
    }
    if (c == '[') {
      add(char_class());
      only_singles = false;
    } else if (c == '&' && raw(1) == '&') {
      pos_ += 2;
      class_intersection(all, only_singles);
      only_singles = false;
    } else if (c == ']' && all) {
      return std::move(*all);
    } else {
      only_singles = class_element(all) && only_singles;
    }
  }
}

/// Reads the right side of &&, up to the next && or the end of the class, and narrows `left`.
void RegexParser::class_intersection(std::optional<CharClass>& left, bool only_singles) {
  std::optional<CharClass> right;
  for (char32_t c = peek(); c != ']' && c != '&'; c = peek()) {
    if (++depth_ > kRegexMaxDepth) {
      refuse(RegexRefusal::kTooDeep,
             fmt::format("its brackets are nested deeper than {}", kRegexMaxDepth));
    }
    CharClass part = c == '[' ? char_class() : class_body();
    --depth_;
    right = right ? CharClass::unite(std::move(*right), std::move(part)) : std::move(part);
  }
  if (!right) {
    if (!left) refuse("'&&' has nothing on either side");
    // Java then takes the last element of the left side once more, or fails at match time.
    if (!only_singles) {
      refuse(RegexRefusal::kClassOperator, "'&&' has nothing on its right side");
    }
  } else {
    left = left ? CharClass::intersect(std::move(*left), std::move(*right)) : std::move(*right);
  }
}

/// Reads a character, a range or an escape; true for a character alone.
bool RegexParser::class_element(std::optional<CharClass>& into) {
  const auto add = [&](CharClass part) {
    into = into ? CharClass::unite(std::move(*into), std::move(part)) : std::move(part);
  };
  char32_t first = peek();
  if (first == '\\') {
    Escape what = escape(raw(2) == '-' ? EscapePlace::kAtRange : EscapePlace::kInClass);
    if (what.char_class) {
      add(std::move(*what.char_class));
      return false;
    }
    first = *what.literal;
  } else {
    ++pos_;
  }
  if (peek() != '-' || raw(1) == '[' || raw(1) == ']') {
    add(single(first));
    return first < 256;
  }
  char32_t last = next();
  if (last == '\\') {
    const Escape what = escape(EscapePlace::kAtRange);
    if (!what.literal) refuse("a range ends in a class: write '\\-' for the character itself");
    last = *what.literal;
  } else {
    if (last == kEnd) refuse("a class is not closed: it lacks a ']'");
    ++pos_;
  }
  if (last < first) refuse("a range in a class ends below its start");
  add(range(first, last));
  return false;
}

/// Reads \p or \P; the cursor stands on the letter.
CharClass RegexParser::property() {
  const bool negated = raw() == 'P';
  ++pos_;
  std::string name;
  const auto append = [&](char32_t c) { name += c < 0x80 ? static_cast<char>(c) : '?'; };
  if (peek() != '{') {
    if (raw() == kEnd) refuse("'\\p' is followed by a property's name in braces");
    append(raw());
    ++pos_;
  } else {
    for (++pos_; raw() != '}'; ++pos_) {
      if (raw() == kEnd) refuse("'\\p{' is not closed by '}'");
      append(raw());
    }
    ++pos_;
    if (name.empty()) refuse("'\\p{}' names no property");
  }
  CharClass result = property_of(name);
  return negated ? CharClass::complement(std::move(result)) : result;
}

CharClass RegexParser::property_of(const std::string& name) const {
  const bool caseless = has(kCaseless);
  const auto script = [&](const std::string& value) {
    const bool plain = std::all_of(value.begin(), value.end(), [](char c) {
      return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
    });
    if (value.empty() || !plain || !pcre_knows_property("sc:" + value)) {
      refuse(RegexRefusal::kProperty, fmt::format("the script or property '{}' is unknown", value));
    }
    return CharClass::of_property("sc:" + value);
  };
  const auto known = [&](std::optional<CharClass> what) {
    if (!what) refuse(fmt::format("the property '{}' is unknown", name));
    return std::move(*what);
  };

  const std::size_t equals = name.find('=');
  if (equals != std::string::npos) {
    const std::string key = upper_case(name.substr(0, equals));
    const std::string value = name.substr(equals + 1);
    if (key == "SC" || key == "SCRIPT") return script(value);
    if (key == "GC" || key == "GENERAL_CATEGORY") return known(java_property(value, caseless));
    if (key != "BLK" && key != "BLOCK") return known(std::nullopt);
  } else if (name.starts_with("Is")) {
    const std::string_view rest = std::string_view(name).substr(2);
    if (std::optional<CharClass> what = unicode_property(rest, caseless)) return std::move(*what);
    if (std::optional<CharClass> what = java_property(rest, caseless)) return std::move(*what);
    return script(std::string(rest));
  } else if (!name.starts_with("In") && !name.starts_with("java")) {
    return known(java_property(name, caseless));
  }
  refuse(RegexRefusal::kProperty,
         fmt::format("the property '{}' is not offered: name a script, as in \\p{{IsGreek}}, or "
                     "ranges of characters",
                     name));
}

/// The characters that match `c` under the flags that hold here. Without the flag u only ASCII
/// letters have two cases.
CharClass RegexParser::single(char32_t c) const {
  CodePoints points(c, c);
  if (has(kCaseless) && has(kUnicodeCase)) {
    const char32_t folded = java_lower(java_upper(c));
    points.add(folded);
    for (const char32_t other : java_cased()) {
      if (java_lower(java_upper(other)) == folded) points.add(other);
    }
  } else if (has(kCaseless) && c < 0x80) {
    points.add(java_lower(c));
    points.add(java_upper(c));
  }
  return CharClass::of(std::move(points));
}

CharClass RegexParser::range(char32_t first, char32_t last) const {
  CodePoints points(first, last);
  const auto inside = [&](char32_t c) { return c >= first && c <= last; };
  if (has(kCaseless) && has(kUnicodeCase)) {
    for (const char32_t c : java_cased()) {
      const char32_t upper = java_upper(c);
      if (inside(upper) || inside(java_lower(upper))) points.add(c);
    }
  } else if (has(kCaseless)) {
    for (char32_t c = 0; c < 0x80; ++c) {
      if (inside(java_upper(c)) || inside(java_lower(c))) points.add(c);
    }
  }
  return CharClass::of(std::move(points));
}

}  // namespace jmxbridge
