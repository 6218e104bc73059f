#include "jmx/mbean_info_reader.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "jmx/jdk_collections.h"

namespace jmxbridge {
namespace {

bool equals_ignoring_case(std::string_view text, std::string_view lower) {
  return std::equal(text.begin(), text.end(), lower.begin(), lower.end(), [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a | 0x20) : a) == b;
  });
}

bool says_immutable(const Node* name, const Node* value) {
  return equals_ignoring_case(text_of(name), "immutableinfo") &&
         equals_ignoring_case(text_of(value), "true");
}

bool says_immutable(NodeList names, NodeList values) {
  for (std::size_t i = 0; i < std::min(names.size(), values.size()); ++i) {
    if (says_immutable(names[i], values[i])) return true;
  }
  return false;
}

/// A javax.management.Descriptor in one of its two serial forms.
bool says_immutable(const Node* descriptor, Arena& arena) {
  if (const ObjectNode* const object = as_object(descriptor, JdkClass::kImmutableDescriptor)) {
    return says_immutable(
        array_of(find_reference(*object, JdkClass::kImmutableDescriptor, "names")),
        array_of(find_reference(*object, JdkClass::kImmutableDescriptor, "values")));
  }
  if (const ObjectNode* const object = as_object(descriptor, JdkClass::kDescriptorSupport)) {
    const NodeList pairs =
        elements_of(find_reference(*object, JdkClass::kDescriptorSupport, "descriptor"), arena);
    for (std::size_t i = 0; i + 1 < pairs.size(); i += 2) {
      if (says_immutable(pairs[i], pairs[i + 1])) return true;
    }
  }
  return false;
}

/// MBeanInfo writes its descriptor behind its fields: a 1 and the names and values of an immutable
/// one, or a 0 and the descriptor itself.
bool says_immutable(const ObjectNode& info, Arena& arena) {
  const NodeList written = find_annotation(info, JdkClass::kMBeanInfo);
  if (written.size() == 3 && says_immutable(array_of(written[1]), array_of(written[2])))
    return true;
  if (written.size() == 2 && says_immutable(written[1], arena)) return true;
  return says_immutable(find_reference(info, JdkClass::kModelMBeanInfo, "modelMBeanDescriptor"),
                        arena);
}

AttributeInfo read_attribute(const ObjectNode& object) {
  AttributeInfo attribute;
  attribute.name = text_of(find_reference(object, JdkClass::kMBeanFeatureInfo, "name"));
  attribute.type = text_of(find_reference(object, JdkClass::kMBeanAttributeInfo, "attributeType"));
  const Node* const description =
      find_reference(object, JdkClass::kMBeanFeatureInfo, "description");
  if (description != nullptr && description->kind == NodeKind::kText) {
    attribute.description = text_of(description);
  }
  const Cell* const readable = find_field(object, JdkClass::kMBeanAttributeInfo, "isRead", 'Z');
  attribute.readable = readable != nullptr && readable->bits != 0;
  return attribute;
}

std::size_t size_of(const AttributeInfo& attribute) {
  return sizeof attribute + attribute.name.size() + attribute.type.size() +
         (attribute.description ? attribute.description->size() : 0);
}

}  // namespace

Result<MBeanInfo> read_mbean_info(const ObjectNode& info, const Limits& limits, Arena& arena) {
  MBeanInfo read;
  read.class_name = text_of(find_reference(info, JdkClass::kMBeanInfo, "className"));
  const Node* attributes = find_reference(info, JdkClass::kMBeanInfo, "attributes");
  if (attributes == nullptr) {
    attributes = find_reference(info, JdkClass::kModelMBeanInfo, "modelMBeanAttributes");
  }
  std::size_t bytes = 0;
  for (const Node* element : array_of(attributes)) {
    const ObjectNode* const attribute = as_object(element, JdkClass::kMBeanAttributeInfo);
    if (attribute == nullptr) continue;
    read.attributes.push_back(read_attribute(*attribute));
    bytes += size_of(read.attributes.back());
    if (bytes > limits.answer_bytes) {
      return fail(ErrorKind::kLimit, "the texts of an MBeanInfo are longer than an answer may be");
    }
  }
  read.immutable = says_immutable(info, arena);
  return read;
}

}  // namespace jmxbridge
