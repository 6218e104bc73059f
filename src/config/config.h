#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/metric.h"
#include "config/http_server_config.h"
#include "config/open_telemetry_config.h"
#include "config/password_file.h"
#include "config/report.h"
#include "jmx/object_name.h"

namespace jmxbridge {

/// A template of a rule (specification 7.4) and where it stands.
struct TemplateText {
  std::string text;
  Mark mark;
};

/// One label of a rule: both sides are templates. A null value in the file loads and fails at
/// match time (specification 7.6.5).
struct RuleLabel {
  TemplateText name;
  std::optional<TemplateText> value;
};

/// One entry of a rule's `map`: a text of the attribute and the number that stands for it.
struct MappedText {
  std::string text;
  double number = 0;
};

/// One element of `rules` (specification 2.4), as written.
struct RuleConfig {
  Mark mark;
  std::optional<TemplateText> pattern;
  std::optional<TemplateText> name;
  std::optional<TemplateText> value;  ///< `''` is absent, null is the text `null`
  double value_factor = 1.0;
  bool has_labels = false;
  std::vector<RuleLabel> labels;  ///< ascending by template name, in Java's String order
  std::optional<TemplateText> help;
  FamilyType type = FamilyType::kUnknown;
  bool attr_name_snake_case = false;
  bool cache = false;

  // Keys that the JMX exporter lacks; the loader admits only what goes together.
  std::vector<MappedText> map;           ///< each text once; empty: none
  std::vector<std::string> states;       ///< of a STATESET, each once; empty with any other type
  std::optional<TemplateText> quantile;  ///< with SUMMARY only

  /// True if a value that is a text can become a sample.
  bool takes_text() const {
    return value || !map.empty() || !states.empty() || type == FamilyType::kInfo;
  }
};

/// An integer beyond 64 bits: the nearest double, and all digits.
struct BigInteger {
  double number = 0.0;
  std::string text;
};

/// A value given in the file to an extra metric (specification 5.6.5); `monostate` is dropped.
using ExtraValue =
    std::variant<std::monostate, bool, std::int64_t, BigInteger, double, std::string>;

struct ExtraMetric {
  std::string name;
  ExtraValue value;
  bool value_is_date = false;  ///< the double holds epoch seconds from a YAML timestamp
  std::optional<std::string> description;
};

/// One element of `metricCustomizers` (specification 5.6).
struct MetricCustomizer {
  std::string domain;
  std::map<std::string, std::string> properties;
  /// False when a property of the filter is no string: then it equals no bean.
  bool can_match = true;
  std::vector<std::string> attributes_as_labels;
  std::vector<ExtraMetric> extra_metrics;
};

/// An attribute filter: for exactly this ObjectName, these attributes (specification 4.4).
using AttributeFilter = std::vector<std::pair<ObjectName, std::vector<std::string>>>;

/// A key or trust store of `ssl` (specification 3.3.2). Files are opened when a session is;
/// variables in the password are resolved.
struct StoreConfig {
  Mark mark;
  std::optional<std::string> filename;
  std::optional<std::string> type;
  std::string password;
  std::optional<PasswordFile> password_file;  ///< then `password` is empty
};

/// What `ssl` says beside being on. Names of protocols and cipher suites are Java's; an empty list
/// leaves the choice to the defaults.
struct SslConfig {
  Mark mark;
  std::optional<StoreConfig> key_store;
  std::optional<StoreConfig> trust_store;
  std::vector<std::string> protocols;
  Mark protocols_mark;
  std::vector<std::string> ciphers;
  Mark ciphers_mark;
  /// Whether the certificate must name the host; absent: as the Java runtime has it.
  std::optional<bool> verify_host_name;
};

/// The collector part of a file (specification 2.3), checked and with variables resolved.
struct CollectorConfig {
  std::int32_t start_delay_seconds = 0;
  std::optional<std::int32_t> scrape_timeout_seconds;
  /// The service URL, made from `hostPort` or given as `jmxUrl`; empty when neither is there.
  std::string jmx_url;
  Mark jmx_url_mark;
  /// The daemon's own side, which a reload leaves as it is (specification 2.5.6).
  std::optional<HttpServerConfig> http_server;
  std::optional<OpenTelemetryConfig> open_telemetry;
  std::string username;
  std::string password;
  std::optional<PasswordFile> password_file;  ///< then `password` is empty
  bool ssl = false;
  SslConfig ssl_config;

  bool lowercase_output_name = false;
  bool lowercase_output_label_names = false;
  bool infer_counter_type_from_name = false;
  bool exclude_jvm_metrics = false;
  bool auto_exclude_object_name_attributes = true;

  /// Absent: all beans. Present and empty: none.
  std::optional<std::vector<ObjectName>> include_object_names;
  std::vector<ObjectName> exclude_object_names;
  AttributeFilter include_object_name_attributes;
  AttributeFilter exclude_object_name_attributes;
  std::vector<MetricCustomizer> metric_customizers;
  /// Absent in the file: one empty rule, which takes everything.
  std::vector<RuleConfig> rules;
};

}  // namespace jmxbridge
