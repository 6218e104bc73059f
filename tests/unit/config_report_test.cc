#include "config/report.h"

#include <catch2/catch.hpp>

namespace jmxbridge {

TEST_CASE("report: a finding is one line with file, place, kind, key and text", "[config]") {
  Report report("dir/a.yml");
  report.error({3, 7}, "rules[0].name", "found nothing; write a text");
  CHECK(report.text() == "dir/a.yml:3:7: error: rules[0].name: found nothing; write a text\n");
}

TEST_CASE("report: findings are sorted by place, those of one place stay in their order",
          "[config]") {
  Report report("a.yml");
  report.warning({9, 1}, "z", "last");
  report.error({2, 5}, "b", "third");
  report.error({2, 1}, "", "second");
  report.warning({2, 5}, "c", "fourth");
  report.error({}, "", "first");
  CHECK(report.text() ==
        "a.yml: error: first\n"
        "a.yml:2:1: error: second\n"
        "a.yml:2:5: error: b: third\n"
        "a.yml:2:5: warning: c: fourth\n"
        "a.yml:9:1: warning: z: last\n");
}

TEST_CASE("report: notes are neither errors nor warnings, and lines are of one severity",
          "[config]") {
  Report report("a.yml");
  report.note({2, 1}, "k", "n");
  CHECK_FALSE(report.has_errors());
  CHECK(report.count(Severity::kWarning) == 0);
  CHECK(report.text() == "a.yml:2:1: note: k: n\n");
  report.warning({3, 1}, "", "late");
  report.warning({1, 1}, "", "early");
  CHECK(report.count(Severity::kNote) == 1);
  CHECK(report.count(Severity::kWarning) == 2);
  CHECK(report.lines(Severity::kError).empty());
  CHECK(report.lines(Severity::kWarning) ==
        std::vector<std::string>{"a.yml:1:1: warning: early", "a.yml:3:1: warning: late"});
}

TEST_CASE("report: warnings are no errors", "[config]") {
  Report report("a.yml");
  CHECK_FALSE(report.has_errors());
  CHECK(report.count(Severity::kWarning) == 0);
  CHECK(report.text().empty());
  report.warning({1, 1}, "", "w");
  CHECK(report.count(Severity::kWarning) == 1);
  CHECK_FALSE(report.has_errors());
  report.error({1, 1}, "", "e");
  CHECK(report.has_errors());
  CHECK(report.findings().size() == 2);
  CHECK(report.findings()[0].file == "a.yml");
}

TEST_CASE("report: of thousands of findings some hundreds are kept, and the rest counted",
          "[config]") {
  Report report("a.yml");
  for (int i = 1; i <= 2000; ++i) report.warning({i, 1}, "k", "w");
  CHECK_FALSE(report.has_errors());
  report.error({3000, 1}, "k", "e");
  CHECK(report.has_errors());
  CHECK(report.findings().size() == 501);
  const std::string text = report.text();
  CHECK(text.find("a.yml:3000:1: error: k: e\n") != std::string::npos);
  CHECK(text.find("a.yml: 1500 more findings are not listed") != std::string::npos);
}

}  // namespace jmxbridge
