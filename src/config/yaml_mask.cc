#include "config/yaml_mask.h"

#include <algorithm>
#include <utility>

namespace jmxbridge {
namespace {

/// Two escapes can make one character beyond the basic plane, as in Java's strings.
std::string to_utf8(std::u32string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char32_t c = text[i];
    if (c >= 0xD800 && c < 0xDC00 && i + 1 < text.size() && text[i + 1] >= 0xDC00 &&
        text[i + 1] < 0xE000) {
      c = 0x10000 + ((c - 0xD800) << 10) + (text[i + 1] - 0xDC00);
      ++i;
    }
    append_utf8(c, out);
  }
  return out;
}

}  // namespace

Mark ScannedYaml::mark_at(std::size_t position) const {
  if (origins.empty()) return {1, 1};
  const std::uint32_t index = origins[std::min(position, origins.size() - 1)];
  const auto next = std::upper_bound(lines.begin(), lines.end(), index);
  const auto line = static_cast<int>(next - lines.begin());
  return {line, static_cast<int>(index - *(next - 1)) + 1};
}

void YamlMaskWriter::pad_to(std::size_t index) {
  for (; padded_ < index; ++padded_) {
    const char32_t c = text_[padded_];
    const bool half = c == U'\r' && padded_ + 1 < text_.size() && text_[padded_ + 1] == U'\n';
    out_.mask += is_yaml_break(c) && !half ? '\n' : ' ';
    out_.origins.push_back(static_cast<std::uint32_t>(padded_));
  }
}

// Tokens that touch are set apart: yaml-cpp tells some of them from a scalar only by a blank.
// Inside a flow collection neither lines nor columns mean anything, and the mask keeps none:
// yaml-cpp would refuse long entries there.
void YamlMaskWriter::token(const Extent& extent, std::string_view chars) {
  if (extent.in_flow) {
    padded_ = extent.begin;
  } else {
    pad_to(extent.begin);
  }
  const auto origin = static_cast<std::uint32_t>(extent.begin);
  if (!out_.mask.empty() && out_.mask.back() != ' ' && out_.mask.back() != '\n') {
    out_.mask += ' ';
    out_.origins.push_back(origin);
  }
  out_.mask += chars;
  out_.origins.insert(out_.origins.end(), chars.size(), origin);
  std::size_t written = 0;
  while (written < chars.size() && padded_ < extent.end && !is_yaml_break(text_[padded_])) {
    ++written;
    ++padded_;
  }
  if (extent.in_flow) padded_ = extent.end;
}

void YamlMaskWriter::plain_scalar(const Extent& extent, std::u32string_view content) {
  scalar(extent, {.text = to_utf8(content), .plain = true});
}

void YamlMaskWriter::marked_scalar(const Extent& extent, std::u32string_view content) {
  scalar(extent, {.text = to_utf8(content), .plain = false});
}

void YamlMaskWriter::scalar(const Extent& extent, YamlScalar scalar) {
  out_.scalars.push_back(std::move(scalar));
  // Quoted, or two plain scalars on successive lines would become one.
  token(extent, "\"x\"");
}

void YamlMaskWriter::tag(const Extent& extent, std::string resolved) {
  out_.tags.push_back(std::move(resolved));
  token(extent, "!t");
}

void YamlMaskWriter::anchor(const Extent& extent, std::string name) {
  out_.anchors.push_back(std::move(name));
  token(extent, "&a");
}

void YamlMaskWriter::alias(const Extent& extent, std::string name) {
  out_.aliases.push_back(std::move(name));
  token(extent, "*a");
}

ScannedYaml YamlMaskWriter::take() && {
  pad_to(text_.size());
  out_.mask += '\n';
  out_.origins.push_back(static_cast<std::uint32_t>(text_.size()));
  return std::move(out_);
}

}  // namespace jmxbridge
