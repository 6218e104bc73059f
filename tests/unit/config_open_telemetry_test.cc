#include "config/open_telemetry_config.h"

#include <catch2/catch.hpp>
#include <chrono>
#include <map>
#include <string>
#include <string_view>

#include "config/masked_text.h"
#include "config/otel_environment.h"
#include "config_texts.h"
#include "environment_variable.h"

namespace jmxbridge {
namespace {

using Protocol = OpenTelemetryConfig::Protocol;
using Pairs = std::map<std::string, std::string>;
using std::chrono::milliseconds;
using std::chrono::seconds;

/// What `openTelemetry` with these keys, as a flow map's inside, becomes.
OpenTelemetryConfig read(const std::string& keys) {
  const std::string text = "openTelemetry: {" + keys + "}\n";
  CAPTURE(report_with_target(text));
  const CollectorConfig config = config_of(text);
  REQUIRE(config.open_telemetry.has_value());
  return *config.open_telemetry;
}

std::string endpoint_of(const std::string& keys) { return read(keys).endpoint; }

/// The report of a file with these keys; the map's first key stands at 2:17.
std::string report(const std::string& keys) {
  return report_with_target("openTelemetry: {" + keys + "}\n");
}

TEST_CASE("openTelemetry: null is all defaults, absent is none", "[config]") {
  for (const char* text : {"openTelemetry:\n", "openTelemetry: {}\n"}) {
    CHECK(report_with_target(text).empty());
    const CollectorConfig config = config_of(text);
    REQUIRE(config.open_telemetry.has_value());
    CHECK(config.open_telemetry->protocol == Protocol::kGrpc);
    CHECK(config.open_telemetry->endpoint == "http://localhost:4317");
    CHECK(config.open_telemetry->interval == seconds(60));
    CHECK(config.open_telemetry->timeout == seconds(10));
    CHECK_FALSE(config.open_telemetry->preserve_names);
    CHECK_FALSE(config.open_telemetry->gzip);
    CHECK(config.open_telemetry->headers.empty());
    CHECK(config.open_telemetry->resource_attributes ==
          Pairs{{"service.name", "unknown_service:jmxbridge"}});
  }
  CHECK_FALSE(config_of("rules: []\n").open_telemetry.has_value());
}

TEST_CASE("openTelemetry: every key is read, numbers and booleans as texts too", "[config]") {
  const OpenTelemetryConfig config = read(
      "endpoint: 'https://otel.example:4318/a/', protocol: http/protobuf, interval: '15', "
      "timeoutSeconds: 3, preserveNames: 'yes', headers: {X-Id: 7, ' a ': ' b '}, "
      "resourceAttributes: {env: prod, service.name: lost}, serviceName: shop, "
      "serviceNamespace: n, serviceInstanceId: 1, serviceVersion: 1.50");
  CHECK(config.protocol == Protocol::kHttpProtobuf);
  CHECK(config.endpoint == "https://otel.example:4318/a/v1/metrics");
  CHECK(config.interval == seconds(15));
  CHECK(config.timeout == seconds(3));
  CHECK(config.preserve_names);
  CHECK(config.headers == Pairs{{"X-Id", "7"}, {"a", "b"}});
  CHECK(config.resource_attributes == Pairs{{"env", "prod"},
                                            {"service.instance.id", "1"},
                                            {"service.name", "shop"},
                                            {"service.namespace", "n"},
                                            {"service.version", "1.5"}});
}

TEST_CASE("openTelemetry: the path of metrics is added for HTTP only, and once", "[config]") {
  const std::string http = "protocol: http/protobuf";
  CHECK(endpoint_of(http) == "http://localhost:4318/v1/metrics");
  CHECK(endpoint_of(http + ", endpoint: 'http://h:1'") == "http://h:1/v1/metrics");
  CHECK(endpoint_of(http + ", endpoint: 'http://h:1/'") == "http://h:1/v1/metrics");
  CHECK(endpoint_of(http + ", endpoint: 'http://h:1/x'") == "http://h:1/x/v1/metrics");
  CHECK(endpoint_of(http + ", endpoint: 'http://h:1/v1/metrics'") == "http://h:1/v1/metrics");
  CHECK(endpoint_of(http + ", endpoint: 'http://h/x?k=1#f'") == "http://h/x/v1/metrics?k=1");
  CHECK(endpoint_of("endpoint: 'http://h:1/'") == "http://h:1");
  CHECK(endpoint_of("endpoint: 'https://[::1]:1'") == "https://[::1]:1");
  CHECK(endpoint_of("endpoint: 'http://h:65535'") == "http://h:65535");
}

TEST_CASE("openTelemetry: wrong values are errors where they stand", "[config]") {
  CHECK(report_with_target("openTelemetry: on\n") ==
        "c.yml:2:16: error: openTelemetry: found a boolean; write a map, or nothing for the "
        "defaults\n");
  CHECK(report("endpoint: localhost:4317") ==
        "c.yml:2:27: error: openTelemetry.endpoint: this is no URL of a receiver; write "
        "http://HOST:PORT or https://HOST:PORT\n");
  for (const char* url : {"ftp://h", "'http://'", "'http:///x'", "/v1", "'http://h h'", "7",
                          "'http://h:65536'", "'http://h:0/'"}) {
    CAPTURE(url);
    CHECK(report(std::string("endpoint: ") + url).find("2:27: error: openTelemetry.endpoint: ") !=
          std::string::npos);
  }
  CHECK(report("protocol: http/json") ==
        "c.yml:2:27: error: openTelemetry.protocol: found 'http/json'; write grpc or "
        "http/protobuf\n");
  CHECK(report("interval: 0") ==
        "c.yml:2:27: error: openTelemetry.interval: found '0' (an integer); write a whole "
        "number from 1 to 2147483647\n");
  CHECK(report("timeoutSeconds: soon").find("error: openTelemetry.timeoutSeconds") !=
        std::string::npos);
  CHECK(report("preserveNames: 2").find("error: openTelemetry.preserveNames") != std::string::npos);
  CHECK(report("serviceName: ' '") ==
        "c.yml:2:30: error: openTelemetry.serviceName: this is blank; give it a value, or remove "
        "the key\n");
  CHECK(report("headers: [a]") ==
        "c.yml:2:26: error: openTelemetry.headers: found a list; write a map of texts\n");
  CHECK(report("resourceAttributes: {a: }") ==
        "c.yml:2:39: error: openTelemetry.resourceAttributes.a: this is missing or blank; give it "
        "a value\n");
  CHECK(report("headers: {'': x}").find("error: openTelemetry.headers: a name is blank") !=
        std::string::npos);
}

TEST_CASE("openTelemetry: all errors are reported at once, unknown keys too", "[config]") {
  const std::string text = report("protocol: x, interval: 0, endpoint: y, servicename: z");
  CHECK(text.find("openTelemetry.protocol") != std::string::npos);
  CHECK(text.find("openTelemetry.interval") != std::string::npos);
  CHECK(text.find("openTelemetry.endpoint") != std::string::npos);
  CHECK(text.find("openTelemetry.servicename: this key is not known here and is ignored; did you "
                  "mean 'serviceName'?") != std::string::npos);
}

TEST_CASE("openTelemetry: a header that would break or bend the request is not sent", "[config]") {
  CHECK(report("headers: {'a b': c}").find("openTelemetry.headers.a b: this is no name") !=
        std::string::npos);
  const std::string text = report("headers: {a: \"x\\r\\nEvil: s3cret\"}");
  CHECK(text.find("error: openTelemetry.headers.a: the value has a line end") != std::string::npos);
  CHECK(text.find("s3cret") == std::string::npos);
  for (const char* name : {"Content-Type", "te", "HOST", "grpc-timeout"}) {
    CAPTURE(name);
    const std::string keys = std::string("headers: {") + name + ": x}";
    CHECK(report(keys).find("warning: openTelemetry.headers.") != std::string::npos);
    CHECK(read(keys).headers.empty());
  }
}

TEST_CASE("openTelemetry: what an endpoint cannot mean is warned of", "[config]") {
  const std::string path = report("endpoint: 'http://h:4318/v1/metrics'");
  CHECK(path.find("2:27: warning: openTelemetry.endpoint: gRPC has a path of its own") !=
        std::string::npos);
  CHECK(endpoint_of("endpoint: 'http://h:4318/v1/metrics'") == "http://h:4318");
  const std::string keys = "endpoint: 'https://user:s3cret@h:1'";
  CHECK(report(keys).find("warning: openTelemetry.endpoint: the user and password") !=
        std::string::npos);
  CHECK(report(keys).find("s3cret") == std::string::npos);
  CHECK(endpoint_of(keys) == "https://h:1");
}

TEST_CASE("openTelemetry: headers without TLS are warned of, but not on loopback", "[config]") {
  const auto warns = [](const std::string& endpoint) {
    return report("endpoint: '" + endpoint + "', headers: {Authorization: t}")
               .find("warning: openTelemetry.headers: they are sent to another host without TLS") !=
           std::string::npos;
  };
  CHECK(warns("http://otel.example:4317"));
  CHECK(warns("http://10.0.0.1:4317"));
  CHECK_FALSE(warns("https://otel.example:4317"));
  CHECK_FALSE(warns("http://localhost:4317"));
  CHECK_FALSE(warns("http://127.0.0.1:4317"));
  CHECK_FALSE(warns("http://[::1]:4317"));
  CHECK(report("endpoint: 'http://otel.example:4317'").empty());
}

TEST_CASE("openTelemetry: the environment goes before the file, metrics' own before all",
          "[config]") {
  const EnvironmentVariable endpoint("OTEL_EXPORTER_OTLP_ENDPOINT", "http://all:1");
  const EnvironmentVariable protocol("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc");
  const EnvironmentVariable own("OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", "http/protobuf");
  const EnvironmentVariable headers("OTEL_EXPORTER_OTLP_HEADERS", "a=b%20c, X-Y = z ,");
  const EnvironmentVariable timeout("OTEL_EXPORTER_OTLP_TIMEOUT", "2500");
  const EnvironmentVariable interval("OTEL_METRIC_EXPORT_INTERVAL", "30s");
  const EnvironmentVariable attributes("OTEL_RESOURCE_ATTRIBUTES",
                                       "env=test,service.name=env,region=e%2Cu");
  const EnvironmentVariable compression("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip");
  const EnvironmentVariable authority("OTEL_EXPORTER_OTLP_CERTIFICATE", "/ca.pem");
  const EnvironmentVariable empty("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", " ");
  const std::string keys =
      "endpoint: 'http://file:1', protocol: grpc, interval: 5, timeoutSeconds: 5, headers: {k: v}, "
      "resourceAttributes: {env: file, zone: a}, serviceName: file";
  OpenTelemetryConfig config = read(keys);
  CHECK(config.endpoint == "http://all:1/v1/metrics");
  CHECK(config.protocol == Protocol::kHttpProtobuf);
  CHECK(config.headers == Pairs{{"X-Y", "z"}, {"a", "b c"}});
  CHECK(config.timeout == milliseconds(2500));
  CHECK(config.interval == seconds(30));
  CHECK(config.gzip);
  CHECK(config.tls.authorities == "/ca.pem");
  CHECK(config.resource_attributes ==
        Pairs{{"env", "test"}, {"region", "e,u"}, {"service.name", "env"}, {"zone", "a"}});
  const EnvironmentVariable name("OTEL_SERVICE_NAME", "named");
  CHECK(read(keys).resource_attributes.at("service.name") == "named");
  CHECK_FALSE(config_of("rules: []\n").open_telemetry.has_value());
}

TEST_CASE("openTelemetry: the environment's endpoint for metrics alone has its whole path",
          "[config]") {
  const std::string keys = "endpoint: 'http://file:1', protocol: http/protobuf";
  const auto endpoint = [&](const char* metrics) {
    const EnvironmentVariable all("OTEL_EXPORTER_OTLP_ENDPOINT", "http://all:1/x");
    const EnvironmentVariable own("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", metrics);
    return endpoint_of(keys);
  };
  CHECK(endpoint("") == "http://all:1/x/v1/metrics");
  CHECK(endpoint("http://own:1/api/otlp?k=1") == "http://own:1/api/otlp?k=1");
  CHECK(endpoint("http://own:1/x/") == "http://own:1/x/");
  // Nothing takes metrics at the root.
  CHECK(endpoint("http://own:1") == "http://own:1/v1/metrics");
  CHECK(endpoint("http://own:1/") == "http://own:1/v1/metrics");
}

TEST_CASE("openTelemetry: what is wrong in the environment names the variable", "[config]") {
  const auto report_of_variable = [](const char* name, const char* value) {
    const EnvironmentVariable variable(name, value);
    return report("");
  };
  CHECK(report_of_variable("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json") ==
        "c.yml:2:16: error: openTelemetry.protocol: the environment variable "
        "OTEL_EXPORTER_OTLP_PROTOCOL: found 'http/json'; write grpc or http/protobuf\n");
  CHECK(report_of_variable("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "h:s3cret")
            .find("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: this is no URL") != std::string::npos);
  for (const char* time : {"0", "-1", "soon", "1w", "99999999999999999999", "3000000000s"}) {
    CAPTURE(time);
    CHECK(report_of_variable("OTEL_METRIC_EXPORT_INTERVAL", time)
              .find("error: openTelemetry.interval: the environment variable") !=
          std::string::npos);
  }
  const std::string headers = report_of_variable("OTEL_EXPORTER_OTLP_HEADERS", "s3cret");
  CHECK(headers.find("OTEL_EXPORTER_OTLP_HEADERS: write NAME=VALUE") != std::string::npos);
  CHECK(headers.find("s3cret") == std::string::npos);
  CHECK(report_of_variable("OTEL_EXPORTER_OTLP_COMPRESSION", "zstd")
            .find("found 'zstd'; write gzip or none") != std::string::npos);
  CHECK(report_of_variable("OTEL_EXPORTER_OTLP_CLIENT_KEY", "/k.pem").find("belong together") !=
        std::string::npos);
}

TEST_CASE("openTelemetry: times of the environment have units", "[config]") {
  CHECK(*parse_otel_time("60000") == milliseconds(60'000));
  CHECK(*parse_otel_time("5 ms") == milliseconds(5));
  CHECK(*parse_otel_time("2m") == std::chrono::minutes(2));
  CHECK(*parse_otel_time("1h") == std::chrono::hours(1));
  CHECK(*parse_otel_time("1d") == std::chrono::hours(24));
  CHECK_FALSE(parse_otel_time("").has_value());
}

TEST_CASE("openTelemetry: rules that are read alone need no push", "[config]") {
  const EnvironmentVariable protocol("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json");
  const LoadedConfig loaded =
      load_config_text("openTelemetry:\nrules: []\n", "c.yml", ConfigUse::kRulesOnly);
  CHECK(loaded.report.text().empty());
}

TEST_CASE("openTelemetry: it is shown as it is in use, without its secrets", "[config]") {
  const std::string text = masked_text(
      config_of("openTelemetry: {endpoint: 'https://h:1/?key=s3cret', protocol: http/protobuf, "
                "headers: {Authorization: 's3cret'}, serviceName: shop}\nrules: []\n"));
  CHECK(text.find("s3cret") == std::string::npos);
  CHECK(text.find("openTelemetry:\n"
                  "  endpoint: \"https://h:1/v1/metrics?%3Csecret%3E\"\n"
                  "  protocol: http/protobuf\n"
                  "  interval: 60\n"
                  "  timeoutSeconds: 10\n"
                  "  preserveNames: false\n"
                  "  headers:\n"
                  "    \"Authorization\": <secret>\n"
                  "  resourceAttributes:\n"
                  "    \"service.name\": \"shop\"\n") != std::string::npos);
  const LoadedConfig again = load_config_text(text, "shown.yml");
  CHECK_FALSE(again.report.has_errors());
  CHECK(masked_text(again.config) == text);
}

}  // namespace
}  // namespace jmxbridge
