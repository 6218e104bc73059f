#include <catch2/catch.hpp>
#include <string>
#include <string_view>

#include "commands/rule_test_file.h"

using namespace jmxbridge;

namespace {

RuleTestFile loaded(std::string_view text) {
  LoadedRuleTests tests = load_rule_tests_text(text, "/etc/tests/t.yml");
  if (!tests.report.findings().empty()) FAIL(tests.report.text());
  return tests.file;
}

std::string findings(std::string_view text) {
  return load_rule_tests_text(text, "t.yml").report.text();
}

constexpr std::string_view kHead = "rule_file: r.yml\nsnapshot: s.json\ntests:\n";

std::string with_head(std::string_view tests) { return std::string(kHead) + std::string(tests); }

}  // namespace

TEST_CASE("rule test file: paths are relative to the file, and a test goes before the top",
          "[commands]") {
  const RuleTestFile file = loaded(
      "rule_file: ../rules.yml\n"
      "snapshot: a.json\n"
      "tolerance: 0.5\n"
      "tests:\n"
      "- name: one\n"
      "  expect: |\n"
      "    # TYPE a gauge\n"
      "    a{b=\"c\"} 1\n"
      "  complete: [a]\n"
      "  absent: [d, 'e{f=\"g\"}']\n"
      "- snapshots: [b.json, /abs/c.json]\n"
      "  tolerance: 0\n"
      "  complete: true\n");
  CHECK(file.rule_file == "/etc/tests/../rules.yml");
  REQUIRE(file.tests.size() == 2);
  const RuleTest& one = file.tests[0];
  CHECK(one.name == "one");
  CHECK(one.snapshots == std::vector<std::string>{"/etc/tests/a.json"});
  CHECK(one.tolerance == 0.5);
  REQUIRE(one.expected.samples.size() == 1);
  CHECK(one.expected.families.at("a").type == "gauge");
  CHECK(one.complete == std::vector<std::string>{"a"});
  CHECK_FALSE(one.all_complete);
  REQUIRE(one.absent.size() == 2);
  CHECK(one.absent[1].labels == std::vector<Label>{{"f", "g"}});
  const RuleTest& two = file.tests[1];
  CHECK(two.name == "tests[1]");
  CHECK(two.snapshots == std::vector<std::string>{"/etc/tests/b.json", "/abs/c.json"});
  CHECK(two.tolerance == 0);
  CHECK(two.all_complete);
}

TEST_CASE("rule test file: what is wrong is located, all at once", "[commands]") {
  struct Case {
    std::string text;
    const char* part;
  };
  const Case cases[] = {
      {"", "t.yml: error: this is no test file"},
      {"- a", "t.yml:1:1: error: this is no test file"},
      {"rule_file: [", "t.yml:1:"},
      {"snapshot: s\ntests: [{absent: [a]}]\n", "error: rule_file: this is missing"},
      {"rule_file: r\nsnapshot: s\n", "error: tests: this is missing"},
      {"rule_file: r\nsnapshot: s\ntests: []\n", "t.yml:3:8: error: tests: "},
      {"rule_file: r\ntests:\n- absent: [a]\n", "t.yml:3:3: error: tests[0].snapshot: no snapshot"},
      {with_head("- 7\n"), "t.yml:4:3: error: tests[0]: found '7'"},
      {with_head("- name: x\n"), "tests[0].expect: the test wants nothing"},
      {with_head("- expekt: a 1\n  absent: [b]\n"), "t.yml:4:3: warning: tests[0].expekt"},
      {with_head("- expect: |\n    a 1\n    b one\n"),
       "tests[0].expect: line 2 of this text, column 3: 'one' is no number"},
      {with_head("- absent: [a b]\n"), "tests[0].absent: 'a b', column 3: "},
      {with_head("- absent: a\n"), "tests[0].absent: "},
      {with_head("- absent: [7]\n"), "error: tests[0].absent[0]: found '7'"},
      {with_head("- complete: 7\n"), "tests[0].complete: "},
      {with_head("- absent: [a]\n  tolerance: -1\n"), "tests[0].tolerance: "},
      {with_head("- absent: [a]\n  tolerance: .nan\n"), "tests[0].tolerance: "},
      {with_head("- absent: [a]\n  snapshot: a\n  snapshots: [b]\n"), "snapshot is given as well"},
      {with_head("- absent: [a]\n  snapshots: b\n"), "tests[0].snapshots: "},
  };
  for (const Case& each : cases) {
    CAPTURE(each.text);
    CHECK_THAT(findings(each.text), Catch::Contains(each.part));
  }
  const std::string both = findings("tests:\n- 1\n- 2\n");
  CHECK_THAT(both, Catch::Contains("rule_file") && Catch::Contains("tests[0]") &&
                       Catch::Contains("tests[1]"));
}

TEST_CASE("rule test file: a file that is not there is named", "[commands]") {
  const LoadedRuleTests tests = load_rule_tests("/nonexistent/t.yml");
  CHECK_THAT(tests.report.text(), Catch::StartsWith("/nonexistent/t.yml: error: "));
}
