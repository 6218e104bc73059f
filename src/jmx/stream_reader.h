#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/byte_reader.h"
#include "base/result.h"
#include "jmx/arena.h"
#include "jmx/limits.h"
#include "jmx/stream_node.h"

namespace jmxbridge {

/// Reads a Java serialization stream (Java Object Serialization Specification, chapter 6) of
/// protocol version 1 or 2 into nodes. It knows the grammar, and of the classes only what the
/// stream itself does not tell: where the data of java.time's externalizable forms end in version
/// 1, which has no frames around them.
///
/// Invariants: nothing is read past the end of the stream; no count in it makes anything larger
/// than the bytes that are there allow; nodes point into the stream and into arena(), and live
/// until the next read. Not thread-safe.
class StreamReader {
 public:
  explicit StreamReader(const Limits& limits);

  /// Reads a whole stream: header, one object, nothing behind it. False: see error().
  bool read(std::span<const std::byte> stream, const Node*& root);

  /// Reads the one object at the front of `bytes`, which may be cut off anywhere and go on with
  /// other things behind the object; `size` becomes what the object takes. False: see is_cut(),
  /// else error().
  bool read_front(std::span<const std::byte> bytes, const Node*& root, std::size_t& size);
  /// True if the last read failed only because there were not enough bytes.
  bool is_cut() const { return !in_.ok(); }

  /// Why the last read failed.
  Error error() const;
  /// What the writer threw and wrote in place of the rest; empty if it did not.
  const std::string& thrown() const { return thrown_; }

  /// Memory that lives as long as the nodes do.
  Arena& arena() { return arena_; }

 private:
  void start(std::span<const std::byte> bytes);
  bool malformed(const char* what);
  bool over_limit(const char* what);
  bool promise(std::uint64_t elements);

  bool read_object(const Node*& out);
  bool read_content(std::uint8_t code, const Node*& out);
  bool read_reference(const Node*& out);
  bool read_text_node(std::uint64_t size, const Node*& out);
  bool read_new_object(const Node*& out);
  bool read_class_data(ObjectNode& object);
  bool read_fields(const ClassDesc& desc, Cell* cells);
  bool read_array(const Node*& out);
  bool read_elements(ArrayNode& array, std::uint32_t count);
  bool read_enum(const Node*& out);
  bool read_class(const Node*& out);
  bool read_exception();

  bool read_annotation(NodeList* out);
  bool read_external_data(const ClassDesc& desc);
  bool read_time_data();
  bool read_chrono_data();
  void skip_local_time();
  void skip_zone_offset();
  bool skip_objects(int count);

  bool read_class_desc(const ClassDesc*& out);
  bool read_class_desc(std::uint8_t code, const ClassDesc*& out);
  bool read_plain_class(ClassDesc& desc);
  bool read_field_list(ClassDesc& desc);
  bool read_proxy_class(ClassDesc& desc);
  bool finish_class(ClassDesc& desc);
  bool read_text(std::uint64_t size, std::string_view& out);

  void assign_handle(Node* node) { handles_.push_back(node); }
  void note_unknown(const ClassDesc* unknown) {
    if (unknown_ == nullptr) unknown_ = unknown;
  }

  Limits limits_;
  ByteReader in_;
  Arena arena_;
  std::vector<Node*> handles_;
  std::vector<const Node*> stack_;  ///< of annotations that are being read
  std::vector<Field> fields_;       ///< of the class that is being read
  std::string scratch_;
  const ClassDesc* unknown_ = nullptr;  ///< first in the node that is being read
  std::uint64_t promised_ = 0;  ///< fields and elements that were announced and are still to come
  std::uint32_t depth_ = 0;
  bool may_be_cut_ = false;

  ErrorKind error_kind_ = ErrorKind::kMalformed;
  const char* error_ = nullptr;
  std::string thrown_;  ///< what the target threw while it wrote
};

}  // namespace jmxbridge
