#include <catch2/catch.hpp>
#include <string>
#include <string_view>

#include "commands/page_diff.h"

using namespace jmxbridge;

namespace {

SampleText page(std::string_view text) {
  Result<SampleText, SampleTextError> read = parse_exposition(text);
  if (!read) FAIL(read.error().line << ": " << read.error().text);
  return *read;
}

PageDiff compare(std::string_view a, std::string_view b, const DiffOptions& options = {}) {
  return compare_pages(page(a), page(b), options);
}

/// Passes if there is exactly that difference, on a line that starts so and says that.
void check_one(const PageDiff& diff, const std::string& start, const std::string& advice) {
  INFO(diff.text);
  CHECK(diff.differences == 1);
  CHECK(diff.text.starts_with(start));
  CHECK(diff.text.substr(0, diff.text.find('\n')).find(advice) != std::string::npos);
}

DiffOptions with_values(Tolerance tolerance = {}) {
  DiffOptions options;
  options.values = true;
  options.tolerance = tolerance;
  return options;
}

}  // namespace

TEST_CASE("page diff: the same in text and OpenMetrics is the same", "[commands]") {
  const PageDiff diff = compare_pages(
      page("# HELP hits_total h\n# TYPE hits_total counter\nhits_total{a=\"1\"} 3.0\n"
           "# TYPE level gauge\nlevel 1.0\n# TYPE u untyped\nu 5.0\n"
           "# TYPE b_info gauge\nb_info{v=\"1\"} 1.0\n"),
      page(
          "# TYPE hits counter\n# HELP hits h\nhits_total{a=\"1\"} 3.0 1700000000.5 # {t=\"x\"} 1\n"
          "hits_created{a=\"1\"} 17.0\n# TYPE level gauge\n# UNIT level seconds\nlevel 1.0 17\n"
          "# TYPE u unknown\nu 5\n# TYPE b info\nb_info{v=\"1\"} 1\n# EOF\n"),
      with_values());
  INFO(diff.text);
  CHECK(diff.differences == 0);
  CHECK(diff.text ==
        "A has 4 series, B has 4; 0 missing in B, 0 extra, 0 of another type, 0 of "
        "another value\n");
}

TEST_CASE("page diff: a series that B lacks says where to look", "[commands]") {
  check_one(compare("a{x=\"1\"} 1\nb 1\n", "b 1\n"), "missing  a{x=\"1\"}: ", "jmxbridge explain");
  check_one(compare("a{x=\"1\"} 1\na{x=\"2\"} 1\n", "a{x=\"2\"} 1\n"),
            "missing  a{x=\"1\"}: ", "other labels, as a{x=\"2\"}");
  const PageDiff two = compare("a{x=\"1\"} 1\na{x=\"2\"} 1\nb 1\n", "b 1\n");
  CHECK(two.differences == 2);
  CHECK(two.text.starts_with("missing  a (untyped, 2 series): "));
}

TEST_CASE("page diff: a family by another name is found", "[commands]") {
  const PageDiff counter = compare("# TYPE a_total counter\na_total 1\n", "# TYPE a gauge\na 1\n");
  INFO(counter.text);
  CHECK(counter.text.find("missing  a_total: B has it without _total") == 0);
  CHECK(counter.differences == 2);
  CHECK(
      compare("a 1\n", "# TYPE a_total counter\na_total 1\n").text.find("B has it as a counter") !=
      std::string::npos);
  CHECK(compare("Some_Name 1\n", "some_name 1\n").text.find("set lowercaseOutputName") !=
        std::string::npos);
}

TEST_CASE("page diff: what is extra and what has another type are differences", "[commands]") {
  check_one(compare("a 1\n", "a 1\nb 1\n"), "extra    b: ", "excludeObjectNames");
  check_one(compare("a{x=\"1\"} 1\n", "a{x=\"1\"} 1\na{x=\"2\"} 1\n"),
            "extra    a{x=\"2\"}: ", "other labels");
  check_one(compare("# TYPE a gauge\na 1\n", "# TYPE a untyped\na 1\n"),
            "type     a: gauge in A, untyped in B", "the type that A has");
  CHECK(compare("a 1\n", "# TYPE a untyped\na 1\n").differences == 0);
}

TEST_CASE("page diff: values count only where they are asked for", "[commands]") {
  const PageDiff lax = compare("a 1\nb 2\n", "a 1\nb 3\n");
  CHECK(lax.differences == 0);
  CHECK(lax.text.find("1 series have another value") != std::string::npos);
  check_one(compare("a 1\nb 2\n", "a 1\nb 3\n", with_values()), "value    b: 2.0 in A, 3.0 in B",
            "valueFactor");
  CHECK(compare("b 2\n", "b 3\n", with_values({1, 0})).differences == 0);
  CHECK(compare("b 2\n", "b 3.1\n", with_values({1, 0})).differences == 1);
  CHECK(compare("b 100\n", "b 95\n", with_values({0, 0.05})).differences == 0);
  CHECK(compare("b 100\n", "b 94\n", with_values({0, 0.05})).differences == 1);
  CHECK(compare("b NaN\n", "b NaN\n", with_values()).differences == 0);
  CHECK(compare("b NaN\n", "b 1\n", with_values({1e9, 1})).differences == 1);
  CHECK(compare("b +Inf\n", "b 1\n", with_values({1e9, 1})).differences == 1);
  CHECK(compare("b +Inf\n", "b +Inf\n", with_values()).differences == 0);
}

TEST_CASE("page diff: what an exporter says of itself is left out, a rule's names are not",
          "[commands]") {
  const std::string a =
      "jmx_scrape_error 0\njmx_config_reload_success_total 1\njmx_config_reload_success_created 2\n"
      "jvm_memory_used_bytes{area=\"heap\"} 1\nprocess_open_fds 3\nx 1\n";
  const std::string b = "jmx_up 1\njmxbridge_scrape_beans 2\nx 1\n";
  const PageDiff diff = compare(a, b);
  INFO(diff.text);
  CHECK(diff.differences == 0);
  CHECK(diff.text.find("7 series of the exporters themselves left out") != std::string::npos);
  CHECK(diff.text.find("2 series of A come from the Java agent's own JVM") != std::string::npos);
  DiffOptions own;
  own.own = true;
  CHECK(compare(a, b, own).differences == 7);
  CHECK(compare("jmx_broker_queue 1\nx 1\n", "x 1\n").differences == 1);
  // Rules may make families of the agent's names; then both pages have them.
  CHECK(compare("jvm_memory_used{a=\"1\"} 1\n", "jvm_memory_used{a=\"2\"} 1\n").differences == 2);
}

TEST_CASE("page diff: lines are sorted and bounded, and all are counted", "[commands]") {
  std::string a = "x 1\n";
  for (int i = 99; i >= 0; --i) a += "m" + std::to_string(100 + i) + " 1\n";
  const PageDiff diff = compare(a, "x 1\n");
  CHECK(diff.differences == 100);
  CHECK(diff.text.starts_with("missing  m100: "));
  CHECK(diff.text.find("missing  m119: ") != std::string::npos);
  CHECK(diff.text.find("missing  m120: ") == std::string::npos);
  CHECK(diff.text.find("… and 80 more; --limit=0 shows all") != std::string::npos);
  DiffOptions all;
  all.limit = 0;
  CHECK(compare(a, "x 1\n", all).text.find("missing  m199: ") != std::string::npos);
}

TEST_CASE("page diff: where an exporter speaks of itself alone there is nothing to compare",
          "[commands]") {
  const std::string_view down = "jmx_scrape_error 1\n";
  CHECK(compare(down, "jmx_up 0\njmx_scrape_error 1\nprocess_open_fds 5\n").is_empty);
  CHECK_FALSE(compare(down, "jmx_scrape_error 0\na 1\n").is_empty);
  CHECK_FALSE(compare("a 1\n", "a 1\n").is_empty);
  DiffOptions own;
  own.own = true;
  CHECK_FALSE(compare(down, down, own).is_empty);
}

TEST_CASE("page diff: what a page holds is shown printable and short", "[commands]") {
  const PageDiff diff = compare("a{x=\"" + std::string(5000, 'y') + "\x1b[1m\"} 1\nb 1\n", "b 1\n");
  CHECK(diff.differences == 1);
  CHECK(diff.text.find('\x1b') == std::string::npos);
  CHECK(diff.text.size() < 1500);
}

TEST_CASE("page diff: parts of a summary belong to it", "[commands]") {
  const std::string summary = "# TYPE s summary\ns{quantile=\"0.5\"} 1\ns_sum 2\ns_count 3\n";
  CHECK(compare(summary, summary, with_values()).differences == 0);
  check_one(compare(summary, "# TYPE s summary\ns{quantile=\"0.5\"} 1\ns_sum 2\n"),
            "missing  s_count: ", "other labels");
}
