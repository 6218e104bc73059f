#include "config/yaml_scalar_content.h"

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "base/ascii.h"

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

/// What the first line of a block scalar says.
struct BlockHeader {
  bool folded = false;
  char32_t chomping = U'\0';  ///< `+`, `-` or nothing
  int increment = 0;          ///< of the indentation; 0: the text shows it
};

bool is_blank(char32_t c) { return c == U' ' || c == U'\t'; }

/// The length of the word of a plain scalar that stands here.
std::size_t plain_word(const YamlCursor& text, bool in_flow) {
  for (std::size_t length = 0;; ++length) {
    const char32_t c = text.peek(length);
    if (text.is_blank_or_end(length) || (in_flow && contains(U",?[]{}", c))) return length;
    if (c != U':') continue;
    if (text.is_blank_or_end(length + 1)) return length;
    if (in_flow && contains(U",[]{}", text.peek(length + 1))) return length;
  }
}

/// The blanks after a word of a plain scalar, folded; empty when the scalar ends there.
/// `ends_line` is set to whether there is a line break among them.
std::u32string plain_spaces(YamlCursor& text, bool& ends_line) {
  ends_line = false;
  std::u32string blanks;
  for (; is_blank(text.peek()); text.advance()) blanks += text.peek();
  const std::u32string first = text.take_break();
  if (first.empty()) return blanks;
  ends_line = true;
  const auto ends = [&text] {
    return (text.peek() == U'-' && text.peek(1) == U'-' && text.peek(2) == U'-') ||
           text.is_document_marker(U'.');
  };
  if (ends()) return {};
  std::u32string breaks;
  while (true) {
    text.skip_blanks();
    const std::u32string next = text.take_break();
    if (next.empty()) break;
    breaks += next;
    if (ends()) return {};
  }
  if (first != U"\n") return first + breaks;
  return breaks.empty() ? U" " : breaks;
}

bool scan_quoted_breaks(YamlCursor& text, Mark start, std::u32string& out) {
  while (true) {
    if (text.is_document_marker(U'-') || text.is_document_marker(U'.')) {
      return text.fail(start,
                       "this quote is not closed before the document ends; add the closing "
                       "quote");
    }
    while (is_blank(text.peek())) text.advance();
    const std::u32string next = text.take_break();
    if (next.empty()) return true;
    out += next;
  }
}

bool scan_escape(YamlCursor& text, Mark start, std::u32string& out) {
  const Mark at = text.mark();
  text.advance();
  const char32_t letter = text.peek();
  if (const char32_t c = escaped(letter); c != kNoEscape) {
    out += c;
    text.advance();
    return true;
  }
  const int digits = letter == U'x' ? 2 : letter == U'u' ? 4 : letter == U'U' ? 8 : 0;
  if (digits > 0) {
    text.advance();
    std::uint64_t value = 0;
    for (int i = 0; i < digits; ++i) {
      const int digit = hex_digit(text.peek());
      if (digit < 0) {
        return text.fail(at,
                         "this escape needs its hexadecimal digits: two after \\x, four after "
                         "\\u, eight after \\U");
      }
      value = value * 16 + static_cast<std::uint64_t>(digit);
      text.advance();
    }
    if (value > 0x10FFFF) {
      return text.fail(at, "this escape is beyond Unicode; correct the number");
    }
    out += static_cast<char32_t>(value);
    return true;
  }
  if (!text.take_break().empty()) return scan_quoted_breaks(text, start, out);
  return text.fail(at, "this is no escape of YAML; double the backslash, or use single quotes");
}

/// What stands up to the next blank, line break or closing quote.
bool scan_quoted_word(YamlCursor& text, char32_t quote, Mark start, std::u32string& out) {
  while (!text.is_blank_or_end()) {
    const char32_t c = text.peek();
    if (c == quote) {
      if (quote == U'"' || text.peek(1) != quote) return true;
      text.advance();
    } else if (c == U'\\' && quote == U'"') {
      if (!scan_escape(text, start, out)) return false;
      continue;
    }
    out += c;
    text.advance();
  }
  return true;
}

bool scan_quoted_spaces(YamlCursor& text, Mark start, std::u32string& out) {
  std::u32string blanks;
  for (; is_blank(text.peek()); text.advance()) blanks += text.peek();
  if (text.peek() == U'\0') {
    return text.fail(start, "this quote is never closed; add the closing quote");
  }
  const std::u32string first = text.take_break();
  if (first.empty()) {
    out += blanks;
    return true;
  }
  std::u32string breaks;
  if (!scan_quoted_breaks(text, start, breaks)) return false;
  if (first != U"\n") {
    out += first;
  } else if (breaks.empty()) {
    out += U' ';
  }
  out += breaks;
  return true;
}

/// Reads the line that a block begins with, from its '|' or '>'.
bool scan_block_header(YamlCursor& text, BlockHeader& header) {
  const Mark at = text.mark();
  header.folded = text.peek() == U'>';
  text.advance();
  for (int i = 0; i < 2; ++i) {
    const char32_t c = text.peek();
    if ((c == U'+' || c == U'-') && header.chomping == U'\0') {
      header.chomping = c;
      text.advance();
    } else if (c >= U'1' && c <= U'9' && header.increment == 0) {
      header.increment = static_cast<int>(c - U'0');
      text.advance();
    }
  }
  const bool blank_follows = text.peek() == U' ';
  text.skip_blanks();
  if (text.peek() == U'#' && blank_follows) text.skip_line();
  if (!text.is_break_or_end()) {
    return text.fail(at, "the text of a block starts on the next line; put it there, or quote it");
  }
  text.take_break();
  return true;
}

/// Blank lines inside a block, and the indentation before what follows them.
std::u32string block_breaks(YamlCursor& text, int indent) {
  std::u32string breaks;
  while (true) {
    while (text.column() < indent && text.peek() == U' ') text.advance();
    const std::u32string next = text.take_break();
    if (next.empty()) return breaks;
    breaks += next;
  }
}

/// The indentation of a block that does not say it, and the blank lines that it begins with.
int block_indent(YamlCursor& text, int least, std::u32string& breaks) {
  int widest = 0;
  while (text.peek() == U' ' || is_yaml_break(text.peek())) {
    if (text.peek() == U' ') {
      text.advance();
      widest = std::max(widest, text.column());
    } else {
      breaks += text.take_break();
    }
  }
  return std::max(least, widest);
}

}  // namespace

bool starts_plain_scalar(const YamlCursor& text, bool in_flow) {
  const char32_t c = text.peek();
  if (text.is_blank_or_end()) return false;
  if (!contains(U"-?:,[]{}#&*!|>'\"%@`", c)) return true;
  return !text.is_blank_or_end(1) && (c == U'-' || (!in_flow && (c == U'?' || c == U':')));
}

PlainScalar scan_plain_scalar(YamlCursor& text, int indent, bool in_flow) {
  PlainScalar scalar;
  std::u32string spaces;
  while (text.peek() != U'#') {
    const std::size_t length = plain_word(text, in_flow);
    if (length == 0) break;
    scalar.content += spaces;
    scalar.content += text.take(length);
    spaces = plain_spaces(text, scalar.ends_line);
    if (spaces.empty() || (!in_flow && text.column() <= indent)) break;
  }
  return scalar;
}

bool scan_quoted_scalar(YamlCursor& text, std::u32string& content) {
  const Mark start = text.mark();
  const char32_t quote = text.peek();
  text.advance();
  if (!scan_quoted_word(text, quote, start, content)) return false;
  while (text.peek() != quote) {
    if (!scan_quoted_spaces(text, start, content)) return false;
    if (!scan_quoted_word(text, quote, start, content)) return false;
  }
  text.advance();
  return true;
}

bool scan_block_scalar(YamlCursor& text, int indent, std::u32string& content) {
  BlockHeader header;
  if (!scan_block_header(text, header)) return false;

  const int least = std::max(indent + 1, 1);
  std::u32string breaks;
  int own_indent = 0;
  if (header.increment > 0) {
    own_indent = least + header.increment - 1;
    breaks = block_breaks(text, own_indent);
  } else {
    own_indent = block_indent(text, least, breaks);
  }

  std::u32string line_break;
  while (text.column() == own_indent && text.peek() != U'\0') {
    content += breaks;
    const bool starts_blank = is_blank(text.peek());
    std::size_t length = 0;
    while (!text.is_break_or_end(length)) ++length;
    content += text.take(length);
    line_break = text.take_break();
    breaks = block_breaks(text, own_indent);
    if (text.column() != own_indent || text.peek() == U'\0') break;
    if (header.folded && line_break == U"\n" && !starts_blank && !is_blank(text.peek())) {
      if (breaks.empty()) content += U' ';
    } else {
      content += line_break;
    }
  }
  if (header.chomping != U'-') content += line_break;
  if (header.chomping == U'+') content += breaks;
  return true;
}

}  // namespace jmxbridge
