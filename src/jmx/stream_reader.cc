#include "jmx/stream_reader.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "base/utf.h"
#include "jmx/stream_codes.h"

namespace jmxbridge {
namespace {

/// Deeper than any MBean's value, and what the stack of a thread surely holds.
constexpr std::uint32_t kDeepest = 256;

/// Bytes of one primitive; 0 for references and anything else.
std::size_t size_of(char type) {
  switch (type) {
    case 'B':
    case 'Z':
      return 1;
    case 'C':
    case 'S':
      return 2;
    case 'I':
    case 'F':
      return 4;
    case 'J':
    case 'D':
      return 8;
    default:
      return 0;
  }
}

}  // namespace

StreamReader::StreamReader(const Limits& limits) : limits_(limits) {
  limits_.depth = std::min(limits_.depth, kDeepest);
}

void StreamReader::start(std::span<const std::byte> bytes) {
  in_ = ByteReader(bytes);
  arena_.reset();
  handles_.clear();
  stack_.clear();
  unknown_ = nullptr;
  promised_ = 0;
  depth_ = 0;
  error_ = nullptr;
  thrown_.clear();
}

bool StreamReader::read(std::span<const std::byte> stream, const Node*& root) {
  start(stream);
  may_be_cut_ = false;
  root = nullptr;
  if (stream.size() > limits_.answer_bytes) return over_limit("it is larger than an answer may be");
  if (in_.u16() != kStreamMagic || in_.u16() != kStreamVersion) {
    return malformed("it is no Java serialization stream");
  }
  while (in_.peek() == code::kReset) in_.u8();
  if (!read_object(root)) return false;
  if (in_.remaining() != 0) return malformed("more than one object stands in it");
  return true;
}

bool StreamReader::read_front(std::span<const std::byte> bytes, const Node*& root,
                              std::size_t& size) {
  start(bytes);
  may_be_cut_ = true;
  root = nullptr;
  while (in_.peek() == code::kReset) in_.u8();
  if (!read_object(root)) return false;
  size = in_.position();
  return size <= limits_.answer_bytes || over_limit("it is larger than an answer may be");
}

Error StreamReader::error() const {
  if (!thrown_.empty()) {
    return {ErrorKind::kFailed, "the target could not serialize its answer: " + thrown_};
  }
  const bool complete = in_.ok() && error_ != nullptr;
  return {complete ? error_kind_ : ErrorKind::kMalformed,
          std::string("the target's answer cannot be decoded: ") +
              (complete ? error_ : "it ends too early")};
}

bool StreamReader::malformed(const char* what) {
  if (error_ == nullptr) {
    error_kind_ = ErrorKind::kMalformed;
    error_ = what;
  }
  return false;
}

bool StreamReader::over_limit(const char* what) {
  error_kind_ = ErrorKind::kLimit;
  error_ = what;
  return false;
}

/// Takes note of fields or elements to come, each of which takes a byte at least. What is
/// allocated for them is so bounded by the bytes that are there, over all levels together.
bool StreamReader::promise(std::uint64_t elements) {
  if (promised_ + elements > in_.remaining()) {
    if (may_be_cut_ && promised_ + elements <= limits_.answer_bytes) in_.fail();
    return malformed("it announces more elements than it has bytes");
  }
  promised_ += elements;
  return true;
}

bool StreamReader::read_object(const Node*& out) {
  out = nullptr;
  if (++depth_ > limits_.depth) return over_limit("its objects are nested too deep");
  if (arena_.handed_out() / 2 > limits_.answer_bytes) {
    return over_limit("decoding it takes more memory than an answer may");
  }
  if (!read_content(in_.u8(), out)) return false;
  --depth_;
  return in_.ok();
}

bool StreamReader::read_content(std::uint8_t code, const Node*& out) {
  switch (code) {
    case code::kNull:
      return true;
    case code::kReference:
      return read_reference(out);
    case code::kString:
      return read_text_node(in_.u16(), out);
    case code::kLongString:
      return read_text_node(in_.u64(), out);
    case code::kObject:
      return read_new_object(out);
    case code::kArray:
      return read_array(out);
    case code::kEnum:
      return read_enum(out);
    case code::kClass:
      return read_class(out);
    case code::kClassDesc:
    case code::kProxyClassDesc: {
      const ClassDesc* desc = nullptr;
      if (!read_class_desc(code, desc)) return false;
      note_unknown(desc->unknown);
      out = desc;
      return true;
    }
    case code::kException:
      return read_exception();
    default:
      return malformed("an object has an unknown type code");
  }
}

bool StreamReader::read_reference(const Node*& out) {
  const std::uint32_t index = in_.u32() - kFirstHandle;
  if (!in_.ok() || index >= handles_.size()) return malformed("a reference points to nothing");
  out = handles_[index];
  note_unknown(out->unknown);
  return true;
}

bool StreamReader::read_text(std::uint64_t size, std::string_view& out) {
  if (may_be_cut_ && size > limits_.answer_bytes) {
    return over_limit("it is larger than an answer may be");
  }
  out = in_.take_text(size);
  if (!in_.ok()) return false;
  if (ascii_prefix(out) == out.size()) return true;
  scratch_.clear();
  if (!append_modified_utf8(out, scratch_)) return malformed("a text is no modified UTF-8");
  out = arena_.copy(scratch_);
  return true;
}

bool StreamReader::read_text_node(std::uint64_t size, const Node*& out) {
  auto* const node = arena_.make<TextNode>(Node{NodeKind::kText});
  assign_handle(node);
  out = node;
  return read_text(size, node->text);
}

bool StreamReader::read_new_object(const Node*& out) {
  const ClassDesc* desc = nullptr;
  if (!read_class_desc(desc)) return false;
  if (desc == nullptr) return malformed("an object has no class");
  auto* const object = arena_.make<ObjectNode>(Node{NodeKind::kObject});
  object->desc = desc;
  assign_handle(object);
  out = object;
  const ClassDesc* const outer = std::exchange(unknown_, desc->unknown);
  const bool external = (desc->flags & ClassDesc::kExternalizable) != 0;
  if (!(external ? read_external_data(*desc) : read_class_data(*object))) return false;
  object->unknown = unknown_;
  if (outer != nullptr) unknown_ = outer;
  return true;
}

bool StreamReader::read_class_data(ObjectNode& object) {
  const ClassDesc& desc = *object.desc;
  if (!promise(desc.cells)) return false;
  Cell* const cells = arena_.make_array<Cell>(desc.cells).data();
  NodeList* const annotations = arena_.make_array<NodeList>(desc.annotations).data();
  for (const ClassDesc* part : desc.chain) {
    if (!read_fields(*part, cells + part->first_cell)) return false;
    if ((part->flags & ClassDesc::kWriteMethod) == 0) continue;
    if (!read_annotation(annotations + part->annotation)) return false;
  }
  object.cells = cells;
  object.annotations = annotations;
  return true;
}

bool StreamReader::read_fields(const ClassDesc& desc, Cell* cells) {
  for (const Field& field : desc.fields) {
    --promised_;
    switch (field.type) {
      case 'B':
        cells->bits = static_cast<std::int8_t>(in_.u8());
        break;
      case 'Z':
        cells->bits = in_.u8() != 0 ? 1 : 0;
        break;
      case 'C':
        cells->bits = in_.u16();
        break;
      case 'S':
        cells->bits = static_cast<std::int16_t>(in_.u16());
        break;
      case 'I':
        cells->bits = in_.i32();
        break;
      case 'F':
        cells->bits = in_.u32();
        break;
      case 'J':
      case 'D':
        cells->bits = in_.i64();
        break;
      default:
        if (!read_object(cells->node)) return false;
    }
    ++cells;
  }
  return in_.ok();
}

bool StreamReader::read_array(const Node*& out) {
  const ClassDesc* desc = nullptr;
  if (!read_class_desc(desc)) return false;
  if (desc == nullptr || desc->name.size() < 2 || desc->name[0] != '[') {
    return malformed("an array has no array class");
  }
  auto* const array = arena_.make<ArrayNode>(Node{NodeKind::kArray});
  array->desc = desc;
  assign_handle(array);
  out = array;
  const std::int32_t count = in_.i32();
  if (count < 0) return malformed("an array has a negative length");
  const std::size_t size = size_of(desc->name[1]);
  if (size != 0) {
    const std::uint64_t bytes = static_cast<std::uint64_t>(count) * size;
    if (may_be_cut_ && bytes > limits_.answer_bytes) {
      return over_limit("it is larger than an answer may be");
    }
    array->primitives = in_.take_text(bytes);
    array->unknown = desc->unknown;
    return in_.ok();
  }
  const ClassDesc* const outer = std::exchange(unknown_, desc->unknown);
  if (!read_elements(*array, static_cast<std::uint32_t>(count))) return false;
  array->unknown = unknown_;
  if (outer != nullptr) unknown_ = outer;
  return true;
}

bool StreamReader::read_elements(ArrayNode& array, std::uint32_t count) {
  if (!promise(count)) return false;
  const std::span<const Node*> elements = arena_.make_array<const Node*>(count);
  for (const Node*& element : elements) {
    --promised_;
    if (!read_object(element)) return false;
  }
  array.elements = elements;
  return true;
}

bool StreamReader::read_enum(const Node*& out) {
  const ClassDesc* desc = nullptr;
  if (!read_class_desc(desc)) return false;
  if (desc == nullptr) return malformed("an enum constant has no class");
  auto* const constant = arena_.make<EnumNode>(Node{NodeKind::kEnum});
  constant->desc = desc;
  constant->unknown = desc->unknown;
  assign_handle(constant);
  out = constant;
  const Node* name = nullptr;
  if (!read_object(name)) return false;
  if (name == nullptr || name->kind != NodeKind::kText) {
    return malformed("an enum constant has no name");
  }
  constant->constant = text_of(name);
  note_unknown(desc->unknown);
  return true;
}

bool StreamReader::read_class(const Node*& out) {
  const ClassDesc* desc = nullptr;
  if (!read_class_desc(desc)) return false;
  if (desc == nullptr) return malformed("a class object has no class");
  auto* const node = arena_.make<ClassNode>(Node{NodeKind::kClass});
  node->desc = desc;
  node->unknown = desc->unknown;
  assign_handle(node);
  note_unknown(desc->unknown);
  out = node;
  return true;
}

/// The writer met an exception and wrote it in place of the rest of the stream.
bool StreamReader::read_exception() {
  handles_.clear();
  promised_ = 0;
  const Node* node = nullptr;
  if (!read_object(node)) return false;
  const ObjectNode* const thrown = as_object(node, JdkClass::kThrowable);
  if (thrown == nullptr) return malformed("what it ends in is no exception");
  thrown_ = printable(thrown->desc->name);
  const std::string_view message =
      text_of(find_reference(*thrown, JdkClass::kThrowable, "detailMessage"));
  if (!message.empty()) thrown_ += ": " + printable(message);
  return false;
}

/// What a class wrote behind its fields, up to the mark that ends it; dropped if `out` is null.
bool StreamReader::read_annotation(NodeList* out) {
  const std::size_t begin = stack_.size();
  while (true) {
    const std::uint8_t code = in_.peek();
    const Node* node = nullptr;
    if (code == code::kEndBlockData) {
      in_.u8();
      break;
    }
    if (code == code::kBlockData || code == code::kBlockDataLong) {
      in_.u8();
      const std::string_view bytes = in_.take_text(code == code::kBlockData ? in_.u8() : in_.u32());
      if (!in_.ok()) return false;
      if (out == nullptr) continue;
      auto* const block = arena_.make<TextNode>(Node{NodeKind::kBlock});
      block->text = bytes;
      node = block;
    } else if (!read_object(node)) {
      return false;
    }
    if (out != nullptr) stack_.push_back(node);
  }
  if (out != nullptr) *out = arena_.copy(NodeList(stack_).subspan(begin));
  stack_.resize(begin);
  return true;
}

}  // namespace jmxbridge
