#include "config/findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <vector>

#include "base/log.h"
#include "config/jmx_url.h"

namespace jmxbridge {
namespace {

// Keys of a filter are compared as names, never matched as patterns.
void report_filter_patterns(const Section& top, std::string_view key) {
  const YamlNode* map = top.find(key);
  if (map == nullptr || map->type != YamlType::kMapping) return;
  for (const YamlNode::Entry& entry : map->entries) {
    if (entry.key->type != YamlType::kString) continue;
    const Result<ObjectName> name = ObjectName::parse(entry.key->text);
    if (!name || !name->is_pattern()) continue;
    top.warning(entry.key->mark, fmt::format("{}.{}", key, printable(entry.key->text, 80)),
                "a name with wildcards matches no bean here; write the full name of each bean");
  }
}

bool is_collected(const CollectorConfig& config, const ObjectName& name) {
  const auto takes = [&name](const ObjectName& pattern) { return pattern.matches(name); };
  const std::vector<ObjectName>& excluded = config.exclude_object_names;
  if (std::any_of(excluded.begin(), excluded.end(), takes)) return false;
  if (!config.include_object_names) return true;
  const std::vector<ObjectName>& included = *config.include_object_names;
  return std::any_of(included.begin(), included.end(), takes);
}

using AttributesByName = std::unordered_map<ObjectName, const std::vector<std::string>*>;

// Attributes that the exclude filter names for the same bean are taken off first.
bool leaves_attributes(const AttributesByName& excluded, const ObjectName& name,
                       const std::vector<std::string>& listed) {
  const auto found = excluded.find(name);
  if (found == excluded.end()) return !listed.empty();
  const std::vector<std::string>& taken = *found->second;
  return std::any_of(listed.begin(), listed.end(), [&taken](const std::string& attribute) {
    return std::find(taken.begin(), taken.end(), attribute) == taken.end();
  });
}

void report_empty_allow_list(const Section& top, const CollectorConfig& config) {
  constexpr std::string_view kKey = "includeObjectNameAttributes";
  const AttributeFilter& filter = config.include_object_name_attributes;
  if (filter.empty()) return;
  AttributesByName excluded;
  for (const auto& [name, attributes] : config.exclude_object_name_attributes) {
    excluded.emplace(name, &attributes);
  }
  for (const auto& [name, attributes] : filter) {
    if (!name.is_pattern() && leaves_attributes(excluded, name, attributes) &&
        is_collected(config, name)) {
      return;
    }
  }
  top.warning(top.key_mark(kKey), kKey,
              "this list is the only source of attributes, and none of its beans is read with any, "
              "so nothing is exported; name beans that are collected, or remove the list");
}

void report_ssl_off(const Section& top) {
  const YamlNode* ssl = top.find("ssl");
  if (ssl == nullptr || ssl->type == YamlType::kBool) return;
  if (ssl->type == YamlType::kMapping) {
    if (ssl->find("enabled") != nullptr) return;
    top.warning(ssl->mark, "ssl", "TLS is off, as 'enabled' is missing; add 'enabled: true'");
    return;
  }
  top.warning(
      ssl->mark, "ssl",
      fmt::format("{}, which leaves TLS off; write true or false, without quotes", found(*ssl)));
}

void report_clear_password(const Section& top, const CollectorConfig& config) {
  const bool is_in_file = config.password_file.has_value();
  if (config.ssl || config.username.empty() || (config.password.empty() && !is_in_file)) return;
  if (config.jmx_url.empty()) return;
  const std::string_view host = jmx_url_host(config.jmx_url);
  // A stub in the URL hides the host; it may be any.
  if (is_loopback_host(host) && config.jmx_url.find("/stub/") == std::string::npos) return;
  const std::string_view key = is_in_file ? "passwordFile" : "password";
  top.warning(
      top.key_mark(key), key,
      "the password goes over the network in clear; have the target speak TLS and set ssl, or put "
      "a tunnel between");
}

void report_value_without_pattern(const Section& top, const CollectorConfig& config) {
  for (std::size_t i = 0; i < config.rules.size(); ++i) {
    const RuleConfig& rule = config.rules[i];
    if (!rule.value || rule.pattern) continue;
    top.warning(rule.value->mark, element_path("rules", i) + ".value",
                "this needs a pattern beside it, or every sample of the rule fails; add pattern: "
                "to the rule, such as '.*'");
  }
}

}  // namespace

void report_findings(const Section& top, const CollectorConfig& config) {
  report_filter_patterns(top, "includeObjectNameAttributes");
  report_filter_patterns(top, "excludeObjectNameAttributes");
  report_empty_allow_list(top, config);
  report_ssl_off(top);
  report_clear_password(top, config);
  report_value_without_pattern(top, config);
}

}  // namespace jmxbridge
