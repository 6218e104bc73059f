#include "scrape/selection.h"

#include <algorithm>
#include <array>
#include <string>

namespace jmxbridge {
namespace {

constexpr std::array<std::string_view, 11> kJvmDomains = {"com.sun.management",
                                                          "com.sun.management.jmxremote",
                                                          "java.lang",
                                                          "java.nio",
                                                          "java.util.logging",
                                                          "javax.management",
                                                          "javax.management.remote",
                                                          "jdk.internal",
                                                          "jdk.management",
                                                          "jdk.management.jfr",
                                                          "sun.management"};

/// Long texts of the Runtime bean that never become samples.
constexpr std::array<std::string_view, 4> kRuntimeTexts = {"systemproperties", "classpath",
                                                           "bootclasspath", "librarypath"};

/// Kafka's reporter unregisters and registers an MBean for each metric that it adds or removes.
constexpr std::array<std::string_view, 1> kRegistersAgain = {
    "org.apache.kafka.common.metrics.JmxReporter$KafkaMbean"};

bool any_matches(const std::vector<ObjectName>& patterns, const ObjectName& name) {
  return std::any_of(patterns.begin(), patterns.end(),
                     [&](const ObjectName& pattern) { return pattern.matches(name); });
}

bool has_empty_domain(const ObjectName& pattern) { return pattern.domain().empty(); }

const std::vector<std::string>* find_filter(const AttributeFilter& filter, const ObjectName& name) {
  for (const auto& [key, attributes] : filter) {
    if (key == name) return &attributes;
  }
  return nullptr;
}

bool contains(const std::vector<std::string>* names, std::string_view name) {
  return names != nullptr && std::find(names->begin(), names->end(), name) != names->end();
}

std::string ascii_lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

/// An info may list a name twice; the exporter keeps the infos by their names.
void keep_last_of_each_name(const MBeanInfo& info, std::vector<std::uint32_t>& positions) {
  const auto name = [&](std::uint32_t i) -> const std::string& { return info.attributes[i].name; };
  const auto by_name = [&](std::uint32_t a, std::uint32_t b) { return name(a) < name(b); };
  const auto same = [&](std::uint32_t a, std::uint32_t b) { return name(a) == name(b); };
  std::vector<std::uint32_t> sorted = positions;
  std::stable_sort(sorted.begin(), sorted.end(), by_name);
  if (std::adjacent_find(sorted.begin(), sorted.end(), same) == sorted.end()) return;
  std::reverse(sorted.begin(), sorted.end());
  sorted.erase(std::unique(sorted.begin(), sorted.end(), same), sorted.end());
  std::sort(sorted.begin(), sorted.end());
  positions = std::move(sorted);
}

}  // namespace

std::vector<ObjectName> Selection::queries() const {
  if (config_->include_object_names) return *config_->include_object_names;
  return {*ObjectName::parse("*:*")};
}

bool Selection::is_local() const {
  const auto& excludes = config_->exclude_object_names;
  if (std::any_of(excludes.begin(), excludes.end(), has_empty_domain)) return false;
  if (!config_->include_object_names) return true;
  const auto& includes = *config_->include_object_names;
  return std::none_of(includes.begin(), includes.end(), has_empty_domain);
}

std::vector<ObjectName> Selection::remote_excludes() const {
  std::vector<ObjectName> out;
  std::copy_if(config_->exclude_object_names.begin(), config_->exclude_object_names.end(),
               std::back_inserter(out), has_empty_domain);
  return out;
}

bool Selection::takes(const ObjectName& name) const {
  if (any_matches(config_->exclude_object_names, name)) return false;
  const auto& includes = config_->include_object_names;
  if (includes && is_local() && !any_matches(*includes, name)) return false;
  if (!config_->exclude_jvm_metrics) return true;
  const bool is_jvm =
      std::find(kJvmDomains.begin(), kJvmDomains.end(), name.domain()) != kJvmDomains.end();
  return !is_jvm || (includes && any_matches(*includes, name));
}

std::vector<std::uint32_t> Selection::attributes(const ObjectName& name,
                                                 const MBeanInfo& info) const {
  std::vector<std::uint32_t> out;
  const auto* excluded = find_filter(config_->exclude_object_name_attributes, name);
  const auto* included = find_filter(config_->include_object_name_attributes, name);
  for (std::uint32_t i = 0; i < info.attributes.size(); ++i) {
    if (judge(name, info.attributes[i], excluded, included) == AttributeVerdict::kTaken) {
      out.push_back(i);
    }
  }
  keep_last_of_each_name(info, out);
  return out;
}

AttributeVerdict Selection::judge(const ObjectName& name, const AttributeInfo& attribute) const {
  return judge(name, attribute, find_filter(config_->exclude_object_name_attributes, name),
               find_filter(config_->include_object_name_attributes, name));
}

AttributeVerdict Selection::judge(const ObjectName& name, const AttributeInfo& attribute,
                                  const std::vector<std::string>* excluded,
                                  const std::vector<std::string>* included) const {
  if (!attribute.readable) return AttributeVerdict::kNotReadable;
  if (contains(excluded, attribute.name)) return AttributeVerdict::kExcluded;
  const bool include_only = !config_->include_object_name_attributes.empty();
  if (include_only && !contains(included, attribute.name)) return AttributeVerdict::kNotIncluded;
  return is_never_read(name, attribute.name) ? AttributeVerdict::kNeverRead
                                             : AttributeVerdict::kTaken;
}

const MetricCustomizer* Selection::customizer(const ObjectName& name) const {
  for (const MetricCustomizer& customizer : config_->metric_customizers) {
    if (!customizer.can_match || customizer.domain != name.domain()) continue;
    const auto& wanted = customizer.properties;
    if (std::all_of(wanted.begin(), wanted.end(), [&](const auto& property) {
          return name.property(property.first) == std::optional<std::string_view>(property.second);
        })) {
      return &customizer;
    }
  }
  return nullptr;
}

bool take_same_beans(const CollectorConfig& a, const CollectorConfig& b) {
  return a.exclude_jvm_metrics == b.exclude_jvm_metrics &&
         a.include_object_names == b.include_object_names &&
         a.exclude_object_names == b.exclude_object_names;
}

bool is_never_read(const ObjectName& name, std::string_view attribute) {
  if (name.canonical() == "jdk.management.jfr:type=FlightRecorder") return true;
  if (name.canonical() != "java.lang:type=Runtime") return false;
  return std::find(kRuntimeTexts.begin(), kRuntimeTexts.end(), ascii_lower(attribute)) !=
         kRuntimeTexts.end();
}

bool registers_again(std::string_view class_name) {
  return std::find(kRegistersAgain.begin(), kRegistersAgain.end(), class_name) !=
         kRegistersAgain.end();
}

}  // namespace jmxbridge
