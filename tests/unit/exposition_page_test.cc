#include <catch2/catch.hpp>
#include <limits>
#include <string>
#include <thread>
#include <vector>

#include "count_allocations.h"
#include "exposition/page.h"

using namespace jmxbridge;

namespace {

using Part = SampleSpec::Part;

std::string rendered(const Page& page, Format format, const std::vector<double>& values) {
  std::string out;
  page.render(format, values, out);
  return out;
}

std::string text_of(std::vector<FamilySpec> families, const std::vector<double>& values) {
  return rendered(Page(std::move(families)), Format::kText, values);
}

FamilySpec gauge(std::string name, std::vector<SampleSpec> samples) {
  return {std::move(name), FamilyType::kGauge, "", "", std::move(samples)};
}

/// A family of each type and, in one place or another, everything that is written in a way of its
/// own; families, samples and labels come in no order.
std::vector<FamilySpec> page_of_everything() {
  return {
      {"t_state",
       FamilyType::kStateSet,
       "Where it stands.",
       "",
       {{{{"t_state", "RUNNING"}, {"b", "2"}}, 3},
        {{{"t_state", "PAUSED"}, {"b", "2"}}, 4},
        {{{"b", "1"}, {"t_state", "RUNNING"}}, 5},
        {{{"b", "1"}, {"t_state", "PAUSED"}}, 6}}},
      {"jmx_scrape_duration_seconds",
       FamilyType::kGauge,
       "Time this JMX scrape took, in seconds.",
       "seconds",
       {{{}, 0}}},
      {"a_requests",
       FamilyType::kCounter,
       "Back\\slash, \"quotes\"\nand\ta second line.",
       "",
       {{{{"path", "/b"}, {"method", "GET"}}, 2}, {{{"method", "GET"}, {"path", "/a"}}, 1}}},
      {"no_samples", FamilyType::kGauge, "Not shown.", "", {}},
      {"t_latency",
       FamilyType::kSummary,
       "How long it took.",
       "",
       {{{{"topic", "b"}}, 13, Part::kCount},
        {{{"quantile", "0.99"}, {"topic", "a"}}, 9},
        {{{"quantile", "0.5"}, {"topic", "a"}}, 8},
        {{{"topic", "b"}}, 12, Part::kSum},
        {{{"topic", "a"}}, 11, Part::kCount},
        {{{"topic", "a"}, {"quantile", "0.9999"}}, 10}}},
      {"jmx_exporter_build",
       FamilyType::kInfo,
       "JMX Exporter build information",
       "",
       {{{{"version", "0.1.0"}, {"name", "jmxbridge"}}, 999'999}}},
      {"Upper", FamilyType::kUnknown, "", "", {{{}, 7}}},
      {":a:b:A", FamilyType::kUnknown, "", "", {{{{"x:y", "é\"\\\n\r\tz"}, {"plain", ""}}, 14}}},
      {"t_numbers",
       FamilyType::kUnknown,
       "",
       "",
       {{{{"n", "1"}}, 15}, {{{"n", "2"}}, 16}, {{{"n", "3"}}, 17}, {{{"n", "4"}}, 18}}},
  };
}

std::vector<double> values_of_everything() {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  return {0.078, 1, 1e7, 1,    0,  0,         1,          -0.0,         9.9e-4, 0.001,
          2,     3, 4,   5e20, 42, kInfinity, -kInfinity, std::nan(""), 9999999};
}

}  // namespace

TEST_CASE("page: text 0.0.4, all of it, to the byte", "[exposition]") {
  CHECK(text_of(page_of_everything(), values_of_everything()) ==
        "# TYPE :a:b:A untyped\n"
        ":a:b:A{plain=\"\",\"x:y\"=\"é\\\"\\\\\\n\r\tz\"} 42.0\n"
        "# TYPE Upper untyped\n"
        "Upper -0.0\n"
        "# HELP a_requests_total Back\\\\slash, \"quotes\"\\nand\ta second line.\n"
        "# TYPE a_requests_total counter\n"
        R"(a_requests_total{method="GET",path="/a"} 1.0
a_requests_total{method="GET",path="/b"} 1.0E7
# HELP jmx_exporter_build_info JMX Exporter build information
# TYPE jmx_exporter_build_info gauge
jmx_exporter_build_info{name="jmxbridge",version="0.1.0"} 1
# HELP jmx_scrape_duration_seconds Time this JMX scrape took, in seconds.
# TYPE jmx_scrape_duration_seconds gauge
jmx_scrape_duration_seconds 0.078
# HELP t_latency How long it took.
# TYPE t_latency summary
t_latency{quantile="0.5",topic="a"} 9.9E-4
t_latency{quantile="0.99",topic="a"} 0.001
t_latency{quantile="0.9999",topic="a"} 2.0
t_latency_count{topic="a"} 3.0
t_latency_sum{topic="b"} 4.0
t_latency_count{topic="b"} 5.0E20
# TYPE t_numbers untyped
t_numbers{n="1"} +Inf
t_numbers{n="2"} -Inf
t_numbers{n="3"} NaN
t_numbers{n="4"} 9999999.0
# HELP t_state Where it stands.
# TYPE t_state gauge
t_state{b="1",t_state="PAUSED"} 1.0
t_state{b="1",t_state="RUNNING"} 0.0
t_state{b="2",t_state="PAUSED"} 0.0
t_state{b="2",t_state="RUNNING"} 1.0
)");
}

TEST_CASE("page: OpenMetrics, all of it, to the byte", "[exposition]") {
  CHECK(rendered(Page(page_of_everything()), Format::kOpenMetrics, values_of_everything()) ==
        "# TYPE :a:b:A unknown\n"
        ":a:b:A{plain=\"\",\"x:y\"=\"é\\\"\\\\\\n\r\tz\"} 42.0\n"
        "# TYPE Upper unknown\n"
        "Upper -0.0\n"
        "# TYPE a_requests counter\n"
        "# HELP a_requests Back\\\\slash, \\\"quotes\\\"\\nand\ta second line.\n"
        R"(a_requests_total{method="GET",path="/a"} 1.0
a_requests_total{method="GET",path="/b"} 1.0E7
# TYPE jmx_exporter_build info
# HELP jmx_exporter_build JMX Exporter build information
jmx_exporter_build_info{name="jmxbridge",version="0.1.0"} 1
# TYPE jmx_scrape_duration_seconds gauge
# UNIT jmx_scrape_duration_seconds seconds
# HELP jmx_scrape_duration_seconds Time this JMX scrape took, in seconds.
jmx_scrape_duration_seconds 0.078
# TYPE t_latency summary
# HELP t_latency How long it took.
t_latency{quantile="0.5",topic="a"} 9.9E-4
t_latency{quantile="0.99",topic="a"} 0.001
t_latency{quantile="0.9999",topic="a"} 2.0
t_latency_count{topic="a"} 3.0
t_latency_sum{topic="b"} 4.0
t_latency_count{topic="b"} 5.0E20
# TYPE t_numbers unknown
t_numbers{n="1"} +Inf
t_numbers{n="2"} -Inf
t_numbers{n="3"} NaN
t_numbers{n="4"} 9999999.0
# TYPE t_state stateset
# HELP t_state Where it stands.
t_state{b="1",t_state="PAUSED"} 1.0
t_state{b="1",t_state="RUNNING"} 0.0
t_state{b="2",t_state="PAUSED"} 0.0
t_state{b="2",t_state="RUNNING"} 1.0
# EOF
)");
}

TEST_CASE("page: without families, text is empty and OpenMetrics its end mark", "[exposition]") {
  const Page page({});
  CHECK(rendered(page, Format::kText, {}).empty());
  CHECK(rendered(page, Format::kOpenMetrics, {}) == "# EOF\n");
}

TEST_CASE("page: rendering appends to what is there", "[exposition]") {
  const Page page({gauge("a", {{{}, 0}})});
  const std::vector<double> values = {1.5};
  std::string out = "before\n";
  page.render(Format::kText, values, out);
  CHECK(out == "before\n# TYPE a gauge\na 1.5\n");
}

TEST_CASE("page: families go by base name in Java's order, not by the name shown", "[exposition]") {
  // With its `_total` the counter `a` would stand behind `a_b`.
  const Page page({{"a_z", FamilyType::kGauge, "", "", {{{}, 0}}},
                   {"a", FamilyType::kCounter, "", "", {{{}, 0}}},
                   {"_", FamilyType::kGauge, "", "", {{{}, 0}}},
                   {"a:", FamilyType::kGauge, "", "", {{{}, 0}}},
                   {"B", FamilyType::kGauge, "", "", {{{}, 0}}},
                   {"a_b", FamilyType::kGauge, "", "", {{{}, 0}}}});
  std::vector<std::string> names;
  for (const FamilySpec& family : page.families()) names.push_back(family.name);
  CHECK(names == std::vector<std::string>{"B", "_", "a", "a:", "a_b", "a_z"});
}

TEST_CASE("page: samples go by all label names first, then by values", "[exposition]") {
  CHECK(text_of({gauge("g", {{{{"b", "1"}}, 0},
                             {{{"a", "2"}, {"c", "0"}}, 0},
                             {{{"a", "9"}}, 0},
                             {{{"b", "1"}, {"a", "1"}}, 0},
                             {{{"a", "10"}}, 0},
                             {{}, 0},
                             {{{"b", "0"}, {"a", "1"}}, 0}})},
                {1}) == R"(# TYPE g gauge
g 1.0
g{a="10"} 1.0
g{a="9"} 1.0
g{a="1",b="0"} 1.0
g{a="1",b="1"} 1.0
g{a="2",c="0"} 1.0
g{b="1"} 1.0
)");
}

TEST_CASE("page: label names and values sort by UTF-16 code units", "[exposition]") {
  // In code points U+FF21 is below U+1F600, in UTF-16 the surrogates D83D DE00 are below FF21.
  CHECK(text_of({gauge("g", {{{{"l", "\uFF21"}}, 0}, {{{"l", "\U0001F600"}}, 0}}),
                 gauge("h", {{{{"a", ""}, {"_", ""}, {"A", ""}, {"a:", ""}, {"a1", ""}}, 0}})},
                {1}) ==
        "# TYPE g gauge\n"
        "g{l=\"\U0001F600\"} 1.0\n"
        "g{l=\"\uFF21\"} 1.0\n"
        "# TYPE h gauge\n"
        "h{A=\"\",_=\"\",a=\"\",a1=\"\",\"a:\"=\"\"} 1.0\n");
}

TEST_CASE("page: label names that are not plain are quoted, in both formats", "[exposition]") {
  const std::pair<const char*, const char*> cases[] = {
      {"a", "a"},
      {"_A9", "_A9"},
      {"9a", "\"9a\""},
      {"a:b", "\"a:b\""},
      {"a.b", "\"a.b\""},
      {"é", "\"é\""},
      {"a\"b", "\"a\\\"b\""},
      {"a\\", "\"a\\\\\""},
      {"a\nb", "\"a\\nb\""},
      {"", "\"\""},
  };
  for (const auto& [name, written] : cases) {
    const Page page({gauge("g", {{{{name, "v"}}, 0}})});
    const std::string line = std::string("g{") + written + "=\"v\"} 1.0\n";
    CHECK(rendered(page, Format::kText, {1}) == "# TYPE g gauge\n" + line);
    CHECK(rendered(page, Format::kOpenMetrics, {1}) == "# TYPE g gauge\n" + line + "# EOF\n");
  }
}

TEST_CASE("page: only infos are written without reading a value", "[exposition]") {
  const Page page({{"b", FamilyType::kInfo, "", "", {{{{"v", "1"}}, 4'000'000'000}}}});
  CHECK(rendered(page, Format::kText, {}) == "# TYPE b_info gauge\nb_info{v=\"1\"} 1\n");
  CHECK(rendered(page, Format::kOpenMetrics, {}) == "# TYPE b info\nb_info{v=\"1\"} 1\n# EOF\n");
}

TEST_CASE("page: a unit shows in OpenMetrics only, an empty help in neither", "[exposition]") {
  const Page page({{"x_bytes", FamilyType::kGauge, "", "bytes", {{{}, 0}}}});
  CHECK(rendered(page, Format::kText, {2}) == "# TYPE x_bytes gauge\nx_bytes 2.0\n");
  CHECK(rendered(page, Format::kOpenMetrics, {2}) ==
        "# TYPE x_bytes gauge\n# UNIT x_bytes bytes\nx_bytes 2.0\n# EOF\n");
}

TEST_CASE("page: several samples may read one slot, and slots may go unread", "[exposition]") {
  CHECK(text_of({gauge("g", {{{{"a", "1"}}, 2}, {{{"a", "2"}}, 2}})}, {1, 2, 3, 4}) ==
        "# TYPE g gauge\ng{a=\"1\"} 3.0\ng{a=\"2\"} 3.0\n");
}

TEST_CASE("page: the widest numbers have room", "[exposition]") {
  std::vector<SampleSpec> samples;
  std::string expected = "# TYPE g gauge\n";
  for (int i = 100; i < 400; ++i) {
    samples.push_back({{{"i", std::to_string(i)}}, 0});
    expected += "g{i=\"" + std::to_string(i) + "\"} -2.2250738585072014E-308\n";
  }
  CHECK(text_of({gauge("g", samples)}, {-2.2250738585072014e-308}) == expected);
}

TEST_CASE("page: a second render allocates nothing", "[exposition][allocations]") {
  const Page page(page_of_everything());
  std::vector<double> values = values_of_everything();
  for (const Format format : {Format::kText, Format::kOpenMetrics}) {
    std::string out;
    page.render(format, values, out);
    const std::string first = out;
    values[0] = 0.091;
    out.clear();
    const std::uint64_t before = allocations.load();
    page.render(format, values, out);
    const std::uint64_t after = allocations.load();
    CHECK(after == before);
    CHECK(out != first);
    CHECK(out.find("jmx_scrape_duration_seconds 0.091\n") != std::string::npos);
    values[0] = 0.078;
  }
}

TEST_CASE("page: threads may render one page at the same time", "[exposition]") {
  const std::vector<double> values = values_of_everything();
  const std::string text = rendered(Page(page_of_everything()), Format::kText, values);
  const std::string open = rendered(Page(page_of_everything()), Format::kOpenMetrics, values);
  for (int round = 0; round < 20; ++round) {
    const Page page(page_of_everything());
    std::atomic<int> wrong{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&, i] {
        const bool is_text = i % 2 == 0;
        const Format format = is_text ? Format::kText : Format::kOpenMetrics;
        if (rendered(page, format, values) != (is_text ? text : open)) ++wrong;
      });
    }
    for (std::thread& thread : threads) thread.join();
    CHECK(wrong == 0);
  }
}
