#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "config/yaml_cursor.h"
#include "config/yaml_mask.h"
#include "config/yaml_tags.h"

namespace jmxbridge {

/// Takes one text apart into tokens and masks it (config/yaml_mask.h); never fails but through
/// `fault`. Time and memory are linear in the text, which must outlive it.
class YamlScanner {
 public:
  explicit YamlScanner(std::u32string_view text) : text_(text), mask_(text) {}

  ScannedYaml run() &&;

 private:
  /// A token that is a key if a `:` follows in time.
  struct SimpleKey {
    std::size_t index;
    Mark mark;
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

  enum class Stage : std::uint8_t { kStart, kDirectives, kDocument, kEnd };

  bool in_flow() const { return !flows_.empty(); }

  // Tokens. Each returns false when it met a fault.
  bool next_token();
  bool other_token(char32_t c);
  void skip_to_token();
  bool end_of_text();
  bool directive();
  bool document_start();
  bool document_end();
  bool document_marker(Stage next);
  bool begin_content();
  bool flow_start();
  bool flow_end();
  bool flow_entry();
  bool block_entry();
  bool explicit_key();
  bool value();
  bool anchor_or_alias();
  bool tag();
  bool plain_scalar();
  bool quoted_scalar();
  bool block_scalar();

  // Keys and indentation. So do these.
  bool save_key();
  bool remove_key();
  bool drop_stale_keys();
  bool begin_keyed();
  void unwind_to(int column);
  bool indent_to(int column);
  bool is_too_deep() const;

  void take_sign();
  YamlMaskWriter::Extent token_from(std::size_t begin) const;
  bool fail(std::string text) { return text_.fail(text_.mark(), std::move(text)); }

  YamlCursor text_;
  YamlMaskWriter mask_;
  YamlTags tags_;
  std::set<std::string, std::less<>> anchors_;

  Stage stage_ = Stage::kStart;
  bool done_ = false;
  bool allow_key_ = true;
  int indent_ = -1;
  std::vector<Block> blocks_;
  std::vector<Flow> flows_;
  std::vector<std::optional<SimpleKey>> keys_{std::nullopt};  ///< one for each level of flow
  bool token_in_flow_ = false;  ///< the token under way started inside a flow collection
};

}  // namespace jmxbridge
