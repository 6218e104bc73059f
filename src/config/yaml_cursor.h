#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/yaml_text.h"

namespace jmxbridge {

/// The way through a text, code point by code point, with the line and column that have been
/// reached and the first fault that was met. Behind the end stand zeros. Refers to the text.
class YamlCursor {
 public:
  explicit YamlCursor(std::u32string_view text) : text_(text) {}

  char32_t peek(std::size_t ahead = 0) const {
    return index_ + ahead < text_.size() ? text_[index_ + ahead] : U'\0';
  }
  void advance(std::size_t count = 1);
  /// The next `count` code points, which must be there; goes on behind them.
  std::u32string_view take(std::size_t count);
  /// The code points that `belongs` admits, as UTF-8; goes on behind them.
  template <class Belongs>
  std::string take_while(Belongs belongs) {
    std::string taken;
    for (; belongs(peek()); advance()) append_utf8(peek(), taken);
    return taken;
  }
  /// Takes one line break: LS and PS stay themselves, the others are a line feed. Empty without
  /// one.
  std::u32string take_break();
  void skip_blanks();
  /// Goes on at the end of the line.
  void skip_line();

  std::size_t index() const { return index_; }
  int line() const { return line_; }      ///< from 0
  int column() const { return column_; }  ///< from 0
  Mark mark() const { return {line_ + 1, column_ + 1}; }
  /// The code point at which each line so far starts.
  const std::vector<std::uint32_t>& lines() const { return lines_; }

  bool is_blank_or_end(std::size_t ahead = 0) const;
  bool is_break_or_end(std::size_t ahead = 0) const;
  /// True if three times `sign` and nothing else is the next word.
  bool is_document_marker(char32_t sign) const;

  /// Keeps the fault if it is the first; false, for the caller to return.
  bool fail(Mark mark, std::string text);
  const std::optional<YamlFault>& fault() const { return fault_; }

 private:
  std::u32string_view text_;
  std::size_t index_ = 0;
  int line_ = 0;
  int column_ = 0;
  std::vector<std::uint32_t> lines_{0};
  std::optional<YamlFault> fault_;
};

}  // namespace jmxbridge
