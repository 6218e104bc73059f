#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "config_texts.h"

namespace jmxbridge {
namespace {

std::string report_on(const std::string& customizer) {
  return report_with_target("metricCustomizers: [" + customizer + "]");
}

}  // namespace

TEST_CASE("customizers: filter, labels and extra metrics are kept", "[config]") {
  const LoadedConfig loaded = load_config_text(R"(hostPort: h:1
metricCustomizers:
  - mbeanFilter:
      domain: org.example
      properties: {type: Values, name: '"x"'}
    attributesAsLabels: [Version, Text]
    extraMetrics:
      - {name: present, value: true, description: always there}
      - {name: count, value: 3}
      - {name: big, value: 12345678901}
      - {name: huge, value: 123456789012345678901}
      - {name: share, value: 0.5}
      - {name: day, value: 2001-12-14}
      - {name: text, value: abc}
  - {mbeanFilter: {domain: a}, extraMetrics: []}
)",
                                               "c.yml");
  CHECK(loaded.report.text().empty());
  REQUIRE(loaded.config.metric_customizers.size() == 2);
  const MetricCustomizer& customizer = loaded.config.metric_customizers[0];
  CHECK(customizer.domain == "org.example");
  CHECK(customizer.can_match);
  CHECK(customizer.properties.at("type") == "Values");
  CHECK(customizer.properties.at("name") == "\"x\"");
  CHECK(customizer.attributes_as_labels == std::vector<std::string>{"Version", "Text"});
  REQUIRE(customizer.extra_metrics.size() == 7);
  CHECK(std::get<bool>(customizer.extra_metrics[0].value));
  CHECK(customizer.extra_metrics[0].description == "always there");
  CHECK(std::get<std::int64_t>(customizer.extra_metrics[1].value) == 3);
  CHECK_FALSE(customizer.extra_metrics[1].description);
  CHECK(std::get<std::int64_t>(customizer.extra_metrics[2].value) == 12345678901);
  const BigInteger& big = std::get<BigInteger>(customizer.extra_metrics[3].value);
  CHECK(big.number == 123456789012345678901.0);
  CHECK(big.text == "123456789012345678901");
  CHECK(std::get<double>(customizer.extra_metrics[4].value) == 0.5);
  CHECK_FALSE(customizer.extra_metrics[4].value_is_date);
  CHECK(std::get<double>(customizer.extra_metrics[5].value) == 1008288000.0);
  CHECK(customizer.extra_metrics[5].value_is_date);
  CHECK(std::get<std::string>(customizer.extra_metrics[6].value) == "abc");
}

TEST_CASE("customizers: a map or list as a value is dropped with a warning", "[config]") {
  const std::string text =
      "metricCustomizers: [{mbeanFilter: {domain: a}, extraMetrics: [{name: b, value: [1]}]}]";
  CHECK(std::holds_alternative<std::monostate>(
      config_of(text).metric_customizers.at(0).extra_metrics.at(0).value));
  CHECK(
      report_with_target(text) ==
      "c.yml:2:80: warning: metricCustomizers[0].extraMetrics[0].value: found a list, which gives "
      "no sample; write a number or true or false\n");
}

TEST_CASE("customizers: what is missing or of the wrong kind is named", "[config]") {
  CHECK(report_with_target("metricCustomizers:") ==
        "c.yml:2:18: error: metricCustomizers: found nothing (null); write a list of maps with "
        "mbeanFilter\n");
  CHECK(report_with_target("metricCustomizers: {mbeanFilter: {domain: a}}") ==
        "c.yml:2:20: error: metricCustomizers: found a map; write a list of maps with "
        "mbeanFilter\n");
  CHECK(report_on("5") ==
        "c.yml:2:21: error: metricCustomizers[0]: found '5' (an integer); write a map with "
        "mbeanFilter\n");
  CHECK(report_on("{attributesAsLabels: [b]}") ==
        "c.yml:2:21: error: metricCustomizers[0].mbeanFilter: this is missing; name the beans by "
        "{domain: …, properties: {…}}\n");
  CHECK(report_on("{mbeanFilter: x, attributesAsLabels: [b]}") ==
        "c.yml:2:35: error: metricCustomizers[0].mbeanFilter: found 'x' (a text); write a map with "
        "domain and properties\n");
  CHECK(report_on("{mbeanFilter: {}, attributesAsLabels: [b]}") ==
        "c.yml:2:35: error: metricCustomizers[0].mbeanFilter.domain: this is missing; write the "
        "domain of the beans\n");
  CHECK(report_on("{mbeanFilter: {domain: 5}, attributesAsLabels: [b]}") ==
        "c.yml:2:44: error: metricCustomizers[0].mbeanFilter.domain: found '5' (an integer); write "
        "a text; put it in quotes\n");
  CHECK(report_on("{mbeanFilter: {domain: a, properties: b}, attributesAsLabels: [b]}") ==
        "c.yml:2:59: error: metricCustomizers[0].mbeanFilter.properties: found 'b' (a text); write "
        "a map of property names to texts\n");
  CHECK(report_on("{mbeanFilter: {domain: a}}") ==
        "c.yml:2:21: error: metricCustomizers[0]: this does nothing; add attributesAsLabels or "
        "extraMetrics\n");
  CHECK(report_on("{mbeanFilter: {domain: a}, attributesAsLabels: b}") ==
        "c.yml:2:68: error: metricCustomizers[0].attributesAsLabels: found 'b' (a text); write a "
        "list of attributes, such as [Version]\n");
  CHECK(report_on("{mbeanFilter: {domain: a}, extraMetrics: {}}") ==
        "c.yml:2:62: error: metricCustomizers[0].extraMetrics: found a map; write a list of maps "
        "with name and value\n");
  CHECK(report_on("{mbeanFilter: {domain: a}, extraMetrics: [b]}") ==
        "c.yml:2:63: error: metricCustomizers[0].extraMetrics[0]: found 'b' (a text); write a map "
        "with name and value\n");
  CHECK(report_on("{mbeanFilter: {domain: a}, extraMetrics: [{value: 1}]}") ==
        "c.yml:2:63: error: metricCustomizers[0].extraMetrics[0].name: this is missing; name the "
        "metric\n");
  CHECK(report_on("{mbeanFilter: {domain: a}, extraMetrics: [{name: b}]}") ==
        "c.yml:2:63: error: metricCustomizers[0].extraMetrics[0].value: this is missing; give the "
        "metric a value\n");
  CHECK(report_on("{mbeanFilter: {domain: a}, extraMetrics: [{name: b, value: 1, description: "
                  "2}]}") ==
        "c.yml:2:96: error: metricCustomizers[0].extraMetrics[0].description: found '2' (an "
        "integer); write a text; put it in quotes\n");
}

TEST_CASE("customizers: a property that is no text equals no bean", "[config]") {
  const std::string text =
      "metricCustomizers: [{mbeanFilter: {domain: a, properties: {id: 5}}, attributesAsLabels: "
      "[b]}]";
  CHECK_FALSE(config_of(text).metric_customizers.at(0).can_match);
  CHECK(report_with_target(text) ==
        "c.yml:2:64: warning: metricCustomizers[0].mbeanFilter.properties.id: found '5' (an "
        "integer), which equals no property of a bean; put it in quotes\n");
}

}  // namespace jmxbridge
