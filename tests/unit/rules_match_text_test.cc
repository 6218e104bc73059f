#include "rules/match_text.h"

#include <catch2/catch.hpp>

#include "rules_fixture.h"

using namespace jmxbridge;

namespace {

std::string subject(const OwnedLeaf& owned) {
  std::string text;
  const Leaf leaf = owned.leaf();
  append_match_subject(leaf, leaf.attribute, text);
  return text;
}

/// What a rule sees as `$0`.
std::string whole(const OwnedLeaf& owned, const Value& value) {
  const Match match = rules_of({RuleMaker("(?s).*").name("n").help("$0").value("1")})
                          ->evaluate(owned.leaf(), value);
  REQUIRE(match.samples.size() == 1);
  return match.samples.front().help;
}

}  // namespace

TEST_CASE("match_text: properties stand in their own order", "[rules]") {
  CHECK(subject({"t.order:b=2,a=1,c=3", "Value"}) == "t.order<b=2, a=1, c=3><>Value");
  CHECK(subject({"t.dyn:type=Dyn", "other", {"Tab"}}) == "t.dyn<type=Dyn><Tab>other");
  CHECK(subject({"t.dyn:type=Dyn", "z", {"Comp", "sub"}}) == "t.dyn<type=Dyn><Comp, sub>z");
  CHECK(subject({"t:", "Value"}) == "t<><>Value");
}

TEST_CASE("match_text: values of properties are raw", "[rules]") {
  CHECK(subject({"t.q:type=Q,name=\"a,b=\\\"c\\\"\",empty=,sp= x ", "Value"}) ==
        "t.q<type=Q, name=\"a,b=\\\"c\\\"\", empty=, sp= x ><>Value");
  CHECK(subject({"ClusterStatus:cluster=c, jobType=ALL", "A"}) ==
        "ClusterStatus<cluster=c,  jobType=ALL><>A");
}

TEST_CASE("match_text: the value's text is Java's", "[rules]") {
  const OwnedLeaf leaf("t:a=b", "V");
  CHECK(whole(leaf, integer_value(42)) == "t<a=b><>V: 42");
  CHECK(whole(leaf, integer_value(9007199254740993)) == "t<a=b><>V: 9007199254740993");
  CHECK(whole(leaf, double_value(2)) == "t<a=b><>V: 2.0");
  CHECK(whole(leaf, double_value(1e7)) == "t<a=b><>V: 1.0E7");
  CHECK(whole(leaf, boolean_value(true)) == "t<a=b><>V: true");
  CHECK(whole(leaf, date_value(1700000000123)) == "t<a=b><>V: 1.700000000123E9");
  CHECK(whole(leaf, text_value("two\nlines: x")) == "t<a=b><>V: two\nlines: x");
  CHECK(whole(leaf, text_value("")) == "t<a=b><>V: ");
  Value single;
  single.kind = ValueKind::kFloat;
  single.number = 1.1F;
  CHECK(whole(leaf, single) == "t<a=b><>V: 1.1");
}

TEST_CASE("match_text: snake case breaks before an upper-case letter after another", "[rules]") {
  CHECK(snake_case("testTest") == "test_test");
  CHECK(snake_case("TCP") == "tcp");
  CHECK(snake_case("testTCPTest") == "test_tcptest");
  CHECK(snake_case("test_Test") == "test_test");
  CHECK(snake_case("A") == "a");
  CHECK(snake_case("StartTime_$1_$2") == "start_time_$1_$2");
  CHECK(snake_case("") == "");
  CHECK(snake_case("_A") == "_a");
  CHECK(snake_case("a1B") == "a1_b");
  CHECK(snake_case("größeÄnderung") == "größe_änderung");
  CHECK(snake_case("ΑΒγΔ") == "αβγ_δ");
  CHECK(snake_case("x\xF0\x90\x90\x80y") == "x\xF0\x90\x90\x80y");  // beyond 16 bits: no case
  CHECK(snake_case("ǅx") == "ǆx");                                  // title case is not upper case
}

TEST_CASE("match_text: snake case changes the attribute only", "[rules]") {
  const OwnedLeaf leaf("D.Om:Type=MyType", "MaxValue", {"MyKey"});
  const Match match = rules_of({RuleMaker("max_value").name("n").help("$0").snake()})
                          ->evaluate(leaf.leaf(), integer_value(1));
  CHECK(match.samples.at(0).help == "D.Om<Type=MyType><MyKey>max_value: 1");
  CHECK(shown(rules_of({RuleMaker("MaxValue").name("n").snake()})
                  ->evaluate(leaf.leaf(), integer_value(1))) == "none");
}
