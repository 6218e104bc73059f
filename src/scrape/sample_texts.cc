#include "scrape/sample_texts.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include "rules/match_text.h"
#include "rules/naming.h"

namespace jmxbridge {
namespace {

struct Origin {
  std::string_view attribute;
  std::optional<std::string_view> description;
};

bool yields(const Node& node, const PlannedSample& sample) {
  return node.slot && std::any_of(node.slot->samples.begin(), node.slot->samples.end(),
                                  [&](const PlannedSample& each) { return &each == &sample; });
}

/// The attribute, or the extra metric, whose plain value the sample is.
Origin origin_of(const BeanPlan& bean, const PlannedSample& sample) {
  for (const AttributePlan& attribute : bean.attributes) {
    if (!yields(attribute.node, sample)) continue;
    const AttributeInfo& info = bean.info->attributes[attribute.index];
    return {info.name, info.description};
  }
  for (std::size_t i = 0; i < bean.extras.size(); ++i) {
    if (!yields(bean.extras[i], sample)) continue;
    const ExtraMetric& extra = bean.customizer->extra_metrics[i];
    return {extra.name, extra.description};
  }
  return {};
}

/// Calls `text` with the leaf of a sample.
template <class Text>
std::string from_leaf(const BeanPlan& bean, const PlannedSample& sample, Text text) {
  const Origin origin = origin_of(bean, sample);
  const std::vector<Property> properties = read_properties(bean.name.property_list());
  return text(Leaf{.domain = bean.name.domain(),
                   .properties = properties,
                   .attribute_keys = {},
                   .attribute = origin.attribute,
                   .description = origin.description,
                   .bean_labels = bean.labels});
}

}  // namespace

std::string help_of(const BeanPlan& bean, const PlannedSample& sample) {
  return sample.help ? *sample.help : from_leaf(bean, sample, default_help);
}

std::string object_name_of(const BeanPlan& bean, const PlannedSample& sample) {
  if (sample.object_name) return *sample.object_name;
  return from_leaf(bean, sample, [](const Leaf& leaf) {
    std::string text;
    append_match_subject(leaf, leaf.attribute, text);
    return text;
  });
}

}  // namespace jmxbridge
