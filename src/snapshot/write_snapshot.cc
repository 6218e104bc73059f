#include "snapshot/write_snapshot.h"

#include <bit>
#include <optional>
#include <string_view>

#include "base/java_number.h"
#include "base/utf.h"
#include "snapshot/snapshot_format.h"

namespace jmxbridge {
namespace {

void append_string(std::string_view text, std::string& out) {
  constexpr char kHex[] = "0123456789abcdef";
  out += '"';
  while (!text.empty()) {
    char32_t point = 0;
    const std::size_t size = utf8_sequence(text, &point);
    if (size == 0) {
      out += "\\ufffd";
      text.remove_prefix(1);
      continue;
    }
    if (point == '\n') {
      out += "\\n";
    } else if (point < 0x20 || point == 0x7F) {
      out += "\\u00";
      out += kHex[point >> 4];
      out += kHex[point & 0xF];
    } else {
      if (point == '"' || point == '\\') out += '\\';
      out += text.substr(0, size);
    }
    text.remove_prefix(size);
  }
  out += '"';
}

/// Appends `, "key": ` without the comma behind an opening brace.
void append_key(std::string_view key, std::string& out) {
  if (out.back() != '{') out += ", ";
  append_string(key, out);
  out += ": ";
}

void append_text(std::string_view key, std::string_view text, std::string& out) {
  append_key(key, out);
  append_string(text, out);
}

void append_unless_empty(std::string_view key, std::string_view text, std::string& out) {
  if (!text.empty()) append_text(key, text, out);
}

void append_double(std::string_view key, double number, std::string& out) {
  char text[kJavaNumberRoom];
  const char* const end = write_java_double(number, text);
  append_text(key, {text, static_cast<std::size_t>(end - text)}, out);
}

void append_float(float number, std::string& out) {
  char text[kJavaNumberRoom];
  const char* const end = write_java_float(number, text);
  append_text("float", {text, static_cast<std::size_t>(end - text)}, out);
}

void append_big_number(const Value& value, std::string& out) {
  append_text("bigNumber", value.text, out);
  const std::optional<double> follows = parse_java_double(value.text);
  if (!follows ||
      std::bit_cast<std::uint64_t>(*follows) != std::bit_cast<std::uint64_t>(value.number)) {
    append_double("double", value.number, out);
  }
}

void append_value(const Value& value, std::string& out);

void append_composite(const CompositeValue& composite, std::string& out) {
  append_text("composite", composite.type_name, out);
  append_unless_empty("description", composite.description, out);
  append_key("items", out);
  out += '{';
  for (std::size_t i = 0; i < composite.names.size(); ++i) {
    append_key(composite.names[i], out);
    append_value(composite.values[i], out);
  }
  out += '}';
}

void append_tabular(const TabularValue& table, std::string& out) {
  append_text("tabular", table.type_name, out);
  append_unless_empty("description", table.row_description, out);
  append_key("index", out);
  out += '[';
  for (std::size_t i = 0; i < table.index_names.size(); ++i) {
    if (i > 0) out += ", ";
    append_string(table.index_names[i], out);
  }
  out += ']';
  append_key("rows", out);
  out += '[';
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    out += i > 0 ? ", {" : "{";
    append_composite(*table.rows[i], out);
    out += '}';
  }
  out += ']';
}

/// What stands within the braces of the kinds that are written as an object.
void append_members(const Value& value, std::string& out) {
  switch (value.kind) {
    case ValueKind::kDouble:
      return append_double("double", value.number, out);
    case ValueKind::kFloat:
      return append_float(static_cast<float>(value.number), out);
    case ValueKind::kBigNumber:
      return append_big_number(value, out);
    case ValueKind::kDate:
      append_key("date", out);
      out += std::to_string(value.integer);
      return append_unless_empty("text", value.text, out);
    case ValueKind::kEnum:
      return append_text("enum", value.text, out);
    case ValueKind::kArray:
      return append_text("array", value.text, out);
    case ValueKind::kUnknownClass:
      return append_text("unknownClass", value.text, out);
    case ValueKind::kComposite:
      return append_composite(*value.composite, out);
    case ValueKind::kTabular:
      return append_tabular(*value.tabular, out);
    default:
      append_text("other", value.text, out);
      if (value.text_is_exact) {
        append_key("exact", out);
        out += "true";
      }
  }
}

void append_value(const Value& value, std::string& out) {
  switch (value.kind) {
    case ValueKind::kNull:
      out += "null";
      return;
    case ValueKind::kBoolean:
      out += value.integer != 0 ? "true" : "false";
      return;
    case ValueKind::kInteger:
      out += std::to_string(value.integer);
      return;
    case ValueKind::kString:
      append_string(value.text, out);
      return;
    default:
      out += '{';
      append_members(value, out);
      out += '}';
  }
}

std::string_view loss_name(AttributeLoss why) {
  for (const auto& [loss, name] : kLossNames) {
    if (loss == why) return name;
  }
  return kLossNames.front().second;
}

void append_attribute(const AttributeInfo& attribute, const RecordedValue& value,
                      std::string& out) {
  out += '{';
  append_text("name", attribute.name, out);
  append_text("type", attribute.type, out);
  if (attribute.description) append_text("description", *attribute.description, out);
  if (!attribute.readable) {
    append_key("readable", out);
    out += "false";
  }
  if (const auto* read = std::get_if<Value>(&value)) {
    append_key("value", out);
    append_value(*read, out);
  } else if (const auto* lost = std::get_if<Lost>(&value)) {
    append_text("lost", loss_name(lost->why), out);
    append_unless_empty("detail", lost->detail, out);
  }
  out += '}';
}

void append_line(std::string_view key, std::string_view text, std::string& out) {
  out += ",\n      ";
  append_string(key, out);
  out += ": ";
  append_string(text, out);
}

void append_bean(const ObjectName& name, const RecordedBean& bean, std::string& out) {
  out += "    {\n      \"name\": ";
  append_string(name.text(), out);
  if (bean.is_described) append_line("class", bean.info.class_name, out);
  if (bean.info.immutable) out += ",\n      \"immutable\": true";
  if (!bean.trouble.empty()) append_line("trouble", bean.trouble, out);
  if (bean.is_described) {
    out += ",\n      \"attributes\": [";
    for (std::size_t i = 0; i < bean.values.size(); ++i) {
      out += i > 0 ? ",\n        " : "\n        ";
      append_attribute(bean.info.attributes[i], bean.values[i], out);
    }
    out += bean.values.empty() ? "]" : "\n      ]";
  }
  out += "\n    }";
}

}  // namespace

std::string write_snapshot(const Recording& recording) {
  std::string out = "{\n  \"format\": \"";
  out += kSnapshotFormat;
  out += "\",\n  \"version\": " + std::to_string(kSnapshotVersion) + ",\n";
  const auto head = [&](std::string_view key, std::string_view text) {
    if (text.empty()) return;
    out += "  ";
    append_string(key, out);
    out += ": ";
    append_string(text, out);
    out += ",\n";
  };
  head("target", recording.target);
  head("taken", recording.taken);
  head("defaultDomain", recording.default_domain);
  out += "  \"beans\": [";
  bool is_first = true;
  for (const auto& [name, bean] : recording.beans) {
    out += is_first ? "\n" : ",\n";
    is_first = false;
    append_bean(name, bean, out);
  }
  out += is_first ? "]\n}\n" : "\n  ]\n}\n";
  return out;
}

}  // namespace jmxbridge
