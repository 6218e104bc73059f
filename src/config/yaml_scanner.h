#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/yaml_text.h"

namespace jmxbridge {

// yaml-cpp reads YAML 1.2; users' files are YAML 1.1 as SnakeYAML reads it, and the two differ in
// what may start a scalar, where one ends, how lines fold, which escapes there are, what a tab may
// do and how keys are found in flow collections. So a text is scanned here first, by SnakeYAML's
// rules, and yaml-cpp parses a mask of it: the same structure on the same lines and columns, with
// every scalar cut down to `"x"`, every anchor to `&a`, every tag to `!t` and no comments. What
// stood there is kept beside the mask, in the order of the file.

/// A scalar's content.
struct YamlScalar {
  std::string text;
  bool plain = false;  ///< neither quoted nor a block
};

/// A scanned text: the mask for yaml-cpp and what it hides.
struct ScannedYaml {
  std::string mask;
  std::vector<std::uint32_t> origins;  ///< for each character of the mask: its code point
  std::vector<std::uint32_t> lines;    ///< the code point at which each line starts
  std::vector<YamlScalar> scalars;
  std::vector<std::string> tags;  ///< resolved, as `tag:yaml.org,2002:str`
  std::vector<std::string> anchors;
  std::vector<std::string> aliases;  ///< each names an anchor that stands before it
  std::optional<YamlFault> fault;    ///< the first thing that breaks the syntax

  /// The place in the text of a position in the mask.
  Mark mark_at(std::size_t position) const;
};

/// Scans one text; never fails but through `fault`. Time and memory are linear in the text.
class YamlScanner {
 public:
  explicit YamlScanner(std::u32string_view text);

  ScannedYaml run() &&;

 private:
  /// A token that is a key if a `:` follows in time.
  struct SimpleKey {
    std::size_t index;
    int line;
    int column;
    bool required;  ///< the block mapping it stands in admits nothing but a key here
  };

  /// An open `[` or `{`.
  struct Flow {
    char32_t open;
    Mark mark;
    bool in_entry = false;      ///< something stands since the last comma
    bool explicit_key = false;  ///< a `?` waits for its `:`
  };

  /// An open block collection.
  struct Block {
    int outer_indent;
    bool explicit_key = false;  ///< a `?` waits for its `:`
  };

  /// What the first line of a block scalar says.
  struct BlockHeader {
    bool folded = false;
    char32_t chomping = U'\0';  ///< `+`, `-` or nothing
    int increment = 0;          ///< of the indentation; 0: the text shows it
  };

  enum class Stage : std::uint8_t { kStart, kDirectives, kDocument, kEnd };

  char32_t peek(std::size_t ahead = 0) const {
    return index_ + ahead < text_.size() ? text_[index_ + ahead] : U'\0';
  }
  void advance(std::size_t count = 1);
  Mark mark() const { return {line_ + 1, column_ + 1}; }
  bool blank_or_end(std::size_t ahead) const;
  bool break_or_end(std::size_t ahead) const;
  bool at_document_marker(char32_t sign) const;
  std::u32string take_break();
  bool fail(Mark mark, std::string text);

  // Tokens. Each returns false when it met a fault.
  bool next_token();
  bool other_token(char32_t c);
  void skip_to_token();
  bool end_of_text();
  bool directive();
  bool tag_directive(Mark start);
  bool document_marker(bool start);
  bool begin_content();
  bool flow_start();
  bool flow_end();
  bool flow_entry();
  bool block_entry();
  bool explicit_key();
  bool value();
  bool anchor_or_alias();
  bool tag();
  bool scan_tag(std::string& resolved);
  bool plain_scalar();
  bool quoted_scalar();
  bool block_scalar();
  bool block_header(BlockHeader& header);
  int block_indent(int least, std::u32string& breaks);

  bool starts_plain_scalar() const;
  std::u32string plain_spaces();
  bool quoted_word(bool is_double, Mark start, std::u32string& out);
  bool escape(Mark start, std::u32string& out);
  bool quoted_spaces(Mark start, std::u32string& out);
  bool quoted_breaks(Mark start, std::u32string& out);
  std::u32string block_breaks(int indent);

  bool save_key();
  bool remove_key();
  bool drop_stale_keys();
  void unwind_to(int column);
  bool indent_to(int column);

  void emit(std::size_t start, std::string_view chars);
  void pad_to(std::size_t index);
  void keep_scalar(std::size_t start, std::u32string_view text, bool plain);

  std::u32string_view text_;
  std::size_t index_ = 0;
  int line_ = 0;
  int column_ = 0;

  Stage stage_ = Stage::kStart;
  bool done_ = false;
  bool allow_key_ = true;
  int indent_ = -1;
  std::vector<Block> blocks_;
  std::vector<Flow> flows_;
  std::vector<std::optional<SimpleKey>> keys_{std::nullopt};  ///< one for each level of flow
  std::map<std::string, std::string, std::less<>> tag_handles_;
  std::map<std::string, bool, std::less<>> known_anchors_;

  bool in_flow_ = false;    ///< the token under way started inside a flow collection
  std::size_t padded_ = 0;  ///< up to which code point the mask is written
  ScannedYaml out_;
};

}  // namespace jmxbridge
