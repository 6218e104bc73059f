#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "rules/java_regex.h"
#include "rules/java_regex_translate.h"

using namespace jmxbridge;

namespace {

/// What a rule's pattern makes of a text: `no`, `limit`, or its groups between bars (`.`: unset).
std::string outcome(const std::string& pattern, const std::string& text) {
  const Result<RegexSyntax, RegexError> syntax = parse_rule_pattern(pattern);
  if (!syntax) return "refused: " + syntax.error().text;
  const Result<JavaRegex, RegexError> regex = JavaRegex::compile(*syntax);
  if (!regex) return "refused: " + regex.error().text;
  Captures captures;
  switch (regex->match(text, captures)) {
    case JavaRegex::Verdict::kNoMatch:
      return "no";
    case JavaRegex::Verdict::kLimit:
      return "limit";
    case JavaRegex::Verdict::kMatch:
      break;
  }
  CHECK(captures.group(0) == text);
  std::string out = "|";
  for (std::uint32_t i = 1; i <= syntax->groups; ++i) {
    out += captures.has(i) ? std::string(captures.group(i)) : ".";
    out += '|';
  }
  return out;
}

bool matches(const std::string& pattern, const std::string& text) {
  return outcome(pattern, text).starts_with('|');
}

/// The reason and place of a refusal; kSyntax at 0 and no text if there is none.
RegexError refusal(const std::string& pattern) {
  const Result<RegexSyntax, RegexError> syntax = parse_rule_pattern(pattern);
  if (!syntax) return syntax.error();
  const Result<JavaRegex, RegexError> regex = JavaRegex::compile(*syntax);
  return regex ? RegexError{} : regex.error();
}

}  // namespace

TEST_CASE("java_regex: the leading .* of the wrapping is greedy", "[rules]") {
  const std::string text = "t.obj<type=A, name=n1><>Value: 4";
  CHECK(outcome(R"((\w+)<type=(\w+), name=(.+)><>(\w+): (.*))", text) == "|j|A|n1|Value|4|");
  CHECK(outcome(R"(^(.+)<type=(\w+), name=(.+)><>(\w+): (.*))", text) == "|t.obj|A|n1|Value|4|");
  CHECK(outcome(R"((n)(.))", text) == "|n|1|");
  CHECK(outcome(R"((.)$)", text) == "|4|");
}

TEST_CASE("java_regex: the dot crosses no line terminator", "[rules]") {
  const std::string text = "a<><>Note: line1\nline2";
  CHECK(outcome("<>Note", text) == "no");
  CHECK(outcome("<>Note: line1", text) == "no");
  CHECK(outcome("<>Note: (line1\\nl)", text) == "|line1\nl|");
  CHECK(outcome("(?s)<>Note: (.*)", text) == "|line1\nline2|");
  for (const char* terminator : {"\n", "\r", "\xC2\x85", "\xE2\x80\xA8", "\xE2\x80\xA9"}) {
    CHECK_FALSE(matches("a.b", std::string("a") + terminator + "b"));
    CHECK_FALSE(matches("", std::string("a") + terminator + "b"));
  }
  for (const char* other : {"\v", "\f", "\xC2\xA0", "\xE2\x80\xA7"}) {
    CHECK(matches("a.b", std::string("a") + other + "b"));
  }
  CHECK(matches("(?d)a.b", "a\rb"));
  CHECK_FALSE(matches("(?d)a.b", "a\nb"));
}

TEST_CASE("java_regex: a value that ends in a terminator defeats ordinary patterns", "[rules]") {
  CHECK_FALSE(matches("Note", "a<><>Note: x\n"));
  CHECK(matches("Note: x\\n", "a<><>Note: x\n"));
  CHECK_FALSE(matches("Note", "a<><>Note: x\n\n"));
}

TEST_CASE("java_regex: patterns may lean on the wrapping", "[rules]") {
  CHECK(outcome("a)(b", "xabx") == "|b|");
  CHECK(outcome("a|b", "xbx") == "|");
  CHECK(outcome("a).*$|^.*(?:(b)", "xbx") == "|b|");
  CHECK(refusal("a\\").text != "");
  CHECK(refusal("(?x)a #").text != "");
  CHECK(refusal("a\\Qb").text != "");
  CHECK(refusal("a)").text != "");
  CHECK(refusal("(a").text != "");
}

TEST_CASE("java_regex: classes nest, unite and intersect", "[rules]") {
  CHECK(outcome("^x([a-z&&[^b]])$", "xa") == "|a|");
  CHECK_FALSE(matches("^x[a-z&&[^b]]$", "xb"));
  CHECK(matches("^[a-c[x-z]]{2}$", "ay"));
  CHECK_FALSE(matches("^[a-c[x-z]]$", "m"));
  CHECK(matches("^[\\w&&[^\\d_]]$", "q"));
  CHECK_FALSE(matches("^[\\w&&[^\\d_]]$", "_"));
  CHECK(matches("^[abc&&[a]b]$", "b"));
  CHECK_FALSE(matches("^[abc&&[a]b]$", "c"));
  CHECK_FALSE(matches("^[^a[b]]$", "b"));  // negation covers all that is inside
  CHECK(matches("^[^a&&b]$", "a"));        // also the intersection
  CHECK(matches("^[]a]$", "]"));
  CHECK_FALSE(matches("^[^]a]$", "]"));
  CHECK(matches("^[a&&&b]$", "&"));
  CHECK(matches("^[\\p{ASCII}&&[^z]]$", "y"));
  CHECK_FALSE(matches("^[\\p{ASCII}&&[^z]]$", "z"));
  CHECK(matches("^[\\P{Lu}&&\\p{L}]$", "é"));
  CHECK_FALSE(matches("^[\\P{Lu}&&\\p{L}]$", "É"));
  CHECK(matches("^[\\x00-\\x7f\\P{ASCII}&&[^z]]$", "é"));
  CHECK(matches("^[_-|]$", "a"));
  CHECK(refusal("[[a]").why == RegexRefusal::kSyntax);
  CHECK(refusal("[z-a]").position == 4);
  CHECK(refusal("[\\d&&]").why == RegexRefusal::kClassOperator);
}

TEST_CASE("java_regex: POSIX classes are ASCII, categories are Unicode", "[rules]") {
  for (const char* name : {"Alpha", "Lower", "Alnum", "Graph", "Print"}) {
    const std::string whole = std::string("^\\p{") + name + "}$";
    CHECK(matches(whole, "a"));
    CHECK_FALSE(matches(whole, "é"));
  }
  CHECK(matches("^\\p{Upper}\\p{Digit}\\p{XDigit}$", "A1f"));
  CHECK_FALSE(matches("^\\p{Upper}$", "É"));
  CHECK(matches("^\\p{Punct}{3}$", "$^~"));
  CHECK(matches("^\\p{Blank}\\p{Space}\\p{Cntrl}\\p{ASCII}$", "\t\v\x7F~"));
  CHECK(matches("^\\p{Lu}\\p{L}\\pL\\p{IsLu}\\p{gc=Ll}$", "ÉéaÉé"));
  CHECK(matches("^\\p{IsAlphabetic}\\p{IsLatin}\\p{script=Greek}$", "éaα"));
  CHECK_FALSE(matches("^\\p{IsLatin}$", "α"));
  CHECK(matches("^(?i)\\p{Lower}$", "A"));
  CHECK(refusal("\\p{InGreek}").why == RegexRefusal::kProperty);
  CHECK(refusal("\\p{javaLowerCase}").why == RegexRefusal::kProperty);
  CHECK(refusal("\\p{alpha}").why == RegexRefusal::kSyntax);
  CHECK_FALSE(matches("^\\w$", "é"));
  CHECK_FALSE(matches("^\\d$", "٣"));
  CHECK_FALSE(matches("^\\s$", "\xC2\xA0"));
}

TEST_CASE("java_regex: case is folded in ASCII only, unless the flag u says otherwise", "[rules]") {
  CHECK(matches("(?i)oNEmin", "xOneMinx"));
  CHECK(matches("(?i:COUNT)x", "countx"));
  CHECK_FALSE(matches("(?i:COUNT)x", "countX"));
  CHECK_FALSE(matches("(?i)^å$", "Å"));
  CHECK(matches("(?iu)^å$", "Å"));
  CHECK(matches("(?iu)^[à-ö]$", "Å"));
  CHECK_FALSE(matches("(?u)^å$", "Å"));
  CHECK(matches("(?i)^[a-c]$", "B"));
  CHECK_FALSE(matches("(?i)^k$", "\xE2\x84\xAA"));  // the Kelvin sign
  CHECK(matches("(?iu)^k$", "\xE2\x84\xAA"));
  CHECK(matches("(?iu)^i$", "İ"));
  CHECK(matches("(?i)^(a)\\1$", "aA"));
  CHECK(matches("(?i)^[^a]$", "b"));
  CHECK_FALSE(matches("(?i)^[^a]$", "A"));
}

TEST_CASE("java_regex: back references and octal escapes follow Java's rule", "[rules]") {
  CHECK(outcome("^(a)\\11$", "aa1") == "|a|");
  CHECK(outcome("^(a)\\2b|c$", "c") == "|.|");
  CHECK_FALSE(matches("\\2(a)", "a"));
  CHECK(outcome("(?<key>a)\\k<key>", "aa") == "|a|");
  CHECK(matches("^\\0101\\062\\x41\\x{42}\\u0043\\cI\\e\\a\\t\\f$", "A2ABC\t\x1B\x07\t\f"));
  CHECK(matches("^\\0400$", " 0"));
  CHECK(matches("^\\uD83D\\uDE00$", "\xF0\x9F\x98\x80"));
  CHECK_FALSE(matches("^\\uD83D$", "\xF0\x9F\x98\x80"));
  CHECK(matches("^[^\\uD83D]$", "a"));
  CHECK(refusal("\\k<no>").why == RegexRefusal::kSyntax);
  CHECK(refusal("\\08").why == RegexRefusal::kSyntax);
  CHECK(refusal("[\\1]").why == RegexRefusal::kSyntax);
}

TEST_CASE("java_regex: quantifiers are greedy, lazy or possessive", "[rules]") {
  CHECK(outcome("^(a+)(a*)$", "aaa") == "|aaa||");
  CHECK(outcome("^(a+?)(a*)$", "aaa") == "|a|aa|");
  CHECK_FALSE(matches("^a++a$", "aaa"));
  CHECK_FALSE(matches("^(?>a+)a$", "aaa"));
  CHECK_FALSE(matches("^(?:a|ab){2}+$", "aba"));  // no way back into a round
  CHECK(outcome("^(?:, topic=([^,>]+))?+x$", ", topic=bx") == "no");
  CHECK(outcome("^(?:, topic=([^,>]+))?+>$", ", topic=b>") == "|b|");
  CHECK(outcome("^(?:(a)|b)*$", "ab") == "|a|");
  CHECK(outcome("^((a)|b)+$", "ab") == "|b|a|");
  CHECK(outcome("^(a*)+$", "aa") == "||");
  CHECK(outcome("^a()*(\\b)*((x)?)*$", "a") == "|.|.||.|");  // nothing to take, nothing to set
  CHECK(outcome("^a()+(){2}()?$", "a") == "||||");
  CHECK(matches("^{2}a$", "a"));
  for (const char* bad :
       {"x{,3}", "{foo}", "a**", "*", "a{2,1}", "a{2", "a{99999999999}", "(?i)*"}) {
    CHECK(refusal(bad).why == RegexRefusal::kSyntax);
    CHECK_FALSE(refusal(bad).text.empty());
  }
  CHECK(refusal("a{70000}").why == RegexRefusal::kRepeatTooLarge);
}

TEST_CASE("java_regex: look-around, with look-behinds of several lengths", "[rules]") {
  CHECK(outcome("^((?!scope)\\S*)=", "name=x") == "|name|");
  CHECK_FALSE(matches("^((?!scope)\\S*)=", "scope=x"));
  CHECK(outcome("(?=b)(.)", "abc") == "|b|");
  CHECK(outcome("(?<=type=)(.{1,3}+)>", "type=abc>") == "|abc|");
  CHECK(outcome("(?<=a{1,3})(b)", "aaab") == "|b|");
  CHECK(outcome("(?<!a|bc)(d)", "bcd") == "no");
  CHECK(outcome("(?<=(?:ab|c)d?)(e)", "abde") == "|e|");
  CHECK(outcome("x(?<=(x))", "x") == "|x|");
  CHECK(refusal("(?<=a*)b").why == RegexRefusal::kLookBehind);
  CHECK(refusal("(?<=(a|bc))b").why == RegexRefusal::kLookBehind);
  CHECK(refusal("ab(?<=a*)b").position == 3);
}

TEST_CASE("java_regex: anchors know all line terminators", "[rules]") {
  CHECK(matches("a$\\r\\n", "a\r\n"));
  CHECK_FALSE(matches("a\\r$\\n", "a\r\n"));
  CHECK(matches("a\\Z\\n", "a\n"));
  CHECK_FALSE(matches("a\\z\\n", "a\n"));
  CHECK(matches("(?m)a\\n^b$", "a\nb"));
  CHECK_FALSE(matches("(?m)a\\n^", "a\n"));
  CHECK_FALSE(matches("(?m)a\\r^\\nb", "a\r\nb"));
  CHECK_FALSE(matches("(?d)a$\\r", "a\r"));
  CHECK(matches("a\\Rb\\R", "a\r\nb\xE2\x80\xA8"));
  CHECK_FALSE(matches("^\\R{2}$", "\r\n"));
  CHECK(matches("^\\h\\H\\v\\V$",
                "\xE1\x9A\x80"
                "a\x0B"
                "b"));
  CHECK(outcome("\\b(\\w+)\\b: ", "a<>Count: 1") == "|Count|");
  CHECK_FALSE(matches("^a\\b.$", "aé"));
  CHECK(matches("^a\\B.$", "aé"));
  CHECK(matches("^\\Aa\\Gx|\\Gab$", "ab"));
}

TEST_CASE("java_regex: flags hold to the end of their group", "[rules]") {
  CHECK(matches("^(?:(?i)a)b$", "Ab"));
  CHECK_FALSE(matches("^(?:(?i)a)b$", "AB"));
  CHECK(matches("^(?i)a|B$", "b"));
  CHECK(matches("^(?x) a b # c\n c$", "abc"));
  CHECK(matches("^(?x)[a b]\\ $", "b "));
  CHECK_FALSE(matches("^(?x)[a b]$", " "));
  CHECK(matches("^(?i-s:A)$", "a"));
  CHECK(refusal("(?U)a").why == RegexRefusal::kUnicodeClasses);
  CHECK(refusal("(?c)a").why == RegexRefusal::kCanonicalEquivalence);
  CHECK(matches("^\\Qa.b\\E+$", "a.bb"));
  CHECK_FALSE(matches("^\\Qa.b\\E$", "axb"));
  CHECK(matches("^\\Q1\\E2$", "12"));
}

TEST_CASE("java_regex: what only PCRE2 knows is refused", "[rules]") {
  for (const char* bad : {"(?R)", "(?1)", "(?|a)", "(?P<n>a)", "(?#c)", "(?(1)a)", "(*FAIL)", "\\K",
                          "\\g1", "\\C", "\\y", "\\E", "(?<1>a)", "(?<n>a)(?<n>b)"}) {
    CHECK(refusal(bad).why == RegexRefusal::kSyntax);
    CHECK_FALSE(refusal(bad).text.empty());
  }
  CHECK(refusal("\\N{DIGIT ONE}").why == RegexRefusal::kNamedCharacter);
  CHECK(refusal("a\\b{g}").why == RegexRefusal::kGraphemeBoundary);
}

TEST_CASE("java_regex: an error names its place in the pattern", "[rules]") {
  CHECK(refusal("ab)").position == 3);  // the wrapping's own parenthesis is the one too many
  CHECK(refusal("abc*+*").position == 5);
  CHECK(refusal("éé\\y").position == 3);
  CHECK(refusal("a[b").position == 7);
}

TEST_CASE("java_regex: size, groups and depth have bounds", "[rules]") {
  CHECK(refusal(std::string(kRegexMaxLength + 1, 'a')).why == RegexRefusal::kTooLong);
  std::string groups;
  for (std::size_t i = 0; i <= kRegexMaxGroups; ++i) groups += "()";
  CHECK(refusal(groups).why == RegexRefusal::kTooManyGroups);
  const std::string deep = std::string(5000, '(') + std::string(5000, ')');
  CHECK(refusal(deep).why == RegexRefusal::kTooDeep);
  CHECK(refusal(std::string(5000, '[')).why == RegexRefusal::kTooDeep);
  std::string fine;
  for (std::size_t i = 0; i < kRegexMaxDepth - 5; ++i) fine = "(?:" + fine + "a)+";
  CHECK(refusal(fine).text.empty());
  CHECK(refusal("(?:(?:a{1000}){1000}){1000}").why == RegexRefusal::kTooLong);
}

TEST_CASE("java_regex: a pattern that explodes gives up within bounds", "[rules]") {
  const std::string text = std::string(200, 'a') + "!#b";
  CHECK(outcome("^(a+)+(a+)+(a+)+b", text) == "limit");
  CHECK(outcome("^(?:a|aa|a?)+!b", text) == "limit");
  CHECK(outcome("^(.*)(.*)(.*)(.*)(.*)(.*)#$", text) == "limit");
}

TEST_CASE("java_regex: an ambiguous pattern finds its way through an attribute's text", "[rules]") {
  // Some million ways that end nowhere come before the one that fits.
  CHECK(outcome("([\\w&&[^\\d]]+.*)<.*><>([^,]+)",
                "d,e<k=" + std::string(230, 'L') + "><>isActive: 1.5") == "|e|isActive: 1.5|");
  CHECK(outcome("name=(?:(\\d)|([A-Z])|(.))+[,>]", "a<name=<>, Type=@><>key: 123456789012345680") ==
        "|.|T|<|");
}

TEST_CASE("java_regex: a text with a line end costs no more than another", "[rules]") {
  for (const std::string end : {"\n", "\r", "\r\n", "\u0085", "\u2028", "\u2029"}) {
    const std::string text =
        "app<type=A><>Text: " + std::string(3'000, 'x') + end + std::string(500, 'y');
    for (const char* pattern : {".*", "(.*)", "(.*)(.*)x(?=[\\s\\S])", "(?!.*name)(.*)", "", "x|y+",
                                "^.*[a-z]+$", "a)|(.*"}) {
      INFO(pattern);
      CHECK(outcome(pattern, text) == "no");
    }
    CHECK(outcome("(?s)app(.*)", text) == "|" + text.substr(3) + "|");
    CHECK(outcome("app([^,]*)", text) == "|" + text.substr(3) + "|");
    CHECK(outcome("(?=([^,]*))\\1", text) == "|" + end + std::string(500, 'y') + "|");
    CHECK(outcome("(x+)(?:\\R)(y+)y", text) == "|x|" + std::string(499, 'y') + "|");
  }
}

TEST_CASE("java_regex: the wrapping's end takes all that is left of a line", "[rules]") {
  // The ways through `(.*)` are as many as the text has characters, not as its square.
  Captures captures;
  const Result<JavaRegex, RegexError> regex = JavaRegex::compile(*parse_rule_pattern("^([^!]*)"));
  REQUIRE(regex);
  CHECK(regex->match(std::string(1'000, 'x') + "!\n", captures, JavaRegex::Effort::kQuick) ==
        JavaRegex::Verdict::kNoMatch);
  CHECK(outcome("a)|(b", "xxa") == "|.|");
  CHECK(outcome("a)|(b", "bxx") == "|b|");
  CHECK(outcome("a)|(b", "bxx\n") == "no");
  CHECK(outcome("x(?m)(.*)$", "x1\n2") == "no");
}

TEST_CASE("java_regex: a quick match gives up where a full one goes on", "[rules]") {
  // About a hundred thousand ways, and none fits.
  const Result<JavaRegex, RegexError> regex =
      JavaRegex::compile(*parse_rule_pattern("x(.*)(.*)(.*)!b"));
  REQUIRE(regex);
  const std::string text = "x" + std::string(60, '!');
  Captures captures;
  CHECK(regex->match(text + "b", captures, JavaRegex::Effort::kQuick) ==
        JavaRegex::Verdict::kMatch);
  CHECK(regex->match(text + "c.b", captures, JavaRegex::Effort::kQuick) ==
        JavaRegex::Verdict::kLimit);
  CHECK(regex->match(text + "c.b", captures) == JavaRegex::Verdict::kNoMatch);
}

TEST_CASE("java_regex: a text's length does not count against its steps", "[rules]") {
  const std::string path(200'000, 'x');
  const std::string text = "app<type=A><>Path: " + path + "\u00E9,last=7";
  // It matches from the first character on, from the last one, inside, and nowhere.
  CHECK(outcome(R"(app<type=(.+)><>(\w+): (x+)(.*))", text) ==
        "|A|Path|" + path + "|\u00E9,last=7|");
  CHECK(outcome(R"((\d)$)", text) == "|7|");
  CHECK(outcome(R"((x)(\W*)last=(\d))", text) == "|x|\u00E9,|7|");
  CHECK(outcome("(?<=\u00E9)(,)last", text) == "|,|");
  CHECK(outcome(R"(app<type=(.+)><>(\w+): (\d+))", text) == "no");
  CHECK(outcome(R"(^app<(.)(.*)>: (\d+)$)", text) == "no");
  const std::string lines = "ab\u2028" + path + "by";
  CHECK(outcome("b((?s:.*))y", lines) == "|\u2028" + path + "b|");
  CHECK(outcome("(by)", lines) == "no");
  CHECK(outcome("^(.*)(.*)(.*)x#$", text + "#") == "limit");
}

TEST_CASE("java_regex: every match is counted", "[rules]") {
  const std::uint64_t before = JavaRegex::runs();
  outcome("a", "a");
  outcome("a", "b");
  CHECK(JavaRegex::runs() == before + 2);
}
