#include "exposition/label_text.h"

#include <algorithm>
#include <cstddef>

namespace jmxbridge {
namespace {

void append_quoted(std::string_view text, std::string& out) {
  out += '"';
  append_escaped(text, true, out);
  out += '"';
}

/// True for label names that need no quotes: `[a-zA-Z_][a-zA-Z0-9_]*`.
bool is_plain_label_name(std::string_view name) {
  if (name.empty() || (name[0] >= '0' && name[0] <= '9')) return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

}  // namespace

void append_escaped(std::string_view text, bool quotes, std::string& out) {
  std::size_t copied = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c != '\\' && c != '\n' && !(c == '"' && quotes)) continue;
    out.append(text, copied, i - copied);
    out += '\\';
    out += c == '\n' ? 'n' : c;
    copied = i + 1;
  }
  out.append(text, copied);
}

void append_labels(const std::vector<Label>& labels, std::string& out) {
  if (labels.empty()) return;
  char before = '{';
  for (const Label& label : labels) {
    out += before;
    before = ',';
    if (is_plain_label_name(label.name)) {
      out += label.name;
    } else {
      append_quoted(label.name, out);
    }
    out += '=';
    append_quoted(label.value, out);
  }
  out += '}';
}

}  // namespace jmxbridge
