#include "exposition/label_text.h"

#include <cstddef>

#include "exposition/names.h"

namespace jmxbridge {
namespace {

void append_quoted(std::string_view text, std::string& out) {
  out += '"';
  append_escaped(text, true, out);
  out += '"';
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

void append_labels(std::span<const Label> labels, std::string& out, Escaping escaping) {
  if (labels.empty()) return;
  char before = '{';
  for (const Label& label : labels) {
    out += before;
    before = ',';
    const std::string name = escaped_name(label.name, escaping);
    if (is_plain_label_name(name)) {
      out += name;
    } else {
      append_quoted(name, out);
    }
    out += '=';
    append_quoted(label.value, out);
  }
  out += '}';
}

}  // namespace jmxbridge
