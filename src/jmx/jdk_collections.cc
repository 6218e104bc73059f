#include "jmx/jdk_collections.h"

#include <algorithm>
#include <cstddef>

namespace jmxbridge {
namespace {

/// Views of views of collections; real ones are two deep at most.
constexpr int kDeepestView = 8;

bool is_block(const Node* node) { return node != nullptr && node->kind == NodeKind::kBlock; }

/// What stands behind the first block, which holds the count (a sorted set writes its comparator
/// before it), or everything where there is none.
NodeList behind_count(NodeList written, Arena& arena) {
  const auto block = std::find_if(written.begin(), written.end(), is_block);
  if (block != written.end()) {
    written = written.subspan(static_cast<std::size_t>(block - written.begin()) + 1);
  }
  if (std::none_of(written.begin(), written.end(), is_block)) return written;
  const std::span<const Node*> kept = arena.make_array<const Node*>(written.size());
  const auto end = std::copy_if(written.begin(), written.end(), kept.begin(),
                                [](const Node* node) { return !is_block(node); });
  return NodeList(kept.data(), static_cast<std::size_t>(end - kept.begin()));
}

NodeList vector_elements(const ObjectNode& vector) {
  const NodeList all = array_of(find_reference(vector, JdkClass::kVector, "elementData"));
  const Cell* const count = find_field(vector, JdkClass::kVector, "elementCount", 'I');
  if (count == nullptr || count->bits < 0) return {};
  return all.first(std::min(all.size(), static_cast<std::size_t>(count->bits)));
}

NodeList single_element(const ObjectNode& object) {
  const Cell* const element = find_field(object, JdkClass::kSingleton, "element", 'L');
  return element != nullptr ? NodeList(&element->node, 1) : NodeList();
}

NodeList single_pair(const ObjectNode& object, Arena& arena) {
  const std::span<const Node*> pair = arena.make_array<const Node*>(2);
  pair[0] = find_reference(object, JdkClass::kSingletonMap, "k");
  pair[1] = find_reference(object, JdkClass::kSingletonMap, "v");
  return pair;
}

}  // namespace

NodeList elements_of(const Node* node, Arena& arena) {
  for (int views = 0; views < kDeepestView; ++views) {
    if (node == nullptr || node->kind != NodeKind::kObject) return {};
    const auto& object = *static_cast<const ObjectNode*>(node);
    const JdkClass known = object.desc->known;
    switch (known) {
      case JdkClass::kElements:
      case JdkClass::kArrayList:
      case JdkClass::kCollSer:
        return behind_count(find_annotation(object, known), arena);
      case JdkClass::kArraysList:
        return array_of(find_reference(object, known, "a"));
      case JdkClass::kVector:
        return vector_elements(object);
      case JdkClass::kSingleton:
        return single_element(object);
      case JdkClass::kSingletonMap:
        return single_pair(object, arena);
      case JdkClass::kCollection:
        node = find_reference(object, known, "c");
        break;
      case JdkClass::kMapView:
        node = find_reference(object, known, "m");
        break;
      default:
        return {};
    }
  }
  return {};
}

}  // namespace jmxbridge
