#include <catch2/catch.hpp>
#include <cmath>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "exposition/page.h"
#include "exposition/sample_text.h"

using namespace jmxbridge;

namespace {

SampleText parsed(std::string_view text) {
  Result<SampleText, SampleTextError> read = parse_sample_text(text);
  if (!read) FAIL(read.error().line << ":" << read.error().column << ": " << read.error().text);
  return *read;
}

}  // namespace

TEST_CASE("sample text: samples, types, helps and comments are read", "[exposition]") {
  const SampleText text = parsed(
      "# HELP a_total What it\\ncounts: \\\\ \\x\n"
      "# TYPE a_total counter\n"
      "# a comment\n"
      "\n"
      "a_total{z=\"1\", a = \"q\\\"\\\\\\n\" ,} 1.0E7\r\n"
      "  b +Inf\n"
      "b{\"x:y\"=\"ö\"} NaN\n"
      "{\"odd name\",l=\"v\"} -2\n"
      "# TYPE c unknown");
  REQUIRE(text.samples.size() == 4);
  CHECK(text.samples[0].name == "a_total");
  CHECK(text.samples[0].labels == std::vector<Label>{{"a", "q\"\\\n"}, {"z", "1"}});
  CHECK(text.samples[0].value == 1e7);
  CHECK(text.samples[1].value == HUGE_VAL);
  CHECK(std::isnan(text.samples[2].value));
  CHECK(text.samples[2].labels == std::vector<Label>{{"x:y", "ö"}});
  CHECK(text.samples[3].name == "odd name");
  CHECK(text.samples[3].value == -2);
  CHECK(text.families.at("a_total").type == "counter");
  CHECK(text.families.at("a_total").help == "What it\ncounts: \\ \\x");
  CHECK(text.families.at("c").type == "untyped");
  CHECK_FALSE(text.families.at("c").has_help);
}

TEST_CASE("sample text: what is wrong is located by line and column", "[exposition]") {
  struct Case {
    const char* text;
    int line;
    int column;
    const char* part;
  };
  const Case cases[] = {
      {"a 1\nb", 2, 2, "number is missing"},
      {"a one", 1, 3, "'one' is no number"},
      {"a ++1", 1, 3, "'++1' is no number"},
      {"a 1 1700000000000", 1, 5, "timestamps are not compared"},
      {"a{b=c} 1", 1, 5, "double quotes"},
      {"a{b} 1", 1, 4, "= is missing behind 'b'"},
      {"a{b=\"c} 1", 1, 5, "does not close"},
      {"a{b=\"\\t\"} 1", 1, 7, "are escapes"},
      {"a{b=\"1\" c=\"2\"} 1", 1, 9, "comma or }"},
      {"a{b=\"1\",b=\"2\"} 1", 1, 15, "stands twice"},
      {"{a=\"1\"} 1", 1, 8, "name is missing"},
      {"a{=\"1\"} 1", 1, 3, "name is missing"},
      {"# TYPE a what", 1, 14, "no type"},
      {"# TYPE a gauge\n# TYPE a gauge", 2, 15, "stands twice"},
      {"# TYPE", 1, 7, "name is missing"},
      {"-a 1", 1, 1, "name is missing"},
  };
  for (const Case& each : cases) {
    CAPTURE(each.text);
    const Result<SampleText, SampleTextError> read = parse_sample_text(each.text);
    REQUIRE_FALSE(read);
    CHECK(read.error().line == each.line);
    CHECK(read.error().column == each.column);
    CHECK_THAT(read.error().text, Catch::Contains(each.part));
  }
}

TEST_CASE("sample text: a name alone is read for what must be absent", "[exposition]") {
  const Result<TextSample, SampleTextError> name = parse_sample_name("a{b=\"c\"}");
  REQUIRE(name);
  CHECK(name->name == "a");
  CHECK(sample_name_text(*name) == "a{b=\"c\"}");
  CHECK_FALSE(parse_sample_name("a 1"));
  CHECK_FALSE(parse_sample_name(""));
}

TEST_CASE("sample text: it reads what a page writes", "[exposition]") {
  std::vector<FamilySpec> families(2);
  FamilySpec& counter = families[0];
  counter.name = "hits";
  counter.type = FamilyType::kCounter;
  counter.help = "two\nlines \\ \"quoted\"";
  counter.samples.push_back({{{"a", "q\"\\\n"}, {"x:y", "z"}}, 0});
  FamilySpec& gauge = families[1];
  gauge.name = "level";
  gauge.type = FamilyType::kGauge;
  gauge.samples.push_back({{}, 1});
  std::string page;
  Page(families).render(Format::kText, std::vector<double>{5e-324, -HUGE_VAL}, page);
  const SampleText text = parsed(page);
  REQUIRE(text.samples.size() == 2);
  CHECK(text.samples[0].name == "hits_total");
  CHECK(text.samples[0].labels == counter.samples[0].labels);
  CHECK(text.samples[0].value == 5e-324);
  CHECK(text.samples[1].value == -HUGE_VAL);
  CHECK(text.families.at("hits_total").help == counter.help);
  CHECK(text.families.at("level").type == "gauge");
}

TEST_CASE("sample text: any bytes are read or refused with a place", "[exposition]") {
  const std::string whole =
      "# TYPE a counter\na{b=\"c\\n\",d=\"e\"} 1.5\n{\"f g\"} NaN\n# HELP a x\n";
  std::mt19937 random(3);
  for (int i = 0; i < 20'000; ++i) {
    std::string text = whole;
    for (std::uint32_t n = 1 + random() % 4; n > 0; --n) {
      text[random() % text.size()] = static_cast<char>(random());
    }
    const Result<SampleText, SampleTextError> read = parse_sample_text(text);
    if (read) continue;
    CHECK(read.error().line >= 1);
    CHECK(read.error().column >= 1);
  }
}
