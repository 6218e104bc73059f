#pragma once

#include <cstddef>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "jmx/value.h"

namespace jmxbridge {

/// The bytes of tests/data/streams/<path>.
inline std::vector<std::byte> read_stream(const std::string& path) {
  const std::string full = std::string(JMXBRIDGE_TEST_DATA) + "/streams/" + path;
  std::ifstream in(full, std::ios::binary);
  if (!in) throw std::runtime_error("no such test input: " + full);
  const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  const auto* begin = reinterpret_cast<const std::byte*>(text.data());
  return {begin, begin + text.size()};
}

/// A value in one line: the kind, then its texts or parts. `integer 5`, `{A=integer 1}`,
/// `table(key)[{…}{…}]`.
inline std::string render(const Value& value) {
  constexpr const char* kKinds[] = {"null",   "integer", "float", "double", "boolean",
                                    "string", "big",     "date",  "",       "",
                                    "array",  "enum",    "other", "unknown"};
  const auto composite = [](const CompositeValue& data) {
    std::string text = "{";
    for (std::size_t i = 0; i < data.names.size(); ++i) {
      if (i > 0) text += ", ";
      text += std::string(data.names[i]) + "=" + render(data.values[i]);
    }
    return text + "}";
  };
  switch (value.kind) {
    case ValueKind::kComposite:
      return composite(*value.composite);
    case ValueKind::kTabular: {
      std::string text = "table(";
      for (const std::string_view name : value.tabular->index_names) {
        if (text.back() != '(') text += ',';
        text += name;
      }
      text += ")[";
      for (const CompositeValue* row : value.tabular->rows) text += composite(*row);
      return text + "]";
    }
    case ValueKind::kArray:
    case ValueKind::kUnknownClass:
      return kKinds[static_cast<std::size_t>(value.kind)] + (" " + std::string(value.text));
    case ValueKind::kNull:
      return "null";
    default: {
      std::string text = kKinds[static_cast<std::size_t>(value.kind)];
      text += ' ';
      if (!append_java_text(value, text)) text += "?" + std::string(value.text);
      return text;
    }
  }
}

}  // namespace jmxbridge
