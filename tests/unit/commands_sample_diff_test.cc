#include <catch2/catch.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "commands/sample_diff.h"

using namespace jmxbridge;

namespace {

SampleText text_of(std::string_view text) {
  Result<SampleText, SampleTextError> read = parse_sample_text(text);
  if (!read) FAIL(read.error().text);
  return *read;
}

using Lines = std::vector<std::string>;

Lines compare(std::string_view expected, std::string_view page, RuleTest test = {}) {
  test.expected = text_of(expected);
  return differences(test, {text_of(page), {"own"}});
}

RuleTest with_absent(std::string_view name) {
  RuleTest test;
  test.absent.push_back(*parse_sample_name(name));
  return test;
}

}  // namespace

TEST_CASE("sample diff: what is as expected says nothing", "[commands]") {
  CHECK(
      compare("# TYPE a gauge\na{x=\"1\",y=\"2\"} NaN\nb 0.1\n",
              "# HELP a h\n# TYPE a gauge\na{y=\"2\",x=\"1\"} NaN\n# TYPE b untyped\nb 0.1\nc 1\n")
          .empty());
  CHECK(compare("a -0.0\nb +Inf", "a 0\nb Inf").empty());
}

TEST_CASE("sample diff: a sample that is missing is shown beside those of its name", "[commands]") {
  CHECK(compare("a{x=\"1\"} 5", "a{x=\"2\"} 5\na{x=\"3\"} 5\n") ==
        Lines{"missing     a{x=\"1\"} 5.0; there is a{x=\"2\"}, a{x=\"3\"}"});
  CHECK(compare("a 5", "a{x=\"1\"} 1\na{x=\"2\"} 1\na{x=\"3\"} 1\na{x=\"4\"} 1\na{x=\"5\"} 1\n") ==
        Lines{"missing     a 5.0; there is a{x=\"1\"}, a{x=\"2\"}, a{x=\"3\"} and 2 more"});
  CHECK(compare("b 5", "a 5") == Lines{"missing     b 5.0; no sample has this name"});
}

TEST_CASE("sample diff: numbers are compared exactly, or within the tolerance", "[commands]") {
  CHECK(compare("a 0.1", "a 0.10000000000000002") ==
        Lines{"value       a: expected 0.1, found 0.10000000000000002"});
  RuleTest test;
  test.tolerance = 0.01;
  CHECK(compare("a 0.1", "a 0.109", test).empty());
  CHECK(compare("a 0.1", "a 0.111", test).size() == 1);
  CHECK(compare("a NaN", "a 1", test).size() == 1);
  CHECK(compare("a 1", "a NaN", test).size() == 1);
  CHECK(compare("a Inf", "a -Inf", test).size() == 1);
}

TEST_CASE("sample diff: a complete family has nothing else, and a page only the daemon's own",
          "[commands]") {
  constexpr std::string_view kPage =
      "# TYPE a untyped\na 1\na{x=\"1\"} 2\n# TYPE b summary\nb_sum 3\nb_count 4\n# TYPE own "
      "gauge\nown 5\n";
  RuleTest family;
  family.complete = {"a"};
  CHECK(compare("a 1", kPage, family) == Lines{"unexpected  a{x=\"1\"} 2.0"});
  family.complete = {"b"};
  CHECK(compare("b_sum 3", kPage, family) == Lines{"unexpected  b_count 4.0"});
  RuleTest page;
  page.all_complete = true;
  CHECK(compare("a 1\na{x=\"1\"} 2\n", kPage, page) ==
        Lines{"unexpected  b_sum 3.0", "unexpected  b_count 4.0"});
}

TEST_CASE("sample diff: what must be absent is found by name, family and labels", "[commands]") {
  constexpr std::string_view kPage = "a{x=\"1\",y=\"2\"} 1\n# TYPE b summary\nb_sum 3\nb_count 4\n";
  CHECK(compare("", kPage, with_absent("a")) == Lines{"present     a{x=\"1\",y=\"2\"} 1.0"});
  CHECK(compare("", kPage, with_absent("a{y=\"2\"}")).size() == 1);
  CHECK(compare("", kPage, with_absent("a{y=\"1\"}")).empty());
  CHECK(compare("", kPage, with_absent("b")).size() == 2);
  CHECK(compare("", kPage, with_absent("b_sum")).size() == 1);
}

TEST_CASE("sample diff: types and helps are compared where they are given", "[commands]") {
  CHECK(compare("# TYPE a counter\n# TYPE b gauge\n# HELP a x\n",
                "# HELP a y\n# TYPE a gauge\na 1") ==
        Lines{"type        a: expected counter, found gauge",
              "type        b: expected gauge, found nothing",
              "help        a: expected 'x', found 'y'"});
}

TEST_CASE("sample diff: a scrape that lost samples fails unless that is expected", "[commands]") {
  CHECK_THAT(compare("a 1", "a 1\njmx_scrape_error 1").at(0),
             Catch::StartsWith("scrape      jmx_"));
  CHECK(compare("a 1\njmx_scrape_error 1", "a 1\njmx_scrape_error 1").empty());
  CHECK(compare("a 1", "a 1\njmx_scrape_error 0").empty());
}

TEST_CASE("sample diff: many differences of a kind are counted, and hostile text is escaped",
          "[commands]") {
  std::string page;
  for (int i = 0; i < 30; ++i) page += "a{x=\"" + std::to_string(i) + "\"} 1\n";
  const Lines lines = compare("", page, with_absent("a"));
  REQUIRE(lines.size() == 21);
  CHECK(lines.back() == "present     … and 10 more");
  CHECK(compare("", "b{x=\"\x1b[2J\"} 1", with_absent("b")) ==
        Lines{"present     b{x=\"\\u001b[2J\"} 1.0"});
}
