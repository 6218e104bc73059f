#include "config/load.h"

#include <array>
#include <utility>

#include "base/text_file.h"
#include "config/coerced.h"
#include "config/findings.h"
#include "config/jmx_url.h"
#include "config/load_http_server.h"
#include "config/load_open_telemetry.h"
#include "config/load_parts.h"
#include "config/password_file.h"
#include "config/section.h"
#include "config/variables.h"
#include "config/yaml_reader.h"

namespace jmxbridge {
namespace {

constexpr std::array<std::string_view, 23> kTopKeys = {
    "startDelaySeconds",
    "scrapeTimeoutSeconds",
    "hostPort",
    "jmxUrl",
    "username",
    "password",
    "passwordFile",
    "ssl",
    "lowercaseOutputName",
    "lowercaseOutputLabelNames",
    "inferCounterTypeFromName",
    "includeObjectNames",
    "whitelistObjectNames",
    "excludeObjectNames",
    "blacklistObjectNames",
    "excludeJvmMetrics",
    "includeObjectNameAttributes",
    "excludeObjectNameAttributes",
    "autoExcludeObjectNameAttributes",
    "metricCustomizers",
    "rules",
    "httpServer",
    "openTelemetry",
};

void load_host_port(const Section& top, const YamlNode& value, CollectorConfig& config) {
  const std::string host_port = java_text(value);
  config.jmx_url = url_of_host_port(host_port);
  const std::string fault = value.type == YamlType::kNull
                                ? "found nothing (null), which is taken for the host 'null'; write "
                                  "HOST:PORT"
                                : host_port_fault(host_port);
  if (!fault.empty()) top.warning(value.mark, "hostPort", fault);
}

void load_url(const Section& top, const YamlNode& value, CollectorConfig& config) {
  if (value.type != YamlType::kString) {
    top.wrong("jmxUrl", value, "a JMX service URL", Show::kKindOnly);
    return;
  }
  const std::string fault = jmx_url_fault(value.text);
  if (fault.empty()) {
    config.jmx_url = value.text;
  } else {
    top.error(value.mark, "jmxUrl", fault);
  }
}

void load_target(const Section& top, CollectorConfig& config) {
  const YamlNode* host_port = top.find("hostPort");
  const YamlNode* url = top.find("jmxUrl");
  if (host_port == nullptr && url == nullptr) {
    top.error({}, "", "no target is given; add 'hostPort: HOST:PORT'");
    return;
  }
  config.jmx_url_mark = (host_port != nullptr ? host_port : url)->mark;
  if (host_port != nullptr) load_host_port(top, *host_port, config);
  if (url == nullptr) return;
  if (host_port != nullptr) {
    top.error(top.key_mark("jmxUrl"), "jmxUrl", "hostPort is given as well; keep one of the two");
    return;
  }
  load_url(top, *url, config);
}

std::string load_credential(const Section& top, std::string_view key) {
  const Show show = key == "password" ? Show::kKindOnly : Show::kValue;
  const std::optional<std::string> text = top.text(key, show);
  if (!text) return {};
  Result<std::string> resolved = resolve_variable(*text);
  if (resolved) return std::move(*resolved);
  top.error(top.find(key)->mark, key, resolved.error().text);
  return {};
}

void load_target_password_file(const Section& top, CollectorConfig& config) {
  constexpr std::string_view kKey = "passwordFile";
  config.password_file = load_password_file(top);
  if (!config.password_file || !config.username.empty()) return;
  top.warning(top.key_mark(kKey), kKey,
              "without a user name no password is sent; add 'username: NAME'");
}

void load_connection(const Section& top, CollectorConfig& config) {
  load_target(top, config);
  config.username = load_credential(top, "username");
  config.password = load_credential(top, "password");
  load_target_password_file(top, config);
  load_ssl(top, config);
}

void load_top(const Section& top, ConfigUse use, CollectorConfig& config) {
  top.expect_keys(kTopKeys);
  config.start_delay_seconds = top.integer("startDelaySeconds", 0).value_or(0);
  config.scrape_timeout_seconds = top.integer("scrapeTimeoutSeconds", 1);
  if (use == ConfigUse::kTarget) {
    load_connection(top, config);
    config.open_telemetry = load_open_telemetry(top);
  }
  config.http_server = load_http_server(top);

  config.lowercase_output_name = top.boolean("lowercaseOutputName").value_or(false);
  config.lowercase_output_label_names = top.boolean("lowercaseOutputLabelNames").value_or(false);
  config.infer_counter_type_from_name = top.boolean("inferCounterTypeFromName").value_or(false);
  config.auto_exclude_object_name_attributes =
      top.boolean("autoExcludeObjectNameAttributes").value_or(true);
  const YamlNode* exclude_jvm = top.find("excludeJvmMetrics");
  if (exclude_jvm != nullptr && exclude_jvm->type != YamlType::kNull) {
    config.exclude_jvm_metrics = top.boolean("excludeJvmMetrics").value_or(false);
  }

  load_object_names(top, config);
  load_attribute_filters(top, config);
  load_customizers(top, config);
  load_rules(top, config);
  report_findings(top, config);
}

}  // namespace

Result<std::string> read_yaml_file(const std::string& path) {
  return read_text_file(path, kLargestYaml, FileKind::kRegularOrPipe);
}

CollectorConfig default_config() {
  CollectorConfig config;
  config.rules.emplace_back();
  return config;
}

LoadedConfig load_config_text(std::string_view text, const std::string& file, ConfigUse use) {
  LoadedConfig loaded{{}, Report(file)};
  const YamlDocument document = read_yaml(text, loaded.report);
  if (!document.valid) return loaded;
  const YamlNode* root = document.root;
  if (root == nullptr || root->type == YamlType::kNull) {
    loaded.report.error({}, "", "the file says nothing; add 'hostPort: HOST:PORT'");
    return loaded;
  }
  if (root->type != YamlType::kMapping) {
    loaded.report.error(root->mark, "",
                        found(*root) + "; write keys with values, such as 'hostPort: HOST:PORT'");
    return loaded;
  }
  load_top(Section(*root, "", loaded.report), use, loaded.config);
  return loaded;
}

LoadedConfig load_config_file(const std::string& path, ConfigUse use) {
  const Result<std::string> text = read_yaml_file(path);
  if (text) return load_config_text(*text, path, use);
  LoadedConfig loaded{{}, Report(path)};
  loaded.report.error({}, "", text.error().text);
  return loaded;
}

}  // namespace jmxbridge
