#include "config/masked_text.h"

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <ctime>
#include <iterator>
#include <map>
#include <string_view>
#include <type_traits>
#include <variant>

#include "base/java_number.h"
#include "base/metric.h"
#include "base/utf.h"

namespace jmxbridge {
namespace {

constexpr std::string_view kSecret = "<secret>";

/// What YAML takes as it is within double quotes.
bool is_printable(char32_t point) {
  if (point < 0xA0) return point >= 0x20 && point < 0x7F;
  if (point == 0x2028 || point == 0x2029 || point == 0xFEFF) return false;
  return point < 0xFFFE || point >= 0x10000;
}

void append_quoted_character(char32_t point, std::string_view bytes, std::string& out) {
  if (point == '"' || point == '\\') {
    out += '\\';
    out += bytes;
  } else if (point == '\n') {
    out += "\\n";
  } else if (is_printable(point)) {
    out += bytes;
  } else {
    fmt::format_to(std::back_inserter(out), "\\u{:04X}", static_cast<std::uint32_t>(point));
  }
}

/// A text in double quotes, whatever it holds.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  while (!text.empty()) {
    char32_t point = 0xFFFD;
    const std::size_t size = utf8_sequence(text, &point);
    const std::size_t taken = size == 0 ? 1 : size;
    append_quoted_character(point, size == 0 ? "\xEF\xBF\xBD" : text.substr(0, taken), out);
    text.remove_prefix(taken);
  }
  return out + '"';
}

std::string java_text(double number) {
  std::array<char, kJavaNumberRoom> text{};
  return {text.data(), write_java_double(number, text.data())};
}

std::string number_text(double number) {
  if (std::isnan(number)) return ".nan";
  if (std::isinf(number)) return number > 0 ? ".inf" : "-.inf";
  return java_text(number);
}

/// Seconds since 1970 as a YAML timestamp.
std::string timestamp_text(double seconds) {
  const double whole = std::floor(seconds);
  const auto time = static_cast<std::time_t>(whole);
  std::tm utc{};
  gmtime_r(&time, &utc);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", utc.tm_year + 1900,
                     utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec,
                     static_cast<int>((seconds - whole) * 1000));
}

std::string extra_value_text(const ExtraMetric& metric) {
  return std::visit(
      [&](const auto& value) -> std::string {
        using Value = std::decay_t<decltype(value)>;
        if constexpr (std::is_same_v<Value, std::monostate>) {
          return "[]";
        } else if constexpr (std::is_same_v<Value, bool>) {
          return value ? "true" : "false";
        } else if constexpr (std::is_same_v<Value, std::int64_t>) {
          return std::to_string(value);
        } else if constexpr (std::is_same_v<Value, BigInteger>) {
          return value.text;
        } else if constexpr (std::is_same_v<Value, double>) {
          return metric.value_is_date ? timestamp_text(value) : number_text(value);
        } else {
          return quoted(value);
        }
      },
      metric.value);
}

template <class Items, class Text>
std::string flow_list(const Items& items, Text text) {
  std::string out = "[";
  for (const auto& item : items) {
    if (out.size() > 1) out += ", ";
    out += text(item);
  }
  return out + ']';
}

std::string word_list(const std::vector<std::string>& words) {
  return flow_list(words, [](const std::string& word) { return quoted(word); });
}

std::string name_list(const std::vector<ObjectName>& names) {
  return flow_list(names, [](const ObjectName& name) { return quoted(name.text()); });
}

/// Lines of `key: value`, indented; within a list the first has the dash.
class Lines {
 public:
  explicit Lines(std::string& out, std::size_t indent = 0) : out_(out), indent_(indent) {}

  /// `value` is YAML already.
  void add(std::string_view key, std::string_view value) {
    start();
    fmt::format_to(std::back_inserter(out_), "{}: {}\n", key, value);
  }
  void flag(std::string_view key, bool value) { add(key, value ? "true" : "false"); }
  void text(std::string_view key, std::string_view value) { add(key, quoted(value)); }
  void text(std::string_view key, const std::optional<TemplateText>& value) {
    if (value) text(key, value->text);
  }
  /// A key whose value is lines of its own, further in.
  Lines open(std::string_view key) {
    start();
    fmt::format_to(std::back_inserter(out_), "{}:\n", key);
    return Lines(out_, indent_ + 2);
  }
  /// The next line starts an element of a list.
  void element() { dash_ = true; }
  /// Ends the element; one that has said nothing is an empty map.
  void end_element() {
    if (!dash_) return;
    start();
    out_ += "{}\n";
  }

 private:
  void start() {
    out_.append(indent_, ' ');
    if (dash_) out_.replace(out_.size() - 2, 2, "- ");
    dash_ = false;
  }

  std::string& out_;
  std::size_t indent_;
  bool dash_ = false;
};

void add_url(const std::string& url, Lines& top) {
  if (url.empty()) return;
  const bool holds_stub = url.find("/stub/") != std::string::npos;
  top.text("jmxUrl", holds_stub ? kSecret : std::string_view(url));
}

/// What is read anew is named, not shown.
void add_password(const std::optional<PasswordFile>& file, Lines& lines) {
  if (file) {
    lines.text("passwordFile", file->name);
  } else {
    lines.text("password", kSecret);
  }
}

void add_store(std::string_view key, const std::optional<StoreConfig>& store, Lines& ssl) {
  if (!store) return;
  Lines lines = ssl.open(key);
  if (store->filename) lines.text("filename", *store->filename);
  if (store->type) lines.text("type", *store->type);
  add_password(store->password_file, lines);
}

void add_ssl(const CollectorConfig& config, Lines& top) {
  if (!config.ssl) {
    top.flag("ssl", false);
    return;
  }
  Lines ssl = top.open("ssl");
  ssl.flag("enabled", true);
  add_store("keyStore", config.ssl_config.key_store, ssl);
  add_store("trustStore", config.ssl_config.trust_store, ssl);
  if (!config.ssl_config.protocols.empty()) {
    ssl.add("protocols", word_list(config.ssl_config.protocols));
  }
  if (!config.ssl_config.ciphers.empty()) ssl.add("ciphers", word_list(config.ssl_config.ciphers));
  const std::optional<bool> verify = config.ssl_config.verify_host_name;
  if (verify) ssl.flag("verifyHostName", *verify);
}

void add_pairs(std::string_view key, const std::map<std::string, std::string>& pairs, bool masked,
               Lines& lines) {
  if (pairs.empty()) return;
  Lines map = lines.open(key);
  for (const auto& [name, value] : pairs) map.add(quoted(name), masked ? kSecret : quoted(value));
}

/// What the environment gives beside the file's keys has no key of its own there: compression and
/// certificates are not shown.
void add_open_telemetry(const OpenTelemetryConfig& config, Lines& top) {
  Lines lines = top.open("openTelemetry");
  // A query may hold a key.
  const std::size_t query = config.endpoint.find('?');
  lines.text("endpoint", query == std::string::npos
                             ? config.endpoint
                             : config.endpoint.substr(0, query) + "?%3Csecret%3E");
  const bool is_grpc = config.protocol == OpenTelemetryConfig::Protocol::kGrpc;
  lines.add("protocol", is_grpc ? "grpc" : "http/protobuf");
  const auto seconds = [](std::chrono::milliseconds time) {
    return std::to_string(std::chrono::ceil<std::chrono::seconds>(time).count());
  };
  lines.add("interval", seconds(config.interval));
  lines.add("timeoutSeconds", seconds(config.timeout));
  lines.flag("preserveNames", config.preserve_names);
  add_pairs("headers", config.headers, /*masked=*/true, lines);
  add_pairs("resourceAttributes", config.resource_attributes, /*masked=*/false, lines);
}

std::string_view algorithm_name(HttpBasicConfig::Algorithm algorithm) {
  constexpr std::array<std::string_view, 7> kNames = {"plaintext",
                                                      "SHA-1",
                                                      "SHA-256",
                                                      "SHA-512",
                                                      "PBKDF2WithHmacSHA1",
                                                      "PBKDF2WithHmacSHA256",
                                                      "PBKDF2WithHmacSHA512"};
  return kNames.at(static_cast<std::size_t>(algorithm));
}

void add_basic(const HttpBasicConfig& basic, Lines& server) {
  Lines authentication = server.open("authentication");
  Lines lines = authentication.open("basic");
  lines.text("username", basic.username);
  lines.text("algorithm", algorithm_name(basic.algorithm));
  if (basic.algorithm == HttpBasicConfig::Algorithm::kPlaintext) {
    add_password(basic.password_file, lines);
    return;
  }
  lines.text("passwordHash", kSecret);
  lines.text("salt", kSecret);
  if (basic.iterations == 0) return;
  lines.add("iterations", std::to_string(basic.iterations));
  lines.add("keyLength", std::to_string(8 * basic.hash.size()));
}

void add_store(std::string_view key, const HttpStoreConfig& store, Lines& ssl) {
  Lines lines = ssl.open(key);
  lines.text("filename", store.filename);
  if (store.type) lines.text("type", *store.type);
  add_password(store.password_file, lines);
}

void add_tls(const HttpTlsConfig& tls, Lines& server) {
  Lines ssl = server.open("ssl");
  add_store("keyStore", tls.key_store, ssl);
  if (tls.alias) ssl.open("certificate").text("alias", *tls.alias);
  ssl.flag("mutualTLS", tls.trust_store.has_value());
  if (tls.trust_store) add_store("trustStore", *tls.trust_store, ssl);
  if (!tls.protocols.empty()) ssl.add("protocols", word_list(tls.protocols));
  if (!tls.ciphers.empty()) ssl.add("ciphers", word_list(tls.ciphers));
}

void add_server(const HttpServerConfig& config, Lines& top) {
  const bool says_something = config.metrics_path || config.threads ||
                              config.maximum_request_seconds || config.basic || config.tls;
  if (!says_something) return;
  Lines server = top.open("httpServer");
  if (config.metrics_path) server.open("metrics").text("path", *config.metrics_path);
  if (config.threads) {
    Lines threads = server.open("threads");
    threads.add("minimum", std::to_string(config.threads->minimum));
    threads.add("maximum", std::to_string(config.threads->maximum));
    threads.add("keepAliveTime", std::to_string(config.threads->keep_alive_seconds));
  }
  if (config.maximum_request_seconds) {
    server.add("maximumRequestSeconds", std::to_string(config.maximum_request_seconds->value));
  }
  if (config.basic) add_basic(*config.basic, server);
  if (config.tls) add_tls(*config.tls, server);
}

void add_attribute_filter(std::string_view key, const AttributeFilter& filter, Lines& top) {
  if (filter.empty()) return;
  Lines lines = top.open(key);
  for (const auto& [name, attributes] : filter) {
    lines.add(quoted(name.text()), word_list(attributes));
  }
}

void add_customizer(const MetricCustomizer& customizer, Lines& list) {
  list.element();
  Lines filter = list.open("mbeanFilter");
  filter.text("domain", customizer.domain);
  std::vector<std::string> properties;
  properties.reserve(customizer.properties.size() + 1);
  for (const auto& [name, value] : customizer.properties) {
    properties.push_back(quoted(name) + ": " + quoted(value));
  }
  // A property that is no text equals none of a bean's; which one it was is not kept.
  if (!customizer.can_match) properties.emplace_back(R"("": [])");
  filter.add("properties", fmt::format("{{{}}}", fmt::join(properties, ", ")));
  list.add("attributesAsLabels", word_list(customizer.attributes_as_labels));
  if (customizer.extra_metrics.empty()) return;
  Lines extras = list.open("extraMetrics");
  for (const ExtraMetric& metric : customizer.extra_metrics) {
    extras.element();
    extras.text("name", metric.name);
    extras.add("value", extra_value_text(metric));
    if (metric.description) extras.text("description", *metric.description);
  }
}

void add_rule_labels(const RuleConfig& rule, Lines& lines) {
  if (!rule.has_labels) return;
  if (rule.labels.empty()) {
    lines.add("labels", "{}");
    return;
  }
  Lines labels = lines.open("labels");
  for (const RuleLabel& label : rule.labels) {
    labels.add(quoted(label.name.text), label.value ? quoted(label.value->text) : "null");
  }
}

void add_rule(const RuleConfig& rule, Lines& list) {
  list.element();
  list.text("pattern", rule.pattern);
  list.text("name", rule.name);
  list.text("value", rule.value);
  // Read as Java reads doubles, so also where YAML has another spelling.
  if (rule.value_factor != 1.0) list.text("valueFactor", java_text(rule.value_factor));
  list.text("help", rule.help);
  if (rule.type != FamilyType::kUnknown) list.add("type", type_name(rule.type));
  if (rule.attr_name_snake_case) list.flag("attrNameSnakeCase", true);
  if (rule.cache) list.flag("cache", true);
  list.text("quantile", rule.quantile);
  if (!rule.states.empty()) list.add("states", word_list(rule.states));
  if (!rule.map.empty()) {
    Lines map = list.open("map");
    for (const MappedText& each : rule.map) map.add(quoted(each.text), number_text(each.number));
  }
  add_rule_labels(rule, list);
  list.end_element();
}

void add_rules(const std::vector<RuleConfig>& rules, Lines& top) {
  if (rules.empty()) {
    top.add("rules", "[]");
    return;
  }
  Lines list = top.open("rules");
  for (const RuleConfig& rule : rules) add_rule(rule, list);
}

}  // namespace

std::string masked_text(const CollectorConfig& config) {
  std::string out;
  Lines top(out);
  add_url(config.jmx_url, top);
  if (!config.username.empty()) top.text("username", config.username);
  if (!config.password.empty()) top.text("password", kSecret);
  if (config.password_file) top.text("passwordFile", config.password_file->name);
  add_ssl(config, top);
  top.add("startDelaySeconds", std::to_string(config.start_delay_seconds));
  if (config.scrape_timeout_seconds) {
    top.add("scrapeTimeoutSeconds", std::to_string(*config.scrape_timeout_seconds));
  }
  top.flag("lowercaseOutputName", config.lowercase_output_name);
  top.flag("lowercaseOutputLabelNames", config.lowercase_output_label_names);
  top.flag("inferCounterTypeFromName", config.infer_counter_type_from_name);
  top.flag("excludeJvmMetrics", config.exclude_jvm_metrics);
  top.flag("autoExcludeObjectNameAttributes", config.auto_exclude_object_name_attributes);
  if (config.include_object_names) {
    top.add("includeObjectNames", name_list(*config.include_object_names));
  }
  if (!config.exclude_object_names.empty()) {
    top.add("excludeObjectNames", name_list(config.exclude_object_names));
  }
  add_attribute_filter("includeObjectNameAttributes", config.include_object_name_attributes, top);
  add_attribute_filter("excludeObjectNameAttributes", config.exclude_object_name_attributes, top);
  if (!config.metric_customizers.empty()) {
    Lines list = top.open("metricCustomizers");
    for (const MetricCustomizer& each : config.metric_customizers) add_customizer(each, list);
  }
  if (config.open_telemetry) add_open_telemetry(*config.open_telemetry, top);
  add_rules(config.rules, top);
  if (config.http_server) add_server(*config.http_server, top);
  return out;
}

}  // namespace jmxbridge
