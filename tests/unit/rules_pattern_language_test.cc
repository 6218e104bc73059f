#include "rules/pattern_language.h"

#include <catch2/catch.hpp>
#include <string_view>

#include "rules/java_regex.h"

using namespace jmxbridge;

namespace {

using Side = PatternAutomaton::Side;

RegexNode tree_of(std::string_view pattern) { return parse_java_regex(pattern)->root; }

/// Whether `wide` is found to take all of `narrow`, both as whole texts.
bool takes_all(std::string_view wide, std::string_view narrow, std::size_t steps = 100'000) {
  const RegexNode wide_tree = tree_of(wide);
  const RegexNode narrow_tree = tree_of(narrow);
  const RegexNode any_tree = tree_of("[\\s\\S]*");
  Alphabet alphabet;
  for (const RegexNode* tree : {&wide_tree, &narrow_tree, &any_tree}) {
    PatternAutomaton::add_classes(*tree, alphabet);
  }
  REQUIRE(alphabet.finish());
  const auto most = PatternAutomaton::make(wide_tree, Side::kAtMost, alphabet);
  const auto least = PatternAutomaton::make(narrow_tree, Side::kAtLeast, alphabet);
  const auto any = PatternAutomaton::make(any_tree, Side::kAtLeast, alphabet);
  REQUIRE(most);
  REQUIRE(least);
  REQUIRE(any);
  StepBudget budget(steps);
  const auto texts = FittingTexts::make(*least, *any, budget);
  if (!texts) return false;
  return TextTaker(*most, alphabet).takes_all(*texts, budget);
}

/// Whether some text of the form matches the pattern.
bool fits(std::string_view pattern, std::string_view form) {
  const RegexNode pattern_tree = parse_rule_pattern(pattern)->root;
  const RegexNode form_tree = tree_of(form);
  Alphabet alphabet;
  PatternAutomaton::add_classes(pattern_tree, alphabet);
  PatternAutomaton::add_classes(form_tree, alphabet);
  REQUIRE(alphabet.finish());
  const auto automaton = PatternAutomaton::make(pattern_tree, Side::kAtLeast, alphabet);
  const auto form_automaton = PatternAutomaton::make(form_tree, Side::kAtLeast, alphabet);
  StepBudget budget(100'000);
  return !FittingTexts::make(automaton.value(), form_automaton.value(), budget)->empty();
}

}  // namespace

TEST_CASE("alphabet: characters that no set tells apart are one symbol", "[rules]") {
  Alphabet alphabet;
  const CodePoints lower('a', 'z');
  const CodePoints vowel('e', 'e');
  alphabet.add(lower);
  alphabet.add(vowel);
  REQUIRE(alphabet.finish());
  CHECK(alphabet.size() == 3);
  CHECK(alphabet.symbols(lower).count() == 2);
  CHECK(alphabet.symbols(vowel).count() == 1);
  CHECK((alphabet.symbols(lower) & alphabet.symbols(vowel)) == alphabet.symbols(vowel));
}

TEST_CASE("alphabet: too many symbols are refused", "[rules]") {
  Alphabet alphabet;
  for (char32_t c = 0; c < 300; ++c) alphabet.add({0x4E00 + 2 * c, 0x4E00 + 2 * c});
  CHECK_FALSE(alphabet.finish());
}

TEST_CASE("pattern automaton: patterns that would be too large are refused", "[rules]") {
  for (const char* pattern :
       {"(?:(?:(?:){60000}){60000}){60000}", "(?:a{1000}){50}", "a{0,60000}"}) {
    const RegexNode tree = tree_of(pattern);
    Alphabet alphabet;
    PatternAutomaton::add_classes(tree, alphabet);
    REQUIRE(alphabet.finish());
    CHECK_FALSE(PatternAutomaton::make(tree, Side::kAtLeast, alphabet));
  }
}

TEST_CASE("pattern language: what is in each other is found", "[rules]") {
  CHECK(takes_all("a*", "aaa|a?"));
  CHECK(takes_all("(a|b)*c?", "(?:ab)+c"));
  CHECK(takes_all("[^x]{2,3}",
                  "..?"
                  "y|[ab]{2}") == false);
  CHECK(takes_all("[^x]{2,3}", "[ab]{2}y?"));
  CHECK(takes_all("a+", "a*") == false);
  CHECK(takes_all("^a$", "a"));
  CHECK(takes_all("a\\z", "a$") == true);
  CHECK(takes_all("a", "a$\\n") == false);
  CHECK(takes_all("b^a", "a") == false);
  CHECK(takes_all("(?:a|b)*a(?:a|b){3}", "(?:a|b)*a(?:a|b){3}"));
  CHECK(takes_all("(?:a|b)*a(?:a|b){3}", "(?:a|b)*a(?:a|b){4}") == false);
}

TEST_CASE("pattern language: nothing is said where the steps end", "[rules]") {
  CHECK(takes_all("(?:a|b)*a(?:a|b){8}", "(?:a|b)*a(?:a|b){8}"));
  CHECK_FALSE(takes_all("(?:a|b)*a(?:a|b){8}", "(?:a|b)*a(?:a|b){8}", 1000));
}

TEST_CASE("pattern language: a match does not begin in a group of the form", "[rules]") {
  CHECK(fits("b", "a(b)c|b"));
  CHECK_FALSE(fits("b", "a(b)c"));
  CHECK_FALSE(fits(".*b", "a(b)c"));
  CHECK_FALSE(fits("b", "a(b)c|d"));
  CHECK(fits("ab", "a(b)c"));
  CHECK(fits("c", "a(b)c"));
  CHECK(fits("", "a(b)c"));
}
