#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "rules_fixture.h"

using namespace jmxbridge;

namespace {

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// Two rules, the second behind the first; true if it is found to be hidden.
bool hides(const char* earlier, const char* later) {
  return has(report_of({RuleMaker(earlier), RuleMaker(later)}),
             "rules[1]: it is never used, because rules[0]");
}

}  // namespace

TEST_CASE("findings: a pattern that is refused is an error at its place", "[rules]") {
  const std::string text = report_of({RuleMaker("fine"), RuleMaker("ab*+*")});
  CHECK(text.find("rules.yml:2:1: error: rules[1].pattern: ") == 0);
  CHECK(text.find("at its character 5: nothing stands before '*'") != std::string::npos);
  const std::string both = report_of({RuleMaker("("), RuleMaker("[")});
  CHECK(both.find("rules[0]") != std::string::npos);
  CHECK(both.find("rules[1]") != std::string::npos);
}

TEST_CASE("findings: ordinary rules give none", "[rules]") {
  CHECK(report_of({RuleMaker("kafka.server<type=(.+), name=(.+)><>Count: (.*)")
                       .name("kafka_$1_$2_total")
                       .type(FamilyType::kCounter)
                       .label("a", "$3"),
                   RuleMaker("<name=\"a:b=c\"><>x").name("y"), RuleMaker("a: (b=c)"),
                   RuleMaker()}) == "");
}

TEST_CASE("findings: a colon in place of the angle bracket is noticed", "[rules]") {
  CHECK(
      has(report_of({RuleMaker("io.prometheus.jmx:type=customValue")}),
          "rules.yml:2:1: warning: rules[0].pattern: it matches no attribute: properties stand in "
          "angle brackets"));
  CHECK(has(report_of({RuleMaker(".*jmx:type=(.*)")}), "angle brackets"));
  CHECK(report_of({RuleMaker("a|jmx:type=x")}) == "");
  CHECK(report_of({RuleMaker("<>Url: jmx:type=x")}) == "");
  CHECK(report_of({RuleMaker("name=\"jmx:type=x\"")}) == "");
  CHECK(report_of({RuleMaker("jdbc:mysql")}) == "");
}

TEST_CASE("findings: a star after '=' is noticed, a character in between is enough", "[rules]") {
  for (const char* pattern : {"java.lang:type=*", "java.lang<type=*, name=x><>y", "<(type=*)>"}) {
    CHECK(has(report_of({RuleMaker(pattern)}), "the '*' repeats the '='"));
  }
  CHECK(report_of({RuleMaker("java.lang<type=.*, name=\\w*><>y"), RuleMaker("a=?b")}) == "");
}

TEST_CASE("findings: a missing blank behind a comma is noticed, but not within quotes", "[rules]") {
  for (const char* pattern : {"d<type=X,name=Y><>Count", "d<type=(.+),name=(.+)><>Count"}) {
    CHECK(has(report_of({RuleMaker(pattern)}), "a blank stands behind each ','"));
  }
  CHECK(report_of({RuleMaker("d<type=X, name=Y><>Count"), RuleMaker("d<n=\"a,name=b\">"),
                   RuleMaker("d<a=b,\\s*c=d>"), RuleMaker("<>Note: a,b=c"),
                   RuleMaker("e<a=b,  c=d>")}) == "");
}

TEST_CASE("findings: missing brackets before the attribute are noticed", "[rules]") {
  for (const char* pattern : {"d<type=X>Count", "^d<type=X, name=Y>[A-Z]+: "}) {
    CHECK(has(report_of({RuleMaker(pattern)}), "a second pair of brackets"));
  }
  // A run can take what is missing.
  CHECK(report_of({RuleMaker("d<type=X><>Count"), RuleMaker("d<type=X><Usage>used"),
                   RuleMaker("d<type=(.+)>Count"), RuleMaker("d<type=X>")}) == "");
}

TEST_CASE("findings: an end before the value is noticed", "[rules]") {
  for (const char* pattern : {"d<type=X><>Count$", "<>(\\w+)\\Z", "<>(A|B$)$"}) {
    CHECK(has(report_of({RuleMaker(pattern)}), "remove the '$'"));
  }
  CHECK(report_of({RuleMaker("d<type=X><>Count: .*$"), RuleMaker("d<type=Y><>.*$"),
                   RuleMaker("x$|y")}) == "");
}

TEST_CASE("findings: a colon without its blank is noticed", "[rules]") {
  CHECK(has(report_of({RuleMaker("<>Count:(\\d+)")}), "a blank stands between the ':'"));
  CHECK(report_of({RuleMaker("<>Count: (\\d+)"), RuleMaker("<>Count:(.*)"),
                   RuleMaker("<>Size:\\s\\d")}) == "");
}

TEST_CASE("findings: capitals are noticed where the attribute's name has none", "[rules]") {
  CHECK(has(report_of({RuleMaker("d<type=X><>HeapUsage").snake()}), "'attrNameSnakeCase'"));
  CHECK(report_of({RuleMaker("d<type=X><>HeapUsage"), RuleMaker("d<type=X><>heap_usage").snake(),
                   RuleMaker("d<type=X><(HeapUsage)>used").snake(),
                   RuleMaker("<>state: RUNNING").snake()}) == "");
}

TEST_CASE("findings: a cached rule that asks for a value is noticed", "[rules]") {
  CHECK(has(report_of({RuleMaker("<>Count: \\d+").cache()}), "'<cache>' for the value"));
  CHECK(report_of({RuleMaker("<>Count: \\d+"), RuleMaker("<>Count: .+").cache(),
                   RuleMaker("<>Size").cache()}) == "");
}

TEST_CASE("findings: a '^' behind a character is noticed, as are texts of another shape",
          "[rules]") {
  CHECK(has(report_of({RuleMaker("d^<type=X>")}), "contradicts itself"));
  CHECK(has(report_of({RuleMaker("d<type=X name=Y><>Count")}), "rules see texts as"));
  CHECK(report_of({RuleMaker("^d<type=X>"), RuleMaker("(?:^|b)c"), RuleMaker("[^a]b")}) == "");
}

TEST_CASE("findings: what an automaton cannot say is no reason to complain", "[rules]") {
  for (const char* pattern :
       {"(?!a)b<type=", "(a)\\1<", "(?>a*)b", "a++b", "\\bfoo\\b", "(?<=<)type=x", "(?m)^b$",
        "\\p{IsAlphabetic}+<x", "a\\Rb", "(?s)<>Note: (.*)", "\\X<type=\\P{L}"}) {
    INFO(pattern);
    CHECK(report_of({RuleMaker(pattern)}) == "");
  }
}

TEST_CASE("findings: suffixes that will go are named", "[rules]") {
  CHECK(report_of({RuleMaker("").name("foo_total")}).find("'_total'") != std::string::npos);
  CHECK(report_of({RuleMaker("").name("foo_total").type(FamilyType::kCounter)}) == "");
  CHECK(report_of({RuleMaker("(a)").name("$1_info")}).find("'_info'") != std::string::npos);
  CHECK(report_of({RuleMaker("").name("x_created_total").type(FamilyType::kCounter)})
            .find("'_created'") != std::string::npos);
}

TEST_CASE("findings: rules behind one that takes the same are named", "[rules]") {
  CHECK(report_of({RuleMaker(), RuleMaker("a")})
            .find("rules[1]: it is never used, because rules[0]") != std::string::npos);
  const std::string same = report_of({RuleMaker("a"), RuleMaker("b"), RuleMaker("a")});
  CHECK(same.find("rules[2]: it is never used, because rules[0]") != std::string::npos);
  CHECK(report_of({RuleMaker("a"), RuleMaker("a").snake()}) == "");
  CHECK(report_of({RuleMaker("a"), RuleMaker("a").cache()}) == "");
}

TEST_CASE("findings: a rule is hidden by one that takes all that it does", "[rules]") {
  CHECK(hides("d<type=(.+)><>Count", "d<type=(\\w+), name=(.+)><>Count"));
  CHECK(hides("d.(\\w+)<type=(.+), name=(.+)><>Value", "d.s<type=a, name=(.+?), x=(.*)><>Value"));
  CHECK(hides(".*", "d<type=X><>Count"));
  CHECK(hides("<>(a|b|c)", "<>(c|a)"));
  CHECK(hides("(?i)heap", "<>[hH]eap"));
  CHECK(hides("d<type=([^,]+)>", "d<type=X>"));
  CHECK(hides("a{2,4}", "a{3}"));
  CHECK(hides("<>Count", "d<type=X><>Count: \\d+$"));
  CHECK(hides("d<type=(.+)>", "d<type=(?!x)(y)>"));

  CHECK_FALSE(hides("d<type=(\\w+)><>Count", "d<type=(.+)><>Count"));
  CHECK_FALSE(hides("d<type=X, name=(.+)>", "d<type=X, id=(.+)>"));
  CHECK_FALSE(hides("^d<type=X>", "d<type=X>"));
  CHECK_FALSE(hides("<>Count: 1", "<>Count: \\d"));
  CHECK_FALSE(hides("<>(a|b)", "<>(a|c)"));
  CHECK_FALSE(hides("a{3}", "a{1,2}b"));
  CHECK_FALSE(hides("<>Note", "<>Note: a\nb"));
  CHECK_FALSE(hides("<>Note$", "<>Note: x$"));
  CHECK_FALSE(hides("d<type=(?!x)(.+)>", "d<type=y>"));
  CHECK_FALSE(hides("(a)\\1", "aa"));
  CHECK_FALSE(hides("(?>a*)ab", "ab"));
  CHECK_FALSE(hides("a*+ab", "ab"));
  CHECK_FALSE(hides("\\bfoo", "foo"));
  CHECK_FALSE(hides("\\p{L}<", "a<"));
  CHECK_FALSE(hides("\\P{Lu}<", "a<"));
}

TEST_CASE("findings: rules that see other texts do not hide each other", "[rules]") {
  CHECK(report_of({RuleMaker("<>(.+)"), RuleMaker("<>a").snake()}) == "");
  CHECK(report_of({RuleMaker("<>(.+)").cache(), RuleMaker("<>a")}) == "");
  CHECK(has(report_of({RuleMaker("<>(.+)").cache(), RuleMaker("<>a").cache()}), "never used"));
}

TEST_CASE("findings: a name that only lacks its end is called that", "[rules]") {
  CHECK(has(report_of({RuleMaker("d<type=X><>lag"), RuleMaker("d<type=X><>lag-max")}),
            "rules[1]: it is never used, because rules[0] before it takes longer names too"));
  CHECK(report_of({RuleMaker("d<type=X><>lag:"), RuleMaker("d<type=X><>lag-max")}) == "");
  CHECK(report_of({RuleMaker("d<type=X><>lag-max"), RuleMaker("d<type=X><>lag")}) == "");
  CHECK(has(notes_of({RuleMaker("d<type=X><>(rate|lag)"), RuleMaker("d<type=(.+)><>lag-max")}),
            "rules[0].pattern: it takes longer names as well, some that rules[1] asks for"));
  CHECK(notes_of({RuleMaker("d<type=X><>(rate|lag):"), RuleMaker("d<type=(.+)><>lag-max")}) == "");
  CHECK(notes_of({RuleMaker("d<type=X><>lag"), RuleMaker("d<type=Y><>lag-max")}) == "");
  CHECK(notes_of({RuleMaker("d<type=X><>Count"), RuleMaker("d<type=(.+)><>(\\w+)")}) == "");
}

TEST_CASE("findings: a family of two types is named once", "[rules]") {
  const RuleMaker untyped = RuleMaker("<>a").name("x_total");
  const RuleMaker counter = RuleMaker("<>b").name("x_total").type(FamilyType::kCounter);
  const RuleMaker gauge = RuleMaker("<>c").name("x").type(FamilyType::kGauge);
  const std::string report = report_of({counter, gauge, untyped});
  CHECK(has(report,
            "rules.yml:3:1: warning: rules[1].name: the family 'x' is GAUGE here and COUNTER in "
            "rules[0]"));
  CHECK_FALSE(has(report, "rules[2].name: the family"));
  CHECK_FALSE(has(report_of({counter, counter}), "the family"));
  CHECK_FALSE(
      has(report_of({counter, RuleMaker("<>c").name("y").type(FamilyType::kGauge)}), "the family"));
  // A hidden rule makes no samples, and groups may differ.
  CHECK_FALSE(has(report_of({counter, RuleMaker("<>b").name("x")}), "the family"));
  CHECK_FALSE(has(report_of({RuleMaker("<>(a)").name("x$1").type(FamilyType::kCounter),
                             RuleMaker("<>(b)").name("x$1").type(FamilyType::kGauge)}),
                  "the family"));
}

TEST_CASE("findings: the type of a family is that after inference, its name that in lower case",
          "[rules]") {
  CollectorConfig config = config_of(
      {RuleMaker("<>a").name("x_total"), RuleMaker("<>b").name("X").type(FamilyType::kCounter)});
  CHECK_FALSE(has(report_of(config), "the family"));
  config.lowercase_output_name = true;
  CHECK(has(report_of(config), "the family 'x' is COUNTER here and UNKNOWN in rules[0]"));
  config.infer_counter_type_from_name = true;
  CHECK_FALSE(has(report_of(config), "the family"));
}

TEST_CASE("findings: rules that are matched in each scrape are noted, and why", "[rules]") {
  CHECK(has(notes_of({RuleMaker("<>a"), RuleMaker("<>b: 1")}),
            "rules.yml:2:1: note: rules[1].pattern: it is matched anew in each scrape, because it "
            "can match in the value"));
  CHECK(notes_of({RuleMaker("<>a"), RuleMaker("<>b: (.*)").name("x"), RuleMaker()}) == "");
}

TEST_CASE("findings: patterns of any size take bounded work", "[rules]") {
  std::vector<RuleConfig> rules;
  for (int i = 0; i < 100; ++i) {
    rules.push_back(RuleMaker("(.*a.{12}|b.*c.*d)(.+)(a|b|c)*.{9}x.*y" + std::to_string(i)));
  }
  rules.push_back(RuleMaker("(?:[a-z]{1000}){50}"));
  std::string alternatives = "(?:";
  for (int i = 0; i < 2000; ++i) alternatives += "a" + std::to_string(i) + "*|";
  rules.push_back(RuleMaker(alternatives + ")*"));
  std::string characters;
  for (int i = 0; i < 600; ++i) characters += "\\x{" + fmt::format("{:x}", 0x4E00 + 3 * i) + "}";
  CHECK(report_of(rules) == "");
  rules.push_back(RuleMaker(characters));
  CHECK(report_of(rules) == "");
  rules.push_back(rules.front());
  CHECK(has(report_of(rules), "it is never used, because rules[0] before it takes the same"));
}

TEST_CASE("findings: templates that cannot be expanded are named", "[rules]") {
  CHECK(report_of({RuleMaker("(a)").name("x_$2")}).find("warning: rules[0].name: ") !=
        std::string::npos);
  CHECK(report_of({RuleMaker().value("1")}).find("rules[0].value: ") != std::string::npos);
  CHECK(report_of({RuleMaker("(a)").name("x").label("l", "$")}).find("rules[0].labels: ") !=
        std::string::npos);
}

TEST_CASE("findings: a cached rule that takes from the value is named", "[rules]") {
  CHECK(report_of({RuleMaker("<>A: (.*)").name("n").value("$1").cache()}).find("'<cache>'") !=
        std::string::npos);
  CHECK(report_of({RuleMaker("<>(A): (.*)").name("n").value("$1").cache()}) == "");
}
