#include "rules/templates.h"

#include <catch2/catch.hpp>

using namespace jmxbridge;

namespace {

/// The template expanded on `text` as the pattern matches it, or its error.
std::string expanded(const std::string& text_template, const std::string& pattern,
                     const std::string& text) {
  const Result<RegexSyntax, RegexError> syntax = parse_rule_pattern(pattern);
  REQUIRE(syntax.has_value());
  const Template compiled(text_template, syntax->groups, syntax->names);
  if (!compiled.error().empty()) return "error: " + compiled.error();
  const Result<JavaRegex, RegexError> regex = JavaRegex::compile(*syntax);
  REQUIRE(regex.has_value());
  Captures captures;
  REQUIRE(regex->match(text, captures) == JavaRegex::Verdict::kMatch);
  std::string out;
  compiled.expand(captures, out);
  return out;
}

const std::string kSix = "^(a)(b)(c)(d)(e)(f)";

}  // namespace

TEST_CASE("templates: the first digit counts, more as long as the group exists", "[rules]") {
  CHECK(expanded("x_$1-$2", kSix, "abcdef") == "x_a-b");
  CHECK(expanded("$55", kSix, "abcdef") == "e5");
  CHECK(expanded("$0", kSix, "abcdefg") == "abcdefg");
  CHECK(expanded("$00", kSix, "abcdef") == "abcdef");
  CHECK(expanded("$06", kSix, "abcdef") == "f");
  CHECK(expanded("$11", "^(1)(2)(3)(4)(5)(6)(7)(8)(9)(a)(b)", "123456789ab") == "b");
}

TEST_CASE("templates: a name in braces stands for its group, and is an error without one",
          "[rules]") {
  CHECK(expanded("${key}=${v2}", "(?<key>a)(?<v2>b)", "ab") == "a=b");
  CHECK(expanded("${key}", "(?<other>a)", "a").starts_with("error: '${key}' names no group"));
  CHECK(expanded("${key", "(?<key>a)", "a").starts_with("error: "));
  CHECK(expanded("${}", "(?<key>a)", "a").starts_with("error: "));
  CHECK(expanded("${ke y}", "(?<key>a)", "a").starts_with("error: "));
}

TEST_CASE("templates: a backslash makes the next character literal", "[rules]") {
  CHECK(expanded("\\$1 \\n \\\\ \\x", "(a)", "a") == "$1 n \\ x");
  CHECK(expanded("\\é", "(a)", "a") == "é");
}

TEST_CASE("templates: a group that took no part is empty", "[rules]") {
  CHECK(expanded("[$1][$2]", "^(?:(a)|(b))$", "b") == "[][b]");
}

TEST_CASE("templates: what cannot be expanded is an error with its reason", "[rules]") {
  CHECK(expanded("$7", kSix, "abcdef") ==
        "error: it refers to group 7, but the pattern has 6: lower the number");
  CHECK(expanded("a$", "(a)", "a").starts_with("error: a '$' is followed by no number"));
  CHECK(expanded("$x", "(a)", "a").starts_with("error: a '$' is followed by no number"));
  CHECK(expanded("a\\", "(a)", "a").starts_with("error: it ends in a '\\'"));
}

TEST_CASE("templates: the groups that are used are known", "[rules]") {
  const Template used("$3 $1 $3 ${n}", 4, {{"n", 4}});
  CHECK(used.groups() == std::vector<std::uint32_t>{1, 3, 4});
}
