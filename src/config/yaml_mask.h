#pragma once

#include <cstddef>
#include <cstdint>
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

/// Writes the mask of a text, token by token in the order of the text. Refers to it.
class YamlMaskWriter {
 public:
  /// The code points that a token takes up.
  struct Extent {
    std::size_t begin = 0;
    std::size_t end = 0;
    bool in_flow = false;  ///< it started inside a flow collection
  };

  explicit YamlMaskWriter(std::u32string_view text) : text_(text) {}

  /// A token that the mask shows as `chars`.
  void token(const Extent& extent, std::string_view chars);
  /// A scalar that is neither quoted nor a block.
  void plain_scalar(const Extent& extent, std::u32string_view content);
  void marked_scalar(const Extent& extent, std::u32string_view content);
  void tag(const Extent& extent, std::string resolved);
  void anchor(const Extent& extent, std::string name);
  void alias(const Extent& extent, std::string name);

  /// All that has been written and the rest of the text; `lines` and `fault` are left to the
  /// caller.
  ScannedYaml take() &&;

 private:
  void pad_to(std::size_t index);
  void scalar(const Extent& extent, YamlScalar scalar);

  std::u32string_view text_;
  std::size_t padded_ = 0;  ///< up to which code point the mask is written
  ScannedYaml out_;
};

}  // namespace jmxbridge
