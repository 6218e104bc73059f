#include "config/yaml_cursor.h"

#include <utility>

namespace jmxbridge {

void YamlCursor::advance(std::size_t count) {
  for (std::size_t i = 0; i < count && index_ < text_.size(); ++i) {
    const char32_t c = text_[index_++];
    if (is_yaml_break(c) && !(c == U'\r' && peek() == U'\n')) {
      ++line_;
      column_ = 0;
      lines_.push_back(static_cast<std::uint32_t>(index_));
    } else if (c != U'\xFEFF') {
      ++column_;
    }
  }
}

std::u32string_view YamlCursor::take(std::size_t count) {
  const std::u32string_view taken = text_.substr(index_, count);
  advance(count);
  return taken;
}

std::u32string YamlCursor::take_break() {
  const char32_t c = peek();
  if (!is_yaml_break(c)) return {};
  if (c == U'\r' && peek(1) == U'\n') {
    advance(2);
    return U"\n";
  }
  advance();
  return c == U'\x2028' || c == U'\x2029' ? std::u32string(1, c) : U"\n";
}

void YamlCursor::skip_blanks() {
  while (peek() == U' ') advance();
}

void YamlCursor::skip_line() {
  while (!is_break_or_end()) advance();
}

bool YamlCursor::is_break_or_end(std::size_t ahead) const {
  const char32_t c = peek(ahead);
  return c == U'\0' || is_yaml_break(c);
}

bool YamlCursor::is_blank_or_end(std::size_t ahead) const {
  const char32_t c = peek(ahead);
  return c == U' ' || c == U'\t' || c == U'\0' || is_yaml_break(c);
}

bool YamlCursor::is_document_marker(char32_t sign) const {
  return peek() == sign && peek(1) == sign && peek(2) == sign && is_blank_or_end(3);
}

bool YamlCursor::fail(Mark mark, std::string text) {
  if (!fault_) fault_ = YamlFault{mark, std::move(text)};
  return false;
}

}  // namespace jmxbridge
