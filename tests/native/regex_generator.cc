#include "regex_generator.h"

#include <algorithm>

namespace jmxbridge {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (std::string_view("\\^$.|?*+()[]{}").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

}  // namespace

RegexGenerator::Case RegexGenerator::next() {
  groups_ = 0;
  names_.clear();
  Case made;
  if (chance(50)) {
    const std::string text = match_text();
    made.pattern = along(text);
    made.texts.push_back(text);
    std::string other = text;
    other[below(static_cast<std::uint32_t>(other.size()))] = 'x';
    // A byte in the middle of a character must not be replaced.
    if (std::all_of(text.begin(), text.end(), [](char c) { return c > 0; })) {
      made.texts.push_back(other);
    }
    made.texts.push_back(match_text());
  } else {
    made.pattern = alternatives(0);
    for (int i = 0; i < 4; ++i) made.texts.push_back(small_text());
  }
  return made;
}

std::string RegexGenerator::match_text() {
  const std::string domain =
      pick({"kafka.server", "org.example", "Catalina", "java.lang", "odd", "é.ü"});
  std::string text = domain + '<';
  const std::uint32_t properties = below(4);
  for (std::uint32_t i = 0; i < properties; ++i) {
    if (i > 0) text += ", ";
    text += pick({"type", "name", "topic", "na-me", "key", " sp"}) + '=';
    text += pick({"BrokerTopicMetrics", "Values", "", "\"a,b=\\\"c\\\"\"", "x\\y", "BytesInPerSec",
                  "ök", "a.b/c", "c-1", "\"http-nio-8080\"", " x ", "99"});
  }
  text += "><";
  if (chance(25)) text += pick({"HeapMemoryUsage", "a, b", "Heap"});
  text +=
      '>' + pick({"Count", "OneMinuteRate", "95thPercentile", "one_minute_rate", "state", "Größe"});
  text += ": ";
  text += pick({"1", "-5", "2.5", "1.0E7", "NaN", "true", "RUNNING", "", "line1\nline2", "a: b",
                "x\r\n", "<type=Values", "\xE2\x80\xA8", "0", "12345678901"});
  return text;
}

std::string RegexGenerator::small_text() {
  static const std::vector<std::string> kPieces = {"a",
                                                   "b",
                                                   "A",
                                                   "B",
                                                   "c",
                                                   "1",
                                                   "2",
                                                   "_",
                                                   " ",
                                                   "<",
                                                   ",",
                                                   "\n",
                                                   "-",
                                                   "é",
                                                   "É",
                                                   "k",
                                                   "K",
                                                   "s",
                                                   "\r",
                                                   "\t",
                                                   "\r\n",
                                                   "\xC2\x85",
                                                   "\xE2\x80\xA8",
                                                   "ǅ",
                                                   "i",
                                                   "İ",
                                                   "ſ",
                                                   "\v",
                                                   "\f",
                                                   "]",
                                                   "}",
                                                   "&",
                                                   "\xCC\x81",
                                                   "\xF0\x9F\x98\x80"};
  std::string text;
  const std::uint32_t size = below(9);
  // Most of it comes from the first few, so that patterns meet what they ask for.
  for (std::uint32_t i = 0; i < size; ++i) {
    text += kPieces[chance(75) ? below(8) : below(static_cast<std::uint32_t>(kPieces.size()))];
  }
  return text;
}

/// A literal text, written in one of the ways there are.
std::string RegexGenerator::written(std::string_view text) {
  switch (below(14)) {
    case 0:
      return text.find('\\') == std::string_view::npos
                 ? note("\\Q…\\E", "\\Q" + std::string(text) + "\\E")
                 : escaped(text);
    case 1: {
      std::string out;
      for (const char c : text) {
        if (is_letter(c) && chance(20)) {
          const char other = static_cast<char>(c ^ 0x20);
          out += note("class", std::string("[") + c + other + ']');
        } else {
          out += escaped(std::string_view(&c, 1));
        }
      }
      return out;
    }
    case 2: {
      if (text.empty() || text.front() <= ' ') return escaped(text);
      char code[8];
      std::snprintf(code, sizeof code, chance(50) ? "\\x%02x" : "\\u%04x", text.front());
      return note("\\x41 \\u0041", code) + escaped(text.substr(1));
    }
    case 3: {
      std::string upper(text);
      for (char& c : upper) {
        if (is_letter(c)) c = static_cast<char>(c ^ 0x20);
      }
      return note("(?i:…)", chance(50) ? "(?i:" : "(?iu:") + escaped(upper) + ')';
    }
    case 4:
      return "(?:" + escaped(text) + "|other)";
    case 5:
      ++groups_;
      return '(' + escaped(text) + "|.*)";
    default:
      return std::string(text).find_first_of("\\[](){}*+?|^$") == std::string::npos
                 ? std::string(text)
                 : escaped(text);
  }
}

/// A pattern made along a text: some parts as they are, some replaced by what would match them.
std::string RegexGenerator::along(std::string_view text) {
  std::string out;
  if (chance(10)) out += note("(?i)", "(?i)");
  if (chance(6)) out += note("(?s)", "(?s)");
  if (chance(6)) out += note("(?d)", "(?d)");
  if (chance(6)) out += note("(?m)", "(?m)");
  if (chance(25)) out += note("^", "^");
  std::size_t i = 0;
  if (chance(25)) {
    i = below(static_cast<std::uint32_t>(text.size()));
    while (i < text.size() && (text[i] & 0xC0) == 0x80) ++i;
  }
  while (i < text.size()) {
    std::size_t end = i;
    const auto in_word = [](char c) { return is_letter(c) || is_digit(c) || c == '.' || c < 0; };
    const bool word = in_word(text[i]);
    while (end < text.size() && in_word(text[end]) == word) ++end;
    const std::string_view part = text.substr(i, end - i);
    i = end;
    if (!word || chance(45)) {
      out += written(part);
      continue;
    }
    const std::string open = chance(75) ? (++groups_, "(") : "(?:";
    switch (below(18)) {
      case 0:
        out += open + note("greedy", ".*") + ')';
        break;
      case 1:
        out += open + note("lazy", ".*?") + ')';
        break;
      case 2:
        out += open + "[^,>]*)";
        break;
      case 3:
        out += open + "\\w+)";
        break;
      case 4:
        out += open + note("possessive", "[^,>]*+") + ')';
        break;
      case 5:
        out += note("(?>…)", "(?>") + open + ".+?)" + ")";
        break;
      case 6:
        out += open + note("(?!…)", "(?!Values$)") + "\\S*)";
        break;
      case 7:
        out += note("(?<=…)", "(?<=[=<>,. ])") + open + ".+)";
        break;
      case 8:
        out += open + note("&&", "[\\w&&[^\\d_]]") + ")(?:.*)";
        break;
      case 9:
        out += open + note("\\p{Alpha}", "\\p{Upper}?\\p{Lower}*") + ").*?";
        break;
      case 10:
        if (groups_ == 0) ++groups_, out += "(.)";
        out += note("\\1", "(?:\\" + std::to_string(groups_) + "|.)") + ".*?";
        break;
      case 11:
        out += open + ".{1," + std::to_string(1 + below(12)) + "}" + pick({"", "+", "?"}) + ").*";
        break;
      case 12: {
        const std::string name = "n" + std::to_string(groups_);
        names_.push_back(name);
        ++groups_;
        out += note("(?<n>…)", "(?<" + name + ">.+?)");
        break;
      }
      case 13:
        out += open + "[A-Z][a-z]*|.+)";
        break;
      case 14:
        out += "(?:, (\\w+)=(.*))?.*";
        groups_ += 2;
        break;
      case 15:
        out += open + "[a-z[A-Z]\\d_.-]+" + pick({"", "+", "?"}) + ')';
        break;
      case 16:
        out += "\\b" + open + ".+)\\b";
        break;
      default:
        out += open + ".+)";
        break;
    }
    if (chance(12)) break;
  }
  if (chance(12)) out += note("$", "$");
  if (chance(6)) out += note("\\Z \\z", pick({"\\Z", "\\z"}));
  return out;
}

std::string RegexGenerator::alternatives(int depth) {
  std::string out = sequence(depth);
  while (chance(depth == 0 ? 15 : 25)) out += note("alternation", "|") + sequence(depth);
  return out;
}

std::string RegexGenerator::sequence(int depth) {
  std::string out;
  const std::uint32_t size = chance(8) ? 0 : 1 + below(4);
  for (std::uint32_t i = 0; i < size; ++i) {
    out += atom(depth);
    if (chance(30)) out += quantifier();
  }
  return out;
}

std::string RegexGenerator::atom(int depth) {
  const std::uint32_t kind = below(100);
  if (kind < 30)
    return pick({"a", "b", "A", "1", "c", "_", "<", ",", "é", "k", "s", "i", "]", "}", "ǆ"});
  if (kind < 38) return note(".", ".");
  if (kind < 52) return escape();
  if (kind < 66) return char_class(0);
  if (kind < 72) return assertion();
  if (kind < 76) return property();
  if (kind < 78) return note("\\Q…\\E", "\\Q" + pick({"a", "a.b", "1", "[", ""}) + "\\E");
  if (kind < 79) return oddity();
  if (depth >= 4) return "a";
  return group(depth + 1);
}

std::string RegexGenerator::group(int depth) {
  switch (below(16)) {
    case 0:
    case 1:
    case 2:
    case 3:
      ++groups_;
      return '(' + alternatives(depth) + ')';
    case 4:
    case 5:
      return "(?:" + alternatives(depth) + ')';
    case 6:
      return note("(?>…)", "(?>") + alternatives(depth) + ')';
    case 7:
      return note("(?=…)", "(?=") + alternatives(depth) + ')';
    case 8:
      return note("(?!…)", "(?!") + alternatives(depth) + ')';
    case 9:
      return note("(?<=…)", pick({"(?<=", "(?<!"})) +
             pick({"a", "ab", "a|bc", "[ab]{1,3}", "(?:a|b)b?", "\\w", "^", "a*", "(a)", "é", "\\R",
                   "a(?=b)", "(?:ab){2}", "[^a]", "$", "\\b", "(?i)a", "b{0,2}?a"}) +
             ')';
    case 10: {
      const std::string name = "n" + std::to_string(groups_);
      ++groups_;
      std::string body = note("(?<n>…)", "(?<" + name + ">") + alternatives(depth) + ')';
      names_.push_back(name);
      return body;
    }
    case 11:
      return note("(?i)", pick({"(?i)", "(?i:", "(?-i:", "(?i-s:"})).back() == ':'
                 ? "(?i:" + alternatives(depth) + ')'
                 : "(?i)" + sequence(depth);
    case 12:
      return note("(?iu)", pick({"(?iu:", "(?u:", "(?ui:"})) + alternatives(depth) + ')';
    case 13:
      return note("(?s) (?m) (?d)", pick({"(?s:", "(?m:", "(?d:", "(?dm:", "(?sm-d:"})) +
             alternatives(depth) + ')';
    case 14:
      return note("(?x)", "(?x:") + sequence(depth) + pick({" ", " #c\n", "\t", ""}) +
             sequence(depth) + ')';
    default:
      return pick({"(?i)", "(?s)", "(?m)", "(?d)", "(?)", "(?-i)", "(?x)"}) + sequence(depth);
  }
}

std::string RegexGenerator::escape() {
  switch (below(12)) {
    case 0:
    case 1:
      return note("\\d \\w \\s", pick({"\\d", "\\D", "\\w", "\\W", "\\s", "\\S"}));
    case 2:
      return note("\\h \\v", pick({"\\h", "\\H", "\\v", "\\V"}));
    case 3:
      return note("\\R", "\\R");
    case 4:
      return note("\\x41 \\u0041",
                  pick({"\\x61", "\\x{62}", "\\u0061", "\\u00e9", "\\x{1F600}", "\\uD83D\\uDE00"}));
    case 5:
      return note("octal", pick({"\\0141", "\\062", "\\01", "\\0377", "\\0400"}));
    case 6:
      return note("\\e \\a \\t", pick({"\\t", "\\e", "\\a", "\\f", "\\n", "\\r", "\\cI", "\\cJ"}));
    case 7:
      if (!names_.empty()) return note("\\k<n>", "\\k<" + pick(names_) + ">");
      [[fallthrough]];
    case 8:
      return note("\\1", "\\" + std::to_string(1 + below(4)));
    case 9:
      return note("\\11", "\\1" + std::to_string(below(10)));
    case 10:
      return names_.empty() ? std::string("\\-") : note("\\k<n>", "\\k<" + pick(names_) + ">");
    default:
      return pick({"\\.", "\\_", "\\<", "\\\\", "\\]", "\\X", "\\ "});
  }
}

std::string RegexGenerator::assertion() {
  return pick({note("^", "^"), note("$", "$"), "\\A", note("\\Z \\z", "\\Z"), "\\z", "\\G",
               note("\\b", "\\b"), "\\B", "^", "$"});
}

std::string RegexGenerator::char_class(int depth) {
  std::string out = "[";
  if (chance(25)) out += note("[^…]", "^");
  if (chance(8)) out += note("[]a]", "]");
  const std::uint32_t size = 1 + below(3);
  for (std::uint32_t i = 0; i < size; ++i) out += class_element(depth);
  if (chance(15)) {
    out += note("&&", "&&");
    const std::uint32_t more = chance(95) ? 1 + below(2) : 0;
    for (std::uint32_t i = 0; i < more; ++i) out += class_element(depth);
    if (chance(20)) out += "&&" + class_element(depth);
  }
  return out + ']';
}

std::string RegexGenerator::class_element(int depth) {
  const std::uint32_t kind = below(20);
  if (kind < 7)
    return pick({"a", "b", "A", "1", "é", "k", "K", "s", "_", "<", "&", "-", ".", "^", " "});
  if (kind < 11) {
    return note("range", pick({"a-c", "A-C", "0-9", "a-z", "A-Z", "é-ü", "J-L", "_-|", " -/", "i-k",
                               "\\x41-\\x43", "\\t-\\r", "+--"}));
  }
  if (kind < 14) return pick({"\\d", "\\w", "\\s", "\\S", "\\W", "\\h", "\\v", "\\D"});
  if (kind < 16) return property();
  if (kind < 18 && depth < 2) return note("[a[b]]", char_class(depth + 1));
  return pick(
      {"\\]", "\\\\", "\\-", "\\n", "\\x61", "\\u00e9", "\\0141", "\\Qa-c\\E", "\\cI", "\\v"});
}

std::string RegexGenerator::property() {
  switch (below(5)) {
    case 0:
      return note("\\p{Alpha}", pick({"\\p{Alpha}", "\\p{Lower}", "\\p{Upper}", "\\P{Alpha}"}));
    case 1:
      return note("\\p{Punct}",
                  pick({"\\p{Punct}", "\\p{Digit}", "\\p{Alnum}", "\\p{Graph}", "\\p{Print}",
                        "\\p{Blank}", "\\p{Cntrl}", "\\p{XDigit}", "\\p{Space}", "\\p{ASCII}"}));
    case 2:
      return note("\\p{L}",
                  pick({"\\p{L}", "\\p{Lu}", "\\pL", "\\p{Ll}", "\\p{N}", "\\p{Zs}", "\\P{Lu}",
                        "\\p{LC}", "\\p{L1}", "\\p{gc=Lu}", "\\p{M}", "\\p{Lt}", "\\p{all}"}));
    case 3:
      return note("\\p{Is…}",
                  pick({"\\p{IsAlphabetic}", "\\p{IsLatin}", "\\p{IsLowercase}", "\\p{IsUppercase}",
                        "\\p{IsL}", "\\p{IsWhite_Space}", "\\p{IsPunctuation}", "\\p{IsDigit}",
                        "\\p{IsAlnum}", "\\p{script=Latin}", "\\p{IsLetter}", "\\p{IsWord}",
                        "\\p{IsGraph}", "\\p{IsPrint}", "\\p{IsBlank}", "\\p{IsHex_Digit}"}));
    default:
      return chance(15) ? note("\\p{In…}", pick({"\\p{InGreek}", "\\p{javaLowerCase}"}))
                        : "\\p{Lu}";
  }
}

std::string RegexGenerator::quantifier() {
  const std::string count = pick({"*", "+", "?", "{2}", "{1,2}", "{0,3}", "{1,}", "{0}", "{2,3}"});
  return count + pick({"", "", "", note("lazy", "?"), note("possessive", "+")});
}

/// What Java refuses, or reads in a way of its own.
std::string RegexGenerator::oddity() {
  return note("oddity", pick({"{",           "{foo}",    "x{,3}",
                              "x{2,1}",      "[[a]",     "[a",
                              "\\y",         "(?P<n>a)", "(?R)",
                              "\\E",         "(?#c)",    "a**",
                              "(",           ")",        "[]",
                              "\\x4",        "\\k<zz>",  "{2}",
                              "(?<1>a)",     "[z-a]",    "(?U)a",
                              "\\p{Foo}",    "\\p{",     "(?|a)",
                              "(*FAIL)",     "a{1}{2}",  "\\N{DIGIT ONE}",
                              "[a-\\d]",     "\\08",     "(?(1)a)",
                              "\\b{g}",      "\\K",      "\\g1",
                              "[[:alpha:]]", "[\\b]",    "\\C",
                              "(?c)a",       "\\u12",    "a{99999}",
                              "[a&&]",       "[&&a]",    "\\",
                              "(?i)*"}));
}

}  // namespace jmxbridge
