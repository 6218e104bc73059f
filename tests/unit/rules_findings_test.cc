#include <catch2/catch.hpp>

#include "rules_fixture.h"

using namespace jmxbridge;

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
  CHECK(report_of({RuleMaker("io.prometheus.jmx:type=customValue")}).find("jmx:type=customValue") !=
        std::string::npos);
  CHECK(report_of({RuleMaker("a|jmx:type=x")}) == "");
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

TEST_CASE("findings: templates that cannot be expanded are named", "[rules]") {
  CHECK(report_of({RuleMaker("(a)").name("x_$2")}).find("warning: rules[0].name: ") !=
        std::string::npos);
  CHECK(report_of({RuleMaker().value("1")}).find("rules[0].value: ") != std::string::npos);
  CHECK(report_of({RuleMaker("(a)").name("x").label("l", "$")}).find("rules[0].labels: ") !=
        std::string::npos);
}

TEST_CASE("findings: a cached rule that takes from the value is named", "[rules]") {
  CHECK(report_of({RuleMaker("x<>A: (.*)").name("n").value("$1").cache()}).find("'<cache>'") !=
        std::string::npos);
  CHECK(report_of({RuleMaker("x<>(A): (.*)").name("n").value("$1").cache()}) == "");
}
