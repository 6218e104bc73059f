#include "otlp/metrics_request.h"

#include <catch2/catch.hpp>
#include <limits>
#include <string>
#include <vector>

#include "otlp_schema.h"

namespace jmxbridge {
namespace {

constexpr std::uint32_t kOwn = 2;

/// What the requests of one push say, each as Google's protobuf reads it. Numbers are 0.5, 1.5, …
/// by their slots; the first two slots are the daemon's own.
std::vector<std::string> texts_of(const std::vector<FamilySpec>& families, MetricsFrame frame,
                                  std::size_t request_bytes = kRequestBytes) {
  OtlpSchema schema;
  StartTimes starts;
  std::vector<double> values;
  for (int i = 0; i < 100; ++i) values.push_back(i + 0.5);
  frame.own_slots = kOwn;
  std::vector<std::string> texts;
  for (const std::string& request :
       metrics_requests(families, values, frame, starts, request_bytes)) {
    texts.push_back(schema.request_text(request));
  }
  return texts;
}

/// The metrics of families that fit one request, without what frames them.
std::string metrics_of(const std::vector<FamilySpec>& families, bool preserve_names = false) {
  const std::vector<std::string> texts =
      texts_of(families, {.resource_attributes = {}, .preserve_names = preserve_names, .time = 9});
  REQUIRE(texts.size() == 1);
  const std::string head =
      "resource_metrics { resource { } scope_metrics { scope { name: \"jmxbridge\" version: "
      "\"" JMXBRIDGE_VERSION "\" } ";
  REQUIRE(texts[0].substr(0, head.size()) == head);
  return texts[0].substr(head.size(), texts[0].size() - head.size() - std::string(" } }").size());
}

FamilySpec family(std::string name, FamilyType type, std::vector<SampleSpec> samples) {
  FamilySpec made;
  made.name = std::move(name);
  made.type = type;
  made.samples = std::move(samples);
  return made;
}

TEST_CASE("otlp: gauges and unknowns are gauges with labels as attributes", "[otlp]") {
  FamilySpec gauge = family("heap", FamilyType::kGauge, {{{{"area", "old"}, {"pool", ""}}, 2}});
  gauge.help = "Used heap.";
  CHECK(metrics_of({gauge}) ==
        "metrics { name: \"heap\" description: \"Used heap.\" gauge { data_points { "
        "time_unix_nano: 9 as_double: 2.5 attributes { key: \"area\" value { string_value: "
        "\"old\" } } attributes { key: \"pool\" value { string_value: \"\" } } } } }");
  CHECK(metrics_of({family("any", FamilyType::kUnknown, {{{}, 3}, {{{"a", "b"}}, 4}})}) ==
        "metrics { name: \"any\" gauge { data_points { time_unix_nano: 9 as_double: 3.5 } "
        "data_points { time_unix_nano: 9 as_double: 4.5 attributes { key: \"a\" value { "
        "string_value: \"b\" } } } } }");
}

TEST_CASE("otlp: a counter is a monotonic cumulative sum that starts when it is first seen",
          "[otlp]") {
  CHECK(metrics_of({family("handled", FamilyType::kCounter, {{{}, 2}})}) ==
        "metrics { name: \"handled\" sum { data_points { start_time_unix_nano: 9 time_unix_nano: 9 "
        "as_double: 2.5 } aggregation_temporality: AGGREGATION_TEMPORALITY_CUMULATIVE "
        "is_monotonic: true } }");
}

TEST_CASE("otlp: a counter of the daemon's own starts with the process", "[otlp]") {
  FamilySpec counter = family("jmxbridge_sessions_opened", FamilyType::kCounter, {{{}, 0}});
  counter.created_ms = 5;
  CHECK(metrics_of({counter}) ==
        "metrics { name: \"jmxbridge_sessions_opened\" sum { data_points { start_time_unix_nano: "
        "5000000 time_unix_nano: 9 as_double: 0.5 } aggregation_temporality: "
        "AGGREGATION_TEMPORALITY_CUMULATIVE is_monotonic: true } }");
}

TEST_CASE("otlp: infos are 1 and state sets 0 or 1, in sums that are not monotonic", "[otlp]") {
  const std::string sum_end = "aggregation_temporality: AGGREGATION_TEMPORALITY_CUMULATIVE } }";
  CHECK(metrics_of({family("app", FamilyType::kInfo, {{{{"version", "2"}}, 7}})}) ==
        "metrics { name: \"app\" sum { data_points { time_unix_nano: 9 as_double: 1 attributes { "
        "key: \"version\" value { string_value: \"2\" } } } " +
            sum_end);
  CHECK(metrics_of({family("state", FamilyType::kStateSet, {{{{"state", "ON"}}, 2}})}) ==
        "metrics { name: \"state\" sum { data_points { time_unix_nano: 9 as_double: 2.5 attributes "
        "{ key: \"state\" value { string_value: \"ON\" } } } " +
            sum_end);
}

TEST_CASE("otlp: the samples of one summary are one point", "[otlp]") {
  const std::vector<SampleSpec> samples = {{{{"quantile", "0.5"}, {"x", "a"}}, 2},
                                           {{{"quantile", "0.99"}, {"x", "a"}}, 3},
                                           {{{"x", "a"}}, 4, SamplePart::kSum},
                                           {{{"x", "a"}}, 5, SamplePart::kCount},
                                           {{{"quantile", "0.5"}, {"x", "b"}}, 6}};
  CHECK(metrics_of({family("get", FamilyType::kSummary, samples)}) ==
        "metrics { name: \"get\" summary { data_points { start_time_unix_nano: 9 time_unix_nano: 9 "
        "count: 5 sum: 4.5 quantile_values { quantile: 0.5 value: 2.5 } quantile_values { "
        "quantile: 0.99 value: 3.5 } attributes { key: \"x\" value { string_value: \"a\" } } } "
        "data_points { time_unix_nano: 9 quantile_values { quantile: 0.5 value: 6.5 } attributes { "
        "key: \"x\" value { string_value: \"b\" } } } } }");
}

TEST_CASE("otlp: a unit is a field and no part of the name, unless names are preserved", "[otlp]") {
  FamilySpec duration = family("jmx_scrape_duration_seconds", FamilyType::kGauge, {{{}, 0}});
  duration.unit = "seconds";
  const std::string rest = " gauge { data_points { time_unix_nano: 9 as_double: 0.5 } } }";
  CHECK(metrics_of({duration}) == "metrics { name: \"jmx_scrape_duration\" unit: \"s\"" + rest);
  CHECK(metrics_of({duration}, true) ==
        "metrics { name: \"jmx_scrape_duration_seconds\" unit: \"s\"" + rest);
  duration.name = "heap_used_bytes";
  duration.unit = "bytes";
  CHECK(metrics_of({duration}) == "metrics { name: \"heap_used\" unit: \"By\"" + rest);
}

TEST_CASE("otlp: preserved names are those of the daemon's own; a target's have no suffix",
          "[otlp]") {
  const auto name_of = [](std::uint32_t slot, FamilyType type) {
    const std::string text = metrics_of({family("a", type, {{{}, slot}})}, true);
    return text.substr(0, text.find("sum"));
  };
  CHECK(name_of(1, FamilyType::kCounter) == "metrics { name: \"a_total\" ");
  CHECK(name_of(1, FamilyType::kInfo) == "metrics { name: \"a_info\" ");
  CHECK(name_of(2, FamilyType::kCounter) == "metrics { name: \"a\" ");
}

TEST_CASE("otlp: numbers that are not finite are sent as they are", "[otlp]") {
  OtlpSchema schema;
  StartTimes starts;
  const std::vector<FamilySpec> families = {family("a", FamilyType::kGauge, {{{}, 0}, {{}, 1}})};
  const std::vector<double> values = {std::numeric_limits<double>::quiet_NaN(),
                                      -std::numeric_limits<double>::infinity()};
  const std::vector<std::string> requests = metrics_requests(families, values, {}, starts);
  REQUIRE(requests.size() == 1);
  const std::string text = schema.request_text(requests[0]);
  CHECK(text.find("as_double: nan") != std::string::npos);
  CHECK(text.find("as_double: -inf") != std::string::npos);
}

TEST_CASE("otlp: the resource has its attributes; text that is no UTF-8 is made so", "[otlp]") {
  const std::vector<std::string> texts =
      texts_of({family("a", FamilyType::kGauge, {{{{"k", "\xFFz"}}, 2}})},
               {.resource_attributes = {{"a.b", "c"}, {"service.name", "shop"}}});
  REQUIRE(texts.size() == 1);
  CHECK(texts[0].find("resource { attributes { key: \"a.b\" value { string_value: \"c\" } } "
                      "attributes { key: \"service.name\" value { string_value: \"shop\" } } }") !=
        std::string::npos);
  CHECK(texts[0].find("string_value: \"\\357\\277\\275z\"") != std::string::npos);
}

TEST_CASE("otlp: a push that is large is several requests, each whole", "[otlp]") {
  std::vector<SampleSpec> samples;
  for (std::uint32_t i = 2; i < 100; ++i) samples.push_back({{{"n", std::to_string(i)}}, i});
  const FamilySpec large = family("large", FamilyType::kCounter, samples);
  const std::vector<std::string> texts =
      texts_of({large, family("small", FamilyType::kGauge, {{{}, 2}})}, {}, 1000);
  REQUIRE(texts.size() >= 3);
  std::size_t points = 0;
  for (const std::string& text : texts) {
    CHECK(text.find("scope { name: \"jmxbridge\"") != std::string::npos);
    for (std::size_t at = text.find("data_points"); at != std::string::npos;
         at = text.find("data_points", at + 1)) {
      ++points;
    }
    const bool is_large = text.find("\"large\"") != std::string::npos;
    CHECK((text.find("is_monotonic: true") != std::string::npos) == is_large);
  }
  CHECK(points == 99);
  CHECK(texts.back().find("\"small\"") != std::string::npos);
}

TEST_CASE("otlp: families without samples are not sent, and nothing is no request", "[otlp]") {
  CHECK(texts_of({family("a", FamilyType::kGauge, {})}, {}).empty());
}

TEST_CASE("otlp start times: a counter starts when it is first seen, and anew when it falls",
          "[otlp]") {
  StartTimes starts;
  const SampleSpec a{{{"k", "a"}}, 0};
  const SampleSpec b{{{"k", "b"}}, 1};
  starts.begin(100);
  CHECK(starts.start_of("f", a, 5) == 100);
  starts.end();
  starts.begin(200);
  CHECK(starts.start_of("f", a, 7) == 100);
  CHECK(starts.start_of("f", b, 1) == 200);
  CHECK(starts.start_of("g", a, 1) == 200);
  starts.end();
  starts.begin(300);
  CHECK(starts.start_of("f", a, 2) == 200);
  starts.end();
  CHECK(starts.size() == 1);
  starts.begin(400);
  CHECK(starts.start_of("f", a, 3) == 200);
  CHECK(starts.start_of("f", b, 9) == 400);
}

}  // namespace
}  // namespace jmxbridge
