#include "jmx/stream_node.h"

namespace jmxbridge {
namespace {

const ClassDesc* find_class(const ClassDesc& desc, JdkClass own) {
  for (const ClassDesc* at = &desc; at != nullptr; at = at->super) {
    if (at->own == own) return at;
  }
  return nullptr;
}

}  // namespace

const ObjectNode* as_object(const Node* node, JdkClass known) {
  if (node == nullptr || node->kind != NodeKind::kObject) return nullptr;
  const auto* object = static_cast<const ObjectNode*>(node);
  if (object->desc->known == known) return object;
  return find_class(*object->desc, known) != nullptr ? object : nullptr;
}

std::string_view text_of(const Node* node) {
  if (node == nullptr || node->kind != NodeKind::kText) return {};
  return static_cast<const TextNode*>(node)->text;
}

NodeList array_of(const Node* node) {
  if (node == nullptr || node->kind != NodeKind::kArray) return {};
  return static_cast<const ArrayNode*>(node)->elements;
}

const Cell* find_field(const ObjectNode& object, JdkClass declaring, std::string_view name,
                       char type) {
  if (object.cells == nullptr) return nullptr;
  const ClassDesc* const desc = find_class(*object.desc, declaring);
  if (desc == nullptr) return nullptr;
  const Cell* cell = object.cells + desc->first_cell;
  for (const Field& field : desc->fields) {
    const char kind = field.type == '[' ? 'L' : field.type;
    if (kind == type && field.name == name) return cell;
    ++cell;
  }
  return nullptr;
}

const Node* find_reference(const ObjectNode& object, JdkClass declaring, std::string_view name) {
  const Cell* const cell = find_field(object, declaring, name, 'L');
  return cell != nullptr ? cell->node : nullptr;
}

NodeList find_annotation(const ObjectNode& object, JdkClass declaring) {
  const ClassDesc* const desc = find_class(*object.desc, declaring);
  if (desc == nullptr || object.annotations == nullptr) return {};
  if ((desc->flags & ClassDesc::kWriteMethod) == 0) return {};
  return object.annotations[desc->annotation];
}

}  // namespace jmxbridge
