#include "scrape/plan.h"

#include <algorithm>
#include <utility>

#include "rules/safe_name.h"
#include "scrape/extra_value.h"
#include "scrape/place.h"

namespace jmxbridge {
namespace {

bool is_text_class(std::string_view type) { return type == "java.lang.String"; }

/// True for declared types whose values are numbers, booleans and dates.
bool is_scalar_class(std::string_view type) {
  static constexpr std::string_view kPrimitives[] = {"int",   "long", "double", "float",
                                                     "short", "byte", "boolean"};
  static constexpr std::string_view kBoxes[] = {
      "java.lang.Integer", "java.lang.Long", "java.lang.Double",  "java.lang.Float",
      "java.lang.Short",   "java.lang.Byte", "java.lang.Boolean", "java.util.Date"};
  return std::find(std::begin(kPrimitives), std::end(kPrimitives), type) != std::end(kPrimitives) ||
         std::find(std::begin(kBoxes), std::end(kBoxes), type) != std::end(kBoxes);
}

}  // namespace

Plan::Plan(std::shared_ptr<const Snapshot> snapshot, const Limits& limits,
           std::uint32_t own_numbers)
    : snapshot_(std::move(snapshot)),
      selection_(snapshot_->config),
      uses_text_(std::any_of(snapshot_->config.rules.begin(), snapshot_->config.rules.end(),
                             [](const RuleConfig& rule) { return rule.takes_text(); })),
      slots_(snapshot_, limits, own_numbers, properties_),
      nodes_(slots_, properties_) {}

Plan::~Plan() = default;

void Plan::put(const ObjectName& name, std::shared_ptr<const MBeanInfo> info) {
  auto [it, is_new] = beans_.try_emplace(name);
  if (is_new) {
    it->second = std::make_unique<BeanPlan>(BeanPlan{.name = name,
                                                     .info = std::move(info),
                                                     .attributes = {},
                                                     .customizer = selection_.customizer(name),
                                                     .extras = {},
                                                     .labels = {}});
    select_attributes(*it->second);
    return;
  }
  BeanPlan& bean = *it->second;
  if (bean.info == info) return;
  const std::shared_ptr<const MBeanInfo> old_info = std::exchange(bean.info, std::move(info));
  std::vector<AttributePlan> old = std::exchange(bean.attributes, {});
  select_attributes(bean);
  for (AttributePlan& was : old) {
    const AttributeInfo& old_attribute = old_info->attributes[was.index];
    const auto same =
        std::find_if(bean.attributes.begin(), bean.attributes.end(), [&](const AttributePlan& now) {
          return bean.info->attributes[now.index] == old_attribute;
        });
    if (same != bean.attributes.end()) {
      same->node = std::move(was.node);
      same->excluded = was.excluded;
    } else {
      nodes_.forget(was.node);
    }
  }
}

void Plan::remove(const ObjectName& name) {
  const auto it = beans_.find(name);
  if (it == beans_.end()) return;
  forget(*it->second);
  properties_.forget(*it->second);
  beans_.erase(it);
  reads_changed_ = true;
}

void Plan::foresee(const ObjectName& name) {
  const auto it = beans_.find(name);
  // What is remembered by a rule with a cache, and labels, come with the values.
  if (it == beans_.end() || snapshot_->rules->has_cached_rules()) return;
  BeanPlan& bean = *it->second;
  if (bean.customizer != nullptr && !bean.customizer->attributes_as_labels.empty()) return;
  for (AttributePlan& attribute : bean.attributes) {
    const AttributeInfo& info = bean.info->attributes[attribute.index];
    if (!attribute.is_metric || attribute.node.slot || !is_scalar_class(info.type)) continue;
    attribute.node.slot = slots_.foresee(bean, attribute_place(info.name, info.description));
  }
}

void Plan::select_attributes(BeanPlan& bean) {
  reads_changed_ = true;
  const std::vector<std::string> no_labels;
  const std::vector<std::string>& labels =
      bean.customizer != nullptr ? bean.customizer->attributes_as_labels : no_labels;
  const std::vector<std::uint32_t> selected = selection_.attributes(bean.name, *bean.info);
  for (std::uint32_t index : selected) {
    const AttributeInfo& attribute = bean.info->attributes[index];
    AttributePlan plan;
    plan.index = index;
    plan.is_label = std::find(labels.begin(), labels.end(), attribute.name) != labels.end();
    plan.is_metric = is_useful(bean, attribute);
    if (plan.is_label || plan.is_metric) bean.attributes.push_back(std::move(plan));
  }
  std::stable_partition(bean.attributes.begin(), bean.attributes.end(),
                        [](const AttributePlan& plan) { return plan.is_label; });
  // A bean that is left without attributes has no extra metrics either (specification 4.4.5).
  const bool has_extras = bean.customizer != nullptr && !selected.empty();
  if (!has_extras) {
    for (Node& extra : bean.extras) nodes_.forget(extra);
  }
  bean.extras.resize(has_extras ? bean.customizer->extra_metrics.size() : 0);
}

bool Plan::is_useful(const BeanPlan& bean, const AttributeInfo& attribute) {
  if (attribute.type.starts_with('[')) return false;
  if (is_text_class(attribute.type) && !uses_text_) return false;
  const bool is_scalar = is_scalar_class(attribute.type);
  if (!is_text_class(attribute.type) && !is_scalar) return true;
  return snapshot_->rules->can_match({.domain = bean.name.domain(),
                                      .properties = properties_.of(bean),
                                      .attribute_keys = {},
                                      .attribute = attribute.name,
                                      .description = {},
                                      .bean_labels = {}},
                                     is_scalar ? ValueRange::kScalar : ValueRange::kAny);
}

std::shared_ptr<const Reads> Plan::reads(const std::set<ObjectName>& aside, bool watch_all) {
  if (!reads_changed_ && aside == aside_ && watch_all == watch_all_) return reads_;
  ReadsBuilder builder;
  for (auto& [name, bean] : beans_) {
    if (!aside.contains(name)) builder.add(*bean, watch_all);
  }
  reads_ = std::make_shared<const Reads>(builder.take());
  aside_ = aside;
  watch_all_ = watch_all;
  reads_changed_ = false;
  return reads_;
}

Reads Plan::reads_of(const std::vector<ObjectName>& names) const {
  ReadsBuilder builder;
  for (const ObjectName& name : names) {
    const auto it = beans_.find(name);
    if (it != beans_.end()) builder.add(*it->second, /*watch_all=*/false);
  }
  return builder.take();
}

void Plan::value(const Reads::Bean& read, std::uint32_t attribute_position, const Value& value) {
  BeanPlan& bean = *read.plan;
  AttributePlan& attribute = bean.attributes[(*read.attributes)[attribute_position]];
  if (value.kind == ValueKind::kOther && config().auto_exclude_object_name_attributes) {
    attribute.excluded = true;
    reads_changed_ = true;
    return;
  }
  if (attribute.is_label) take_label(bean, attribute, value);
  if (!attribute.is_metric) return;
  const AttributeInfo& info = bean.info->attributes[attribute.index];
  metrics_before_labels_ = true;
  nodes_.fill(attribute.node, value, bean, attribute_place(info.name, info.description));
}

bool Plan::finish_bean(const Reads::Bean& read) {
  BeanPlan& bean = *read.plan;
  for (const AttributePlan& attribute : bean.attributes) {
    if (attribute.is_label && attribute.label_epoch != epoch()) set_label(bean, attribute, {});
  }
  const bool read_again = std::exchange(labels_changed_, false);
  metrics_before_labels_ = false;
  bean.answered = epoch();
  if (!bean.extras.empty()) fill_extras(bean);
  return read_again;
}

void Plan::finish_without_values(const Reads::Bean& read) {
  read.plan->answered = epoch();
  labels_changed_ = false;
  metrics_before_labels_ = false;
}

void Plan::take_label(BeanPlan& bean, AttributePlan& attribute, const Value& value) {
  std::string text;
  if (!append_java_text(value, text)) return;
  attribute.label_epoch = epoch();
  set_label(bean, attribute, std::move(text));
}

void Plan::set_label(BeanPlan& bean, const AttributePlan& attribute,
                     std::optional<std::string> text) {
  std::string name = safe_name(bean.info->attributes[attribute.index].name);
  if (config().lowercase_output_label_names) lower_case(name);
  const auto it = std::find_if(bean.labels.begin(), bean.labels.end(),
                               [&](const Label& label) { return label.name == name; });
  if (it == bean.labels.end()) {
    if (!text) return;
    bean.labels.push_back({std::move(name), std::move(*text)});
  } else if (!text) {
    bean.labels.erase(it);
  } else if (it->value != *text) {
    it->value = std::move(*text);
  } else {
    return;
  }
  labels_changed_ = labels_changed_ || metrics_before_labels_;
  for (AttributePlan& other : bean.attributes) NodeFiller::reset(other.node);
  for (Node& extra : bean.extras) NodeFiller::reset(extra);
}

void Plan::fill_extras(BeanPlan& bean) {
  const std::vector<ExtraMetric>& extras = bean.customizer->extra_metrics;
  for (std::size_t i = 0; i < extras.size(); ++i) {
    nodes_.fill(bean.extras[i], value_of(extras[i]), bean,
                attribute_place(extras[i].name, extras[i].description));
  }
}

void Plan::forget(BeanPlan& bean) {
  for (AttributePlan& attribute : bean.attributes) nodes_.forget(attribute.node);
  for (Node& extra : bean.extras) nodes_.forget(extra);
}

}  // namespace jmxbridge
