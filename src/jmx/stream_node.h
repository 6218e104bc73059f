#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "jmx/jdk_class.h"

namespace jmxbridge {

struct ClassDesc;
struct Converted;

enum class NodeKind : std::uint8_t { kText, kBlock, kObject, kArray, kEnum, kClass, kClassDesc };

/// One thing of a serialization stream, as it was written: no class is needed to hold it. Nodes
/// live in the reader's arena; what they point to may be shared and may even form cycles.
struct Node {
  NodeKind kind;
  /// The first class below (and including) this node that the JDK does not have, or null.
  const ClassDesc* unknown = nullptr;
};

/// A string, or a block of primitive data (NodeKind::kBlock: `text` holds its bytes).
struct TextNode : Node {
  std::string_view text{};
};

/// The value of a field. Booleans, characters and integers are widened to `bits`; floats and
/// doubles stand there as their bit patterns.
union Cell {
  std::int64_t bits;
  const Node* node;
};

struct Field {
  std::string_view name;
  char type;  ///< as in a descriptor: B C D F I J S Z L [
};

/// What a stream says of a class.
struct ClassDesc : Node {
  enum Flag : std::uint8_t {
    kWriteMethod = 0x01,
    kSerializable = 0x02,
    kExternalizable = 0x04,
    kBlockData = 0x08,
    kEnum = 0x10,
  };

  std::string_view name{};  ///< for a dynamic proxy, its first interface
  const ClassDesc* super = nullptr;
  std::span<const Field> fields{};
  /// From the root of the hierarchy to this class.
  std::span<const ClassDesc* const> chain{};
  std::uint32_t first_cell = 0;   ///< of this class' fields among an object's cells
  std::uint32_t cells = 0;        ///< of an object of this class, inherited ones included
  std::uint16_t annotation = 0;   ///< index of this class' annotation, if it writes one
  std::uint16_t annotations = 0;  ///< of an object of this class, inherited ones included
  std::uint8_t flags = 0;
  bool complete = false;             ///< false while it is being read
  JdkClass own = JdkClass::kNone;    ///< this very class
  JdkClass known = JdkClass::kNone;  ///< this class, or the nearest one above that is known
};

/// Nodes in the order of the stream; null stands for Java's null.
using NodeList = std::span<const Node* const>;

struct ObjectNode : Node {
  const ClassDesc* desc = nullptr;
  const Cell* cells = nullptr;
  const NodeList* annotations = nullptr;
  /// What ValueBuilder made of this object, so that a shared one is converted once.
  mutable Converted* converted = nullptr;
};

struct ArrayNode : Node {
  const ClassDesc* desc = nullptr;
  NodeList elements{};            ///< of an array of objects; empty for primitives
  std::string_view primitives{};  ///< the bytes of an array of primitives
};

struct EnumNode : Node {
  const ClassDesc* desc = nullptr;
  std::string_view constant{};
};

struct ClassNode : Node {
  const ClassDesc* desc = nullptr;
};

/// The node as an object of the class, or of one derived from it; null if it is none.
const ObjectNode* as_object(const Node* node, JdkClass known);
/// The node's text; empty if it is no string.
std::string_view text_of(const Node* node);
/// The elements of an array of objects; empty if it is none.
NodeList array_of(const Node* node);

/// A field declared by the class `declaring`, which the object is or is derived from; null if the
/// stream has no such field of that type. All reference types go by the type 'L'.
const Cell* find_field(const ObjectNode& object, JdkClass declaring, std::string_view name,
                       char type);
/// A field of a reference type; null if it is null or absent.
const Node* find_reference(const ObjectNode& object, JdkClass declaring, std::string_view name);
/// What the class wrote behind its fields.
NodeList find_annotation(const ObjectNode& object, JdkClass declaring);

}  // namespace jmxbridge
