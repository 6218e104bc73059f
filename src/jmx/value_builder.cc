#include "jmx/value_builder.h"

#include <algorithm>
#include <bit>
#include <ctime>

#include "base/byte_reader.h"
#include "base/java_number.h"
#include "base/utf.h"
#include "jmx/big_number.h"
#include "jmx/jdk_collections.h"

namespace jmxbridge {

/// The state of a node that may be reached more than once.
struct Converted {
  enum class State : std::uint8_t { kUnderWay, kDone, kFailed };
  State state = State::kUnderWay;
  Value value{};
  std::uint64_t weight = 1;
};

namespace {

Value other(std::string_view text, bool exact) {
  Value value;
  value.kind = ValueKind::kOther;
  value.text = text;
  value.text_is_exact = exact;
  return value;
}

Value integer_value(ValueKind kind, std::int64_t integer) {
  Value value;
  value.kind = kind;
  value.integer = integer;
  return value;
}

Value number_value(ValueKind kind, double number) {
  Value value;
  value.kind = kind;
  value.number = number;
  return value;
}

Value text_value(ValueKind kind, std::string_view text) {
  Value value;
  value.kind = kind;
  value.text = text;
  return value;
}

/// A class whose one field of that type is the value.
Value scalar(const ObjectNode& object) {
  const JdkClass known = object.desc->known;
  const auto cell = [&](char type) { return find_field(object, known, "value", type); };
  const auto integer = [&](ValueKind kind, char type) {
    const Cell* const found = cell(type);
    return found != nullptr ? integer_value(kind, found->bits) : other(object.desc->name, false);
  };
  switch (known) {
    case JdkClass::kByte:
      return integer(ValueKind::kInteger, 'B');
    case JdkClass::kShort:
      return integer(ValueKind::kInteger, 'S');
    case JdkClass::kInteger:
    case JdkClass::kAtomicInteger:
      return integer(ValueKind::kInteger, 'I');
    case JdkClass::kLong:
    case JdkClass::kAtomicLong:
    case JdkClass::kLongAdder:
      return integer(ValueKind::kInteger, 'J');
    case JdkClass::kBoolean:
      return integer(ValueKind::kBoolean, 'Z');
    case JdkClass::kFloat:
      if (const Cell* const found = cell('F')) {
        const auto bits = static_cast<std::uint32_t>(found->bits);
        return number_value(ValueKind::kFloat, std::bit_cast<float>(bits));
      }
      break;
    case JdkClass::kDouble:
    case JdkClass::kDoubleAdder:
      if (const Cell* const found = cell('D')) {
        return number_value(ValueKind::kDouble, std::bit_cast<double>(found->bits));
      }
      break;
    case JdkClass::kAtomicBoolean:
      if (const Cell* const found = cell('I'))
        return other(found->bits != 0 ? "true" : "false", true);
      break;
    default:
      break;
  }
  return other(object.desc->name, false);
}

bool append_local_date(const std::tm& local, std::string& out) {
  char text[40];
  out.append(text, std::strftime(text, sizeof text, "%Y-%m-%d", &local));
  return true;
}

void append_local_time(const std::tm& local, std::string& out) {
  char text[16];
  out.append(text, std::strftime(text, sizeof text, "%H:%M:%S", &local));
}

}  // namespace

bool ValueBuilder::convert(const Node* node, Value& out) {
  Counted counted;
  depth_ = 0;
  if (!convert(node, counted)) return false;
  out = counted.value;
  return true;
}

bool ValueBuilder::convert(const Node* node, Counted& out) {
  out = {};
  if (node == nullptr) return true;
  if (node->unknown != nullptr) {
    out.value = text_value(ValueKind::kUnknownClass, element_class(node->unknown->name));
    return true;
  }
  switch (node->kind) {
    case NodeKind::kText:
      out.value = text_value(ValueKind::kString, text_of(node));
      return true;
    case NodeKind::kObject:
      return convert_object(*static_cast<const ObjectNode*>(node), out);
    case NodeKind::kArray:
      out.value = text_value(ValueKind::kArray, static_cast<const ArrayNode*>(node)->desc->name);
      return true;
    case NodeKind::kEnum:
      out.value = build_enum(*static_cast<const EnumNode*>(node));
      return true;
    case NodeKind::kClass:
    case NodeKind::kClassDesc:
      out.value = other("java.lang.Class", false);
      return true;
    case NodeKind::kBlock:
      break;
  }
  return false;
}

bool ValueBuilder::convert_object(const ObjectNode& object, Counted& out) {
  switch (object.desc->known) {
    case JdkClass::kBigInteger:
    case JdkClass::kBigDecimal:
    case JdkClass::kSqlDate:
    case JdkClass::kSqlTime:
    case JdkClass::kSqlTimestamp:
    case JdkClass::kObjectName:
    case JdkClass::kCompositeData:
    case JdkClass::kTabularData:
      return convert_once(object, out);
    case JdkClass::kDate:
      out.value = build_date(object);
      return true;
    case JdkClass::kCharacter: {
      const Cell* const unit = find_field(object, JdkClass::kCharacter, "value", 'C');
      if (unit == nullptr) break;
      const bool surrogate = (unit->bits & 0xF800) == 0xD800;
      scratch_.clear();
      append_code_point(surrogate ? U'?' : static_cast<char32_t>(unit->bits), scratch_);
      out.value = other(arena_->copy(scratch_), true);
      return true;
    }
    default:
      out.value = scalar(object);
      return true;
  }
  out.value = other(object.desc->name, false);
  return true;
}

bool ValueBuilder::convert_once(const ObjectNode& object, Counted& out) {
  if (object.converted == nullptr) {
    object.converted = arena_->make<Converted>();
    const bool built = ++depth_ <= limits_.depth && build(object, out);
    --depth_;
    object.converted->state = built ? Converted::State::kDone : Converted::State::kFailed;
    object.converted->value = out.value;
    object.converted->weight = out.weight;
  }
  if (object.converted->state != Converted::State::kDone) return false;
  out.value = object.converted->value;
  out.weight = object.converted->weight;
  return true;
}

bool ValueBuilder::build(const ObjectNode& object, Counted& out) {
  switch (object.desc->known) {
    case JdkClass::kCompositeData:
      return build_composite(object, out);
    case JdkClass::kTabularData:
      return build_tabular(object, out);
    case JdkClass::kBigInteger:
      out.value = build_big_integer(object);
      return true;
    case JdkClass::kBigDecimal:
      out.value = build_big_decimal(object);
      return true;
    case JdkClass::kObjectName:
      out.value = other(object_name_text(&object), true);
      return true;
    default:
      out.value = build_date(object);
      return true;
  }
}

/// Accounts for values that are to be made. False if they pass the limit.
bool ValueBuilder::charge(std::size_t elements) {
  built_ += elements;
  return built_ <= limits_.samples;
}

bool ValueBuilder::build_composite(const ObjectNode& object, Counted& out) {
  auto* const composite = arena_->make<CompositeValue>();
  if (const ObjectNode* const type = as_object(
          find_reference(object, JdkClass::kCompositeData, "compositeType"), JdkClass::kOpenType)) {
    composite->type_name = text_of(find_reference(*type, JdkClass::kOpenType, "typeName"));
    composite->description = text_of(find_reference(*type, JdkClass::kOpenType, "description"));
  }
  const Node* const contents = find_reference(object, JdkClass::kCompositeData, "contents");
  if (!fill_items(elements_of(contents, *arena_), *composite, out.weight)) return false;
  out.value.kind = ValueKind::kComposite;
  out.value.composite = composite;
  return true;
}

bool ValueBuilder::fill_items(NodeList pairs, CompositeValue& composite, std::uint64_t& weight) {
  const std::size_t count = pairs.size() / 2;
  if (!charge(count)) return false;
  std::span<std::string_view> names = arena_->make_array<std::string_view>(count);
  std::span<Value> values = arena_->make_array<Value>(count);
  std::size_t filled = 0;
  bool ascending = true;
  for (std::size_t i = 0; i < count; ++i) {
    const Node* const key = pairs[2 * i];
    if (key == nullptr || key->kind != NodeKind::kText) continue;
    Counted item;
    if (!convert(pairs[2 * i + 1], item)) return false;
    weight += item.weight;
    if (weight > limits_.samples) return false;
    names[filled] = text_of(key);
    values[filled] = item.value;
    if (filled > 0 && compare_java_order(names[filled - 1], names[filled]) >= 0) ascending = false;
    ++filled;
  }
  names = names.first(filled);
  values = values.first(filled);
  if (!ascending) {
    const std::span<std::uint32_t> order = arena_->make_array<std::uint32_t>(filled);
    for (std::uint32_t i = 0; i < filled; ++i) order[i] = i;
    std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
      return compare_java_order(names[a], names[b]) < 0;
    });
    const std::span<std::string_view> sorted_names = arena_->make_array<std::string_view>(filled);
    const std::span<Value> sorted_values = arena_->make_array<Value>(filled);
    for (std::size_t i = 0; i < filled; ++i) {
      sorted_names[i] = names[order[i]];
      sorted_values[i] = values[order[i]];
    }
    names = sorted_names;
    values = sorted_values;
  }
  composite.names = names;
  composite.values = values;
  return true;
}

bool ValueBuilder::build_tabular(const ObjectNode& object, Counted& out) {
  auto* const table = arena_->make<TabularValue>();
  const ObjectNode* const type = as_object(
      find_reference(object, JdkClass::kTabularData, "tabularType"), JdkClass::kTabularType);
  if (type != nullptr) {
    table->type_name = text_of(find_reference(*type, JdkClass::kOpenType, "typeName"));
    if (const ObjectNode* const row = as_object(
            find_reference(*type, JdkClass::kTabularType, "rowType"), JdkClass::kOpenType)) {
      table->row_description = text_of(find_reference(*row, JdkClass::kOpenType, "description"));
    }
    const NodeList index =
        elements_of(find_reference(*type, JdkClass::kTabularType, "indexNames"), *arena_);
    if (!charge(index.size())) return false;
    const std::span<std::string_view> names = arena_->make_array<std::string_view>(index.size());
    std::transform(index.begin(), index.end(), names.begin(), text_of);
    table->index_names = names;
  }
  const NodeList pairs =
      elements_of(find_reference(object, JdkClass::kTabularData, "dataMap"), *arena_);
  const std::size_t count = pairs.size() / 2;
  if (!charge(count)) return false;
  const std::span<const CompositeValue*> rows = arena_->make_array<const CompositeValue*>(count);
  std::size_t filled = 0;
  for (std::size_t i = 0; i < count; ++i) {
    Counted row;
    if (!convert(pairs[2 * i + 1], row)) return false;
    out.weight += row.weight;
    if (out.weight > limits_.samples) return false;
    if (row.value.kind == ValueKind::kComposite) rows[filled++] = row.value.composite;
  }
  table->rows = rows.first(filled);
  out.value.kind = ValueKind::kTabular;
  out.value.tabular = table;
  return true;
}

namespace {

struct BigInteger {
  std::string_view magnitude;
  bool negative = false;
};

/// The fields of a BigInteger; false if they are not there.
bool read_big_integer(const Node* node, BigInteger& out) {
  const ObjectNode* const object = as_object(node, JdkClass::kBigInteger);
  if (object == nullptr) return false;
  const Cell* const signum = find_field(*object, JdkClass::kBigInteger, "signum", 'I');
  const Node* const magnitude = find_reference(*object, JdkClass::kBigInteger, "magnitude");
  if (signum == nullptr || magnitude == nullptr || magnitude->kind != NodeKind::kArray)
    return false;
  out.magnitude = static_cast<const ArrayNode*>(magnitude)->primitives;
  out.negative = signum->bits < 0;
  return out.magnitude.size() <= kLongestMagnitude;
}

}  // namespace

Value ValueBuilder::build_big_integer(const ObjectNode& object) {
  BigInteger integer;
  if (!read_big_integer(&object, integer)) return other(object.desc->name, false);
  scratch_.clear();
  if (integer.negative) scratch_ += '-';
  append_decimal(integer.magnitude, scratch_);
  const double magnitude = magnitude_to_double(integer.magnitude);
  Value value = number_value(ValueKind::kBigNumber, integer.negative ? -magnitude : magnitude);
  value.text = arena_->copy(scratch_);
  return value;
}

Value ValueBuilder::build_big_decimal(const ObjectNode& object) {
  BigInteger unscaled;
  const Cell* const scale = find_field(object, JdkClass::kBigDecimal, "scale", 'I');
  if (scale == nullptr ||
      !read_big_integer(find_reference(object, JdkClass::kBigDecimal, "intVal"), unscaled)) {
    return other(object.desc->name, false);
  }
  scratch_.clear();
  append_decimal(unscaled.magnitude, scratch_);
  const std::string_view digits = arena_->copy(scratch_);
  scratch_.clear();
  if (unscaled.negative) scratch_ += '-';
  append_scaled(digits, static_cast<std::int32_t>(scale->bits), scratch_);
  Value value = number_value(ValueKind::kBigNumber, parse_java_double(scratch_).value_or(0));
  value.text = arena_->copy(scratch_);
  return value;
}

Value ValueBuilder::build_date(const ObjectNode& object) {
  const NodeList written = find_annotation(object, JdkClass::kDate);
  if (written.empty() || written[0] == nullptr || written[0]->kind != NodeKind::kBlock) {
    return other(object.desc->name, false);
  }
  const std::string_view block = static_cast<const TextNode*>(written[0])->text;
  ByteReader in({reinterpret_cast<const std::byte*>(block.data()), block.size()});
  std::int64_t time = in.i64();
  if (!in.ok()) return other(object.desc->name, false);
  const JdkClass known = object.desc->known;
  std::int64_t nanoseconds = 0;
  if (known == JdkClass::kSqlTimestamp) {
    // The time ends in whole seconds; the nanoseconds hold the milliseconds too.
    const Cell* const nanos = find_field(object, known, "nanos", 'I');
    if (nanos != nullptr && nanos->bits >= 0 && nanos->bits < 1'000'000'000) {
      nanoseconds = nanos->bits;
    }
  }
  Value value = integer_value(ValueKind::kDate, 0);
  if (__builtin_add_overflow(time, nanoseconds / 1'000'000, &value.integer)) value.integer = time;
  if (known == JdkClass::kDate) return value;

  const std::time_t seconds = time / 1000 - (time % 1000 < 0 ? 1 : 0);
  std::tm local{};
  if (localtime_r(&seconds, &local) == nullptr) return value;
  scratch_.clear();
  if (known != JdkClass::kSqlTime) append_local_date(local, scratch_);
  if (known == JdkClass::kSqlTimestamp) scratch_ += ' ';
  if (known != JdkClass::kSqlDate) append_local_time(local, scratch_);
  if (known == JdkClass::kSqlTimestamp) {
    std::string fraction = std::to_string(1'000'000'000 + nanoseconds);
    while (fraction.size() > 2 && fraction.back() == '0') fraction.pop_back();
    fraction[0] = '.';
    scratch_ += fraction;
  }
  value.text = arena_->copy(scratch_);
  return value;
}

Value ValueBuilder::build_enum(const EnumNode& node) {
  const EnumText form = enum_text(node.desc->name, node.constant);
  std::string_view text = node.constant;
  if (form.form == EnumText::Form::kLiteral) {
    text = form.literal;
  } else if (form.form != EnumText::Form::kAsIs) {
    const bool camel = form.form == EnumText::Form::kCamel;
    scratch_.clear();
    bool word_begins = camel;
    for (const char c : node.constant) {
      if (camel && c == '_') {
        word_begins = true;
        continue;
      }
      scratch_ += !word_begins && c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
      word_begins = false;
    }
    text = arena_->copy(scratch_);
  }
  return form.has_body ? other(text, true) : text_value(ValueKind::kEnum, text);
}

std::string_view ValueBuilder::object_name_text(const Node* node) {
  const ObjectNode* const object = as_object(node, JdkClass::kObjectName);
  if (object == nullptr) return {};
  const NodeList written = find_annotation(*object, JdkClass::kObjectName);
  if (!written.empty()) return text_of(written[0]);
  // The form of JMX 1.0, which a target writes when it is told to (jmx.serial.form).
  const auto field = [&](std::string_view name) {
    return text_of(find_reference(*object, JdkClass::kObjectName, name));
  };
  const std::string_view properties = field("propertyListString");
  const Cell* const pattern = find_field(*object, JdkClass::kObjectName, "propertyPattern", 'Z');
  scratch_ = field("domain");
  scratch_ += ':';
  scratch_ += properties;
  if (pattern != nullptr && pattern->bits != 0) scratch_ += properties.empty() ? "*" : ",*";
  return arena_->copy(scratch_);
}

}  // namespace jmxbridge
