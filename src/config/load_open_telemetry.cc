#include "config/load_open_telemetry.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/url/parse.hpp>
#include <boost/url/url.hpp>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "base/ascii.h"
#include "base/log.h"
#include "config/coerced.h"
#include "config/otel_environment.h"

namespace jmxbridge {
namespace {

using Pairs = std::map<std::string, std::string>;
using Protocol = OpenTelemetryConfig::Protocol;

constexpr std::array<std::string_view, 11> kKeys = {
    "endpoint",         "protocol",          "interval",           "timeoutSeconds",
    "preserveNames",    "headers",           "resourceAttributes", "serviceName",
    "serviceNamespace", "serviceInstanceId", "serviceVersion"};
constexpr std::string_view kMetricsPath = "v1/metrics";
constexpr std::string_view kMetricsEndpoint = "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT";

// The push itself sets these.
constexpr std::array<std::string_view, 9> kOwnHeaders = {
    "connection", "content-encoding", "content-length",   "content-type", "expect", "host",
    "te",         "upgrade",          "transfer-encoding"};

/// A value for a key, from the file or from the environment.
struct Setting {
  std::string text;
  Mark mark;
  std::string variable;  ///< empty: it stands in the file
};

Setting from_variable(const Section& section, OtelVariable variable) {
  return {std::move(variable.text), section.node().mark, std::move(variable.name)};
}

/// Says what is wrong with a value, without showing it.
void complain(const Section& section, std::string_view key, const Setting& setting,
              std::string_view text) {
  section.error(setting.mark, key,
                setting.variable.empty()
                    ? std::string(text)
                    : fmt::format("the environment variable {}: {}", setting.variable, text));
}

/// A text of the file; blank is an error.
std::optional<Setting> file_text(const Section& section, std::string_view key) {
  std::optional<std::string> text = coerced_text(section, key);
  if (!text) return std::nullopt;
  const YamlNode* node = section.find(key);
  if (!is_blank(*text)) return Setting{std::string(trim(*text)), node->mark, {}};
  section.error(node->mark, key, "this is blank; give it a value, or remove the key");
  return std::nullopt;
}

std::optional<Setting> exporter_text(const Section& section, std::string_view key,
                                     std::string_view variable_end) {
  std::optional<Setting> text = file_text(section, key);
  std::optional<OtelVariable> variable = otlp_variable(variable_end);
  return variable ? from_variable(section, std::move(*variable)) : text;
}

void load_protocol(const Section& section, OpenTelemetryConfig& config) {
  const std::optional<Setting> setting = exporter_text(section, "protocol", "PROTOCOL");
  if (!setting || setting->text == "grpc") return;
  if (setting->text == "http/protobuf") {
    config.protocol = Protocol::kHttpProtobuf;
  } else {
    complain(section, "protocol", *setting,
             fmt::format("found '{}'; write grpc or http/protobuf", printable(setting->text, 80)));
  }
}

/// A path that the environment gives for metrics alone is the whole one, as OpenTelemetry has it.
void use_metrics_path(const Setting& setting, boost::urls::url& url) {
  std::string path(url.encoded_path());
  const bool is_whole = setting.variable == kMetricsEndpoint && !path.empty() && path != "/";
  if (is_whole || path.ends_with(kMetricsPath)) return;
  if (!path.ends_with('/')) path += '/';
  url.set_encoded_path(path + std::string(kMetricsPath));
}

void drop_path(const Section& section, const Setting& setting, boost::urls::url& url) {
  const std::string path(url.encoded_path());
  const bool has_path = !path.empty() && path != "/";
  if (has_path || url.has_query()) {
    section.warning(setting.mark, "endpoint",
                    "gRPC has a path of its own, so this one is not used; remove it, or write "
                    "'protocol: http/protobuf'");
  }
  url.remove_query();
  url.set_encoded_path("");
}

/// Whether it has no port, or one that can be connected to.
bool fits_port(const boost::urls::url_view& url) {
  return url.port().empty() || url.port_number() != 0;
}

/// The URL as it is used; empty if it is none. It may hold a password, so it is never shown.
std::string used_endpoint(const Section& section, const Setting& setting, Protocol protocol) {
  const auto parsed = boost::urls::parse_uri(setting.text);
  const bool is_web = parsed && (parsed->scheme_id() == boost::urls::scheme::http ||
                                 parsed->scheme_id() == boost::urls::scheme::https);
  if (!is_web || parsed->encoded_host().empty() || !fits_port(*parsed)) {
    complain(section, "endpoint", setting,
             "this is no URL of a receiver; write http://HOST:PORT or https://HOST:PORT");
    return {};
  }
  boost::urls::url url(*parsed);
  if (url.has_userinfo()) {
    section.warning(setting.mark, "endpoint",
                    "the user and password in this URL are not sent; write them as "
                    "'headers: {Authorization: Basic …}'");
    url.remove_userinfo();
  }
  url.remove_fragment();
  if (protocol == Protocol::kGrpc) {
    drop_path(section, setting, url);
  } else {
    use_metrics_path(setting, url);
  }
  return std::string(url.buffer());
}

void load_endpoint(const Section& section, OpenTelemetryConfig& config) {
  const std::optional<Setting> setting = exporter_text(section, "endpoint", "ENDPOINT");
  if (setting) {
    config.endpoint = used_endpoint(section, *setting, config.protocol);
  } else if (config.protocol == Protocol::kGrpc) {
    config.endpoint = "http://localhost:4317";
  } else {
    config.endpoint = "http://localhost:4318/v1/metrics";
  }
}

/// A time that the file gives in seconds and the environment in milliseconds.
void load_time(const Section& section, std::string_view key, std::optional<OtelVariable> variable,
               std::chrono::milliseconds& time) {
  if (const auto seconds = coerced_integer(section, key, 1, kLargestInteger)) {
    time = std::chrono::seconds(*seconds);
  }
  if (!variable) return;
  const Setting setting = from_variable(section, std::move(*variable));
  const Result<std::chrono::milliseconds> parsed = parse_otel_time(setting.text);
  if (parsed) {
    time = *parsed;
  } else {
    complain(section, key, setting,
             fmt::format("found '{}'; {}", printable(setting.text, 80), parsed.error().text));
  }
}

/// A map of texts in the file. Values may be secrets.
Pairs file_pairs(const Section& section, std::string_view key) {
  Pairs pairs;
  const YamlNode* node = section.find(key);
  if (node == nullptr || node->type == YamlType::kNull) return pairs;
  if (node->type != YamlType::kMapping) {
    section.wrong(key, *node, "a map of texts", Show::kKindOnly);
    return pairs;
  }
  const Section map(*node, section.path_of(key), section.report());
  for (const YamlNode::Entry& entry : node->entries) {
    const std::string name = java_text(*entry.key);
    const bool has_value = entry.value->type != YamlType::kNull;
    const std::string value = has_value ? java_text(*entry.value) : std::string();
    if (is_blank(name)) {
      map.error(entry.key->mark, "", "a name is blank; give it a text");
    } else if (is_blank(value)) {
      map.error(entry.value->mark, name, "this is missing or blank; give it a value");
    } else {
      pairs[std::string(trim(name))] = trim(value);
    }
  }
  return pairs;
}

std::optional<Pairs> variable_pairs(const Section& section, std::string_view key,
                                    std::optional<OtelVariable> variable) {
  if (!variable) return std::nullopt;
  const Setting setting = from_variable(section, std::move(*variable));
  Result<Pairs> pairs = parse_otel_pairs(setting.text);
  if (pairs) return std::move(*pairs);
  complain(section, key, setting, pairs.error().text);
  return std::nullopt;
}

std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = to_lower(c);
  return out;
}

bool is_header_name(std::string_view name) {
  constexpr std::string_view kSigns = "!#$%&'*+-.^_`|~";
  return std::all_of(name.begin(), name.end(), [&](char c) {
    return is_letter(c) || is_digit(c) || kSigns.find(c) != std::string_view::npos;
  });
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F;
  });
}

void load_headers(const Section& section, OpenTelemetryConfig& config) {
  Pairs headers = file_pairs(section, "headers");
  if (auto given = variable_pairs(section, "headers", otlp_variable("HEADERS"))) {
    headers = std::move(*given);
  }
  const Mark mark = section.key_mark("headers");
  for (auto& [name, value] : headers) {
    const std::string key = "headers." + printable(name, 80);
    const std::string lower = lower_case(name);
    if (!is_header_name(name)) {
      section.error(mark, key, "this is no name of an HTTP header; write it as Authorization");
    } else if (has_control(value)) {
      section.error(mark, key, "the value has a line end or another control character; remove it");
    } else if (std::find(kOwnHeaders.begin(), kOwnHeaders.end(), lower) != kOwnHeaders.end() ||
               lower.starts_with("grpc-")) {
      section.warning(mark, key, "the push itself sets this header, so it is ignored; remove it");
    } else {
      config.headers.emplace(name, std::move(value));
    }
  }
}

void load_resource(const Section& section, OpenTelemetryConfig& config) {
  Pairs& attributes = config.resource_attributes;
  attributes = file_pairs(section, "resourceAttributes");
  for (const auto& [key, attribute] : {std::pair("serviceName", "service.name"),
                                       std::pair("serviceNamespace", "service.namespace"),
                                       std::pair("serviceInstanceId", "service.instance.id"),
                                       std::pair("serviceVersion", "service.version")}) {
    if (std::optional<Setting> text = file_text(section, key)) {
      attributes[attribute] = std::move(text->text);
    }
  }
  if (auto given = variable_pairs(section, "resourceAttributes",
                                  otel_variable("OTEL_RESOURCE_ATTRIBUTES"))) {
    for (auto& [name, value] : *given) attributes[name] = std::move(value);
  }
  if (std::optional<OtelVariable> name = otel_variable("OTEL_SERVICE_NAME")) {
    attributes["service.name"] = std::move(name->text);
  }
  attributes.emplace("service.name", "unknown_service:jmxbridge");
}

void load_compression(const Section& section, OpenTelemetryConfig& config) {
  const std::optional<OtelVariable> variable = otlp_variable("COMPRESSION");
  if (!variable || variable->text == "none") return;
  config.gzip = variable->text == "gzip";
  if (config.gzip) return;
  complain(section, "", from_variable(section, *variable),
           fmt::format("found '{}'; write gzip or none", printable(variable->text, 80)));
}

void load_tls(const Section& section, OpenTelemetryConfig& config) {
  const auto file = [](std::string_view variable_end) {
    std::optional<OtelVariable> variable = otlp_variable(variable_end);
    return variable ? std::move(variable->text) : std::string();
  };
  config.tls.authorities = file("CERTIFICATE");
  config.tls.client_certificate = file("CLIENT_CERTIFICATE");
  config.tls.client_key = file("CLIENT_KEY");
  if (config.tls.client_certificate.empty() != config.tls.client_key.empty()) {
    section.error(section.node().mark, "",
                  "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE and OTEL_EXPORTER_OTLP_CLIENT_KEY belong "
                  "together; set both in the environment, or none");
  }
}

/// Headers carry what a receiver asks to be shown.
void warn_of_open_credentials(const Section& section, const OpenTelemetryConfig& config) {
  if (config.headers.empty() || config.endpoint.empty()) return;
  const boost::urls::url url(boost::urls::parse_uri(config.endpoint).value());
  if (url.scheme_id() == boost::urls::scheme::https) return;
  const std::string host = url.host_address();
  if (host == "localhost" || host == "::1" || host.starts_with("127.")) return;
  section.warning(section.key_mark("headers"), "headers",
                  "they are sent to another host without TLS, for all to read; write an endpoint "
                  "with https://");
}

}  // namespace

std::optional<OpenTelemetryConfig> load_open_telemetry(const Section& top) {
  const YamlNode* node = top.find("openTelemetry");
  if (node == nullptr) return std::nullopt;
  OpenTelemetryConfig config;
  YamlNode defaults;
  defaults.type = YamlType::kMapping;
  defaults.mark = top.key_mark("openTelemetry");
  if (node->type == YamlType::kNull) {
    node = &defaults;
  } else if (node->type != YamlType::kMapping) {
    top.wrong("openTelemetry", *node, "a map, or nothing for the defaults", Show::kKindOnly);
    return config;
  }
  const Section section(*node, "openTelemetry", top.report());
  section.expect_keys(kKeys);
  load_protocol(section, config);
  load_endpoint(section, config);
  load_time(section, "interval", otel_variable("OTEL_METRIC_EXPORT_INTERVAL"), config.interval);
  load_time(section, "timeoutSeconds", otlp_variable("TIMEOUT"), config.timeout);
  config.preserve_names = coerced_boolean(section, "preserveNames").value_or(false);
  load_headers(section, config);
  load_resource(section, config);
  load_compression(section, config);
  load_tls(section, config);
  warn_of_open_credentials(section, config);
  return config;
}

}  // namespace jmxbridge
