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

TEST_CASE("sample text: a server's page is read in either format", "[exposition]") {
  const auto exposition = [](std::string_view text) {
    Result<SampleText, SampleTextError> read = parse_exposition(text);
    if (!read) FAIL(read.error().line << ":" << read.error().column << ": " << read.error().text);
    return *read;
  };
  const SampleText text = exposition(
      "# TYPE hits counter\n# UNIT hits requests\n# HELP hits h\nhits_total 2 1700000000.25 # "
      "{trace=\"a\"} 1.0 17\nhits_created 1.0\n# TYPE state stateset\nstate{state=\"on\"} 1\n"
      "# TYPE build info\nbuild_info{v=\"1\"} 1\n# TYPE \"odd name\" gauge\n{\"odd name\"} 1\n"
      "# TYPE s summary\ns_count 1\ns_created 5\n# EOF\n");
  REQUIRE(text.samples.size() == 5);
  CHECK(text.samples[0].name == "hits_total");
  CHECK(text.samples[0].value == 2);
  CHECK(text.families.at("hits_total").type == "counter");
  CHECK(text.families.at("hits_total").help == "h");
  CHECK_FALSE(text.families.contains("hits"));
  CHECK(text.families.at("state").type == "gauge");
  CHECK(text.families.at("build_info").type == "gauge");
  CHECK(text.families.at("odd name").type == "gauge");

  // In format 0.0.4 a counter's family has the name of its samples, and a time of creation its own.
  const SampleText plain = exposition(
      "# TYPE a counter\na 1\n# TYPE b_total counter\nb_total 1 1700000000000\n"
      "# TYPE b_created gauge\nb_created 5\n");
  CHECK(plain.samples.size() == 3);
  CHECK(plain.families.at("a").type == "counter");
  CHECK(plain.families.at("b_total").type == "counter");

  CHECK_FALSE(parse_exposition("a 1 now\n"));
  CHECK_FALSE(parse_exposition("a 1 2 3\n"));
  CHECK_FALSE(parse_exposition("<html>\n"));
  CHECK_FALSE(parse_sample_text("# TYPE a info\n"));
}

TEST_CASE("sample text: a server's page that breaks off within a line is not taken for whole",
          "[exposition]") {
  const Result<SampleText, SampleTextError> cut = parse_exposition("a 1\nheap 12");
  REQUIRE_FALSE(cut);
  CHECK(cut.error().line == 2);
  CHECK(cut.error().column == 8);
  CHECK(cut.error().text == "the page breaks off here, without the end of a line; fetch it again");
  // A person's text may end as it likes.
  CHECK(parse_sample_text("a 1\nheap 12"));
}

TEST_CASE("sample text: it reads what a page writes in OpenMetrics", "[exposition]") {
  std::vector<FamilySpec> families(2);
  families[0].name = "hits";
  families[0].type = FamilyType::kCounter;
  families[0].help = "two\nlines";
  families[0].samples.push_back({{{"a", "q\"\\\n"}}, 0});
  families[1].name = "level";
  families[1].samples.push_back({{}, 1});
  const Page page(families);
  std::string text;
  std::string open_metrics;
  page.render(Format::kText, std::vector<double>{1, 2}, text);
  page.render(Format::kOpenMetrics, std::vector<double>{1, 2}, open_metrics);
  const Result<SampleText, SampleTextError> a = parse_exposition(text);
  const Result<SampleText, SampleTextError> b = parse_exposition(open_metrics);
  REQUIRE(a);
  REQUIRE(b);
  REQUIRE(a->samples.size() == 2);
  REQUIRE(b->samples.size() == 2);
  for (std::size_t i = 0; i < 2; ++i) {
    CHECK(sample_name_text(a->samples[i]) == sample_name_text(b->samples[i]));
  }
  CHECK(a->families.at("hits_total").type == b->families.at("hits_total").type);
  CHECK(a->families.at("level").type == b->families.at("level").type);
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
    for (const auto& read : {parse_sample_text(text), parse_exposition(text)}) {
      if (read) continue;
      CHECK(read.error().line >= 1);
      CHECK(read.error().column >= 1);
    }
  }
}
