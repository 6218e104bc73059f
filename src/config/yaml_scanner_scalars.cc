#include <algorithm>

#include "base/ascii.h"
#include "config/yaml_scanner.h"

namespace jmxbridge {
namespace {

// What a letter after a backslash stands for; 0xFFFFFFFF when it is no escape of YAML 1.1.
constexpr char32_t kNoEscape = 0xFFFFFFFF;

char32_t escaped(char32_t letter) {
  switch (letter) {
    case U'0':
      return 0x00;
    case U'a':
      return 0x07;
    case U'b':
      return 0x08;
    case U't':
      return 0x09;
    case U'n':
      return 0x0A;
    case U'v':
      return 0x0B;
    case U'f':
      return 0x0C;
    case U'r':
      return 0x0D;
    case U'e':
      return 0x1B;
    case U' ':
    case U'"':
    case U'\\':
      return letter;
    case U'N':
      return 0x85;
    case U'_':
      return 0xA0;
    case U'L':
      return 0x2028;
    case U'P':
      return 0x2029;
    default:
      return kNoEscape;
  }
}

bool contains(std::u32string_view set, char32_t c) {
  return set.find(c) != std::u32string_view::npos;
}

}  // namespace

// ---- plain ----------------------------------------------------------------------------------

bool YamlScanner::starts_plain_scalar() const {
  const char32_t c = peek();
  if (blank_or_end(0)) return false;
  if (!contains(U"-?:,[]{}#&*!|>'\"%@`", c)) return true;
  return !blank_or_end(1) && (c == U'-' || (flows_.empty() && (c == U'?' || c == U':')));
}

bool YamlScanner::plain_scalar() {
  const std::size_t start = index_;
  if (!save_key()) return false;
  allow_key_ = false;
  const bool in_flow = !flows_.empty();
  const int least = indent_ + 1;
  std::u32string text;
  std::u32string spaces;
  while (peek() != U'#') {
    std::size_t length = 0;
    while (true) {
      const char32_t c = peek(length);
      if (blank_or_end(length) || (in_flow && contains(U",?[]{}", c))) break;
      if (c == U':' &&
          (blank_or_end(length + 1) || (in_flow && contains(U",[]{}", peek(length + 1))))) {
        break;
      }
      ++length;
    }
    if (length == 0) break;
    allow_key_ = false;
    text += spaces;
    text += text_.substr(index_, length);
    advance(length);
    spaces = plain_spaces();
    if (spaces.empty() || (!in_flow && column_ < least)) break;
  }
  keep_scalar(start, text, true);
  return true;
}

// The blanks after a word of a plain scalar, folded; empty when the scalar ends there.
std::u32string YamlScanner::plain_spaces() {
  std::u32string blanks;
  while (peek() == U' ' || peek() == U'\t') {
    blanks += peek();
    advance();
  }
  const std::u32string first = take_break();
  if (first.empty()) return blanks;
  allow_key_ = true;
  const auto ends = [this] {
    return (peek() == U'-' && peek(1) == U'-' && peek(2) == U'-') || at_document_marker(U'.');
  };
  if (ends()) return {};
  std::u32string breaks;
  while (true) {
    if (peek() == U' ') {
      advance();
      continue;
    }
    const std::u32string next = take_break();
    if (next.empty()) break;
    breaks += next;
    if (ends()) return {};
  }
  if (first != U"\n") return first + breaks;
  return breaks.empty() ? U" " : breaks;
}

// ---- quoted ---------------------------------------------------------------------------------

bool YamlScanner::quoted_scalar() {
  const std::size_t start = index_;
  const Mark at = mark();
  const char32_t quote = peek();
  if (!save_key()) return false;
  allow_key_ = false;
  advance();
  std::u32string text;
  if (!quoted_word(quote == U'"', at, text)) return false;
  while (peek() != quote) {
    if (!quoted_spaces(at, text)) return false;
    if (!quoted_word(quote == U'"', at, text)) return false;
  }
  advance();
  keep_scalar(start, text, false);
  return true;
}

// What stands up to the next blank, line break or closing quote.
bool YamlScanner::quoted_word(bool is_double, Mark start, std::u32string& out) {
  while (true) {
    const char32_t c = peek();
    if (blank_or_end(0)) return true;
    if (is_double) {
      if (c == U'"') return true;
      if (c == U'\\') {
        if (!escape(start, out)) return false;
        continue;
      }
    } else if (c == U'\'') {
      if (peek(1) != U'\'') return true;
      advance();
    }
    out += c;
    advance();
  }
}

bool YamlScanner::escape(Mark start, std::u32string& out) {
  const Mark at = mark();
  advance();
  const char32_t letter = peek();
  if (const char32_t c = escaped(letter); c != kNoEscape) {
    out += c;
    advance();
    return true;
  }
  const int digits = letter == U'x' ? 2 : letter == U'u' ? 4 : letter == U'U' ? 8 : 0;
  if (digits > 0) {
    advance();
    std::uint64_t value = 0;
    for (int i = 0; i < digits; ++i) {
      const int digit = hex_digit(peek());
      if (digit < 0) {
        return fail(at,
                    "this escape needs its hexadecimal digits: two after \\x, four after \\u, "
                    "eight after \\U");
      }
      value = value * 16 + static_cast<std::uint64_t>(digit);
      advance();
    }
    if (value > 0x10FFFF) return fail(at, "this escape is beyond Unicode; correct the number");
    out += static_cast<char32_t>(value);
    return true;
  }
  if (!take_break().empty()) return quoted_breaks(start, out);
  return fail(at, "this is no escape of YAML; double the backslash, or use single quotes");
}

bool YamlScanner::quoted_spaces(Mark start, std::u32string& out) {
  std::u32string blanks;
  while (peek() == U' ' || peek() == U'\t') {
    blanks += peek();
    advance();
  }
  if (peek() == U'\0') return fail(start, "this quote is never closed; add the closing quote");
  const std::u32string first = take_break();
  if (first.empty()) {
    out += blanks;
    return true;
  }
  std::u32string breaks;
  if (!quoted_breaks(start, breaks)) return false;
  if (first != U"\n") {
    out += first;
  } else if (breaks.empty()) {
    out += U' ';
  }
  out += breaks;
  return true;
}

bool YamlScanner::quoted_breaks(Mark start, std::u32string& out) {
  while (true) {
    if (at_document_marker(U'-') || at_document_marker(U'.')) {
      return fail(start,
                  "this quote is not closed before the document ends; add the closing "
                  "quote");
    }
    while (peek() == U' ' || peek() == U'\t') advance();
    const std::u32string next = take_break();
    if (next.empty()) return true;
    out += next;
  }
}

// ---- blocks ---------------------------------------------------------------------------------

// Reads the line that a block begins with, from its '|' or '>'.
bool YamlScanner::block_header(BlockHeader& header) {
  const Mark at = mark();
  header.folded = peek() == U'>';
  advance();
  for (int i = 0; i < 2; ++i) {
    if ((peek() == U'+' || peek() == U'-') && header.chomping == U'\0') {
      header.chomping = peek();
      advance();
    } else if (peek() >= U'1' && peek() <= U'9' && header.increment == 0) {
      header.increment = static_cast<int>(peek() - U'0');
      advance();
    }
  }
  const bool blank_follows = peek() == U' ';
  while (peek() == U' ') advance();
  if (peek() == U'#' && blank_follows) {
    while (!break_or_end(0)) advance();
  }
  if (!break_or_end(0)) {
    return fail(at, "the text of a block starts on the next line; put it there, or quote it");
  }
  take_break();
  return true;
}

// The indentation of a block that does not say it, and the blank lines that it begins with.
int YamlScanner::block_indent(int least, std::u32string& breaks) {
  int widest = 0;
  while (peek() == U' ' || is_yaml_break(peek())) {
    if (peek() == U' ') {
      advance();
      widest = std::max(widest, column_);
    } else {
      breaks += take_break();
    }
  }
  return std::max(least, widest);
}

bool YamlScanner::block_scalar() {
  const std::size_t start = index_;
  allow_key_ = true;
  if (!remove_key()) return false;
  BlockHeader header;
  if (!block_header(header)) return false;

  const int least = std::max(indent_ + 1, 1);
  std::u32string breaks;
  int indent = 0;
  if (header.increment > 0) {
    indent = least + header.increment - 1;
    breaks = block_breaks(indent);
  } else {
    indent = block_indent(least, breaks);
  }

  std::u32string text;
  std::u32string line_break;
  while (column_ == indent && peek() != U'\0') {
    text += breaks;
    const bool starts_blank = peek() == U' ' || peek() == U'\t';
    std::size_t length = 0;
    while (!break_or_end(length)) ++length;
    text += text_.substr(index_, length);
    advance(length);
    line_break = take_break();
    breaks = block_breaks(indent);
    if (column_ != indent || peek() == U'\0') break;
    const bool next_blank = peek() == U' ' || peek() == U'\t';
    if (header.folded && line_break == U"\n" && !starts_blank && !next_blank) {
      if (breaks.empty()) text += U' ';
    } else {
      text += line_break;
    }
  }
  if (header.chomping != U'-') text += line_break;
  if (header.chomping == U'+') text += breaks;
  keep_scalar(start, text, false);
  return true;
}

// Blank lines inside a block, and the indentation before what follows them.
std::u32string YamlScanner::block_breaks(int indent) {
  std::u32string breaks;
  while (true) {
    while (column_ < indent && peek() == U' ') advance();
    const std::u32string next = take_break();
    if (next.empty()) return breaks;
    breaks += next;
  }
}

}  // namespace jmxbridge
