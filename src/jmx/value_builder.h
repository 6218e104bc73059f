#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "jmx/arena.h"
#include "jmx/limits.h"
#include "jmx/stream_node.h"
#include "jmx/value.h"

namespace jmxbridge {

/// Turns the nodes of a stream into Values, by what it knows of the JDK's serial forms. Values
/// live in the arena and point into nodes. Shared nodes are converted once; the work in total and
/// the size of a value with everything in it counted as often as it is reached stay within
/// Limits::samples. Not thread-safe.
class ValueBuilder {
 public:
  ValueBuilder(Arena& arena, const Limits& limits) : arena_(&arena), limits_(limits) {}

  /// Forgets the nodes of the last stream.
  void reset() { built_ = 0; }

  /// False if the value passes a limit, or holds itself.
  bool convert(const Node* node, Value& out);

  /// The name an ObjectName writes, as its toString() gives it; empty if the node is none.
  std::string_view object_name_text(const Node* node);

 private:
  /// What a node became, and how many values a walk through it meets.
  struct Counted {
    Value value;
    std::uint64_t weight = 1;
  };

  bool convert(const Node* node, Counted& out);
  bool convert_object(const ObjectNode& object, Counted& out);
  bool convert_once(const ObjectNode& object, Counted& out);
  bool build(const ObjectNode& object, Counted& out);
  bool build_composite(const ObjectNode& object, Counted& out);
  bool build_tabular(const ObjectNode& object, Counted& out);
  bool fill_items(NodeList pairs, CompositeValue& composite, std::uint64_t& weight);
  Value build_big_integer(const ObjectNode& object);
  Value build_big_decimal(const ObjectNode& object);
  Value build_date(const ObjectNode& object);
  Value build_enum(const EnumNode& node);
  bool charge(std::size_t elements);

  Arena* arena_;
  Limits limits_;
  std::uint64_t built_ = 0;
  std::uint32_t depth_ = 0;
  std::string scratch_;
};

}  // namespace jmxbridge
