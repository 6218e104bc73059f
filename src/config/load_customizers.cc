#include <fmt/format.h>

#include <array>
#include <utility>

#include "config/load_parts.h"

namespace jmxbridge {
namespace {

constexpr std::array<std::string_view, 3> kCustomizerKeys = {"mbeanFilter", "attributesAsLabels",
                                                             "extraMetrics"};
constexpr std::array<std::string_view, 2> kFilterKeys = {"domain", "properties"};
constexpr std::array<std::string_view, 3> kExtraKeys = {"name", "value", "description"};

bool is_given(const YamlNode* node) { return node != nullptr && node->type != YamlType::kNull; }

void load_filter(const Section& customizer, MetricCustomizer& out) {
  const YamlNode* node = customizer.find("mbeanFilter");
  if (!is_given(node)) {
    customizer.error(node == nullptr ? customizer.node().mark : node->mark, "mbeanFilter",
                     "this is missing; name the beans by {domain: …, properties: {…}}");
    return;
  }
  if (node->type != YamlType::kMapping) {
    customizer.wrong("mbeanFilter", *node, "a map with domain and properties");
    return;
  }
  const Section filter(*node, customizer.path_of("mbeanFilter"), customizer.report());
  filter.expect_keys(kFilterKeys);
  const YamlNode* domain = filter.find("domain");
  if (is_given(domain)) {
    out.domain = filter.text("domain").value_or("");
  } else {
    filter.error(domain == nullptr ? node->mark : domain->mark, "domain",
                 "this is missing; write the domain of the beans");
  }

  const YamlNode* properties = filter.find("properties");
  if (!is_given(properties)) return;
  if (properties->type != YamlType::kMapping) {
    filter.wrong("properties", *properties, "a map of property names to texts");
    return;
  }
  for (const YamlNode::Entry& entry : properties->entries) {
    if (entry.key->type == YamlType::kString && entry.value->type == YamlType::kString) {
      out.properties[entry.key->text] = entry.value->text;
      continue;
    }
    const YamlNode& wrong = entry.key->type == YamlType::kString ? *entry.value : *entry.key;
    out.can_match = false;
    filter.warning(
        wrong.mark, fmt::format("properties.{}", java_text(*entry.key)),
        fmt::format("{}, which equals no property of a bean; put it in quotes", found(wrong)));
  }
}

void load_labels(const Section& customizer, MetricCustomizer& out) {
  const YamlNode* list = customizer.find("attributesAsLabels");
  if (!is_given(list)) return;
  if (list->type != YamlType::kSequence) {
    customizer.wrong("attributesAsLabels", *list, "a list of attributes, such as [Version]");
    return;
  }
  for (std::size_t i = 0; i < list->items.size(); ++i) {
    const YamlNode& item = *list->items[i];
    if (item.type == YamlType::kString) {
      out.attributes_as_labels.push_back(item.text);
    } else {
      customizer.warning(
          item.mark, element_path("attributesAsLabels", i),
          fmt::format("{}, which equals no attribute; put it in quotes", found(item)));
    }
  }
}

ExtraValue extra_value(const YamlNode& node) {
  switch (node.type) {
    case YamlType::kBool:
      return node.boolean;
    case YamlType::kInt:
    case YamlType::kLong:
      return node.integer;
    case YamlType::kBigInteger:
      return BigInteger{node.number, node.text};
    case YamlType::kFloat:
    case YamlType::kTimestamp:
      return node.number;
    case YamlType::kString:
      return node.text;
    default:
      return std::monostate();
  }
}

void load_extra(const Section& extra, MetricCustomizer& out) {
  extra.expect_keys(kExtraKeys);
  ExtraMetric metric;
  const YamlNode* name = extra.find("name");
  if (is_given(name)) {
    metric.name = extra.text("name").value_or("");
  } else {
    extra.error(name == nullptr ? extra.node().mark : name->mark, "name",
                "this is missing; name the metric");
  }
  const YamlNode* value = extra.find("value");
  if (is_given(value)) {
    metric.value = extra_value(*value);
    metric.value_is_date = value->type == YamlType::kTimestamp;
    if (std::holds_alternative<std::monostate>(metric.value)) {
      extra.warning(
          value->mark, "value",
          fmt::format("{}, which gives no sample; write a number or true or false", found(*value)));
    }
  } else {
    extra.error(value == nullptr ? extra.node().mark : value->mark, "value",
                "this is missing; give the metric a value");
  }
  metric.description = extra.text("description");
  out.extra_metrics.push_back(std::move(metric));
}

void load_extras(const Section& customizer, MetricCustomizer& out) {
  const YamlNode* list = customizer.find("extraMetrics");
  if (!is_given(list)) return;
  if (list->type != YamlType::kSequence) {
    customizer.wrong("extraMetrics", *list, "a list of maps with name and value");
    return;
  }
  for (std::size_t i = 0; i < list->items.size(); ++i) {
    const YamlNode& item = *list->items[i];
    const std::string key = element_path("extraMetrics", i);
    if (item.type == YamlType::kMapping) {
      load_extra(Section(item, customizer.path_of(key), customizer.report()), out);
    } else {
      customizer.wrong(key, item, "a map with name and value");
    }
  }
}

}  // namespace

void load_customizers(const Section& top, CollectorConfig& config) {
  constexpr std::string_view kKey = "metricCustomizers";
  const YamlNode* list = top.find(kKey);
  if (list == nullptr) return;
  if (list->type != YamlType::kSequence) {
    top.wrong(kKey, *list, "a list of maps with mbeanFilter");
    return;
  }
  for (std::size_t i = 0; i < list->items.size(); ++i) {
    const YamlNode& item = *list->items[i];
    const std::string path = element_path(kKey, i);
    if (item.type != YamlType::kMapping) {
      top.wrong(path, item, "a map with mbeanFilter");
      continue;
    }
    const Section customizer(item, path, top.report());
    customizer.expect_keys(kCustomizerKeys);
    MetricCustomizer out;
    load_filter(customizer, out);
    if (!is_given(customizer.find("attributesAsLabels")) &&
        !is_given(customizer.find("extraMetrics"))) {
      customizer.error(item.mark, "", "this does nothing; add attributesAsLabels or extraMetrics");
    }
    load_labels(customizer, out);
    load_extras(customizer, out);
    config.metric_customizers.push_back(std::move(out));
  }
}

}  // namespace jmxbridge
