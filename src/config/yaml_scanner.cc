#include "config/yaml_scanner.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace jmxbridge {
namespace {

// Deeper texts are refused before yaml-cpp recurses into them; the bound that users see (50) is
// checked on the finished structure.
constexpr std::size_t kDeepest = 100;
constexpr std::size_t kLongestKey = 1024;
constexpr std::string_view kStandardTags = "tag:yaml.org,2002:";

bool is_word(char32_t c) {
  return (c >= U'a' && c <= U'z') || (c >= U'A' && c <= U'Z') || (c >= U'0' && c <= U'9') ||
         c == U'-' || c == U'_';
}

bool is_uri(char32_t c) {
  constexpr std::u32string_view kSigns = U";/?:@&=+$,.!~*'()[]%";
  return is_word(c) || (c != U'\0' && kSigns.find(c) != std::u32string_view::npos);
}

}  // namespace

Mark ScannedYaml::mark_at(std::size_t position) const {
  if (origins.empty()) return {1, 1};
  const std::uint32_t index = origins[std::min(position, origins.size() - 1)];
  const auto next = std::upper_bound(lines.begin(), lines.end(), index);
  const auto line = static_cast<int>(next - lines.begin());
  return {line, static_cast<int>(index - *(next - 1)) + 1};
}

YamlScanner::YamlScanner(std::u32string_view text) : text_(text) {
  tag_handles_ = {{"!", "!"}, {"!!", std::string(kStandardTags)}};
  out_.lines.push_back(0);
}

ScannedYaml YamlScanner::run() && {
  while (!done_ && next_token()) {
  }
  pad_to(text_.size());
  out_.mask += '\n';
  out_.origins.push_back(static_cast<std::uint32_t>(text_.size()));
  return std::move(out_);
}

// ---- reading --------------------------------------------------------------------------------

void YamlScanner::advance(std::size_t count) {
  for (std::size_t i = 0; i < count && index_ < text_.size(); ++i) {
    const char32_t c = text_[index_++];
    if (is_yaml_break(c) && !(c == U'\r' && peek() == U'\n')) {
      ++line_;
      column_ = 0;
      out_.lines.push_back(static_cast<std::uint32_t>(index_));
    } else if (c != U'\xFEFF') {
      ++column_;
    }
  }
}

bool YamlScanner::break_or_end(std::size_t ahead) const {
  const char32_t c = peek(ahead);
  return c == U'\0' || is_yaml_break(c);
}

bool YamlScanner::blank_or_end(std::size_t ahead) const {
  const char32_t c = peek(ahead);
  return c == U' ' || c == U'\t' || c == U'\0' || is_yaml_break(c);
}

bool YamlScanner::at_document_marker(char32_t sign) const {
  return peek() == sign && peek(1) == sign && peek(2) == sign && blank_or_end(3);
}

// Takes one line break: LS and PS stay themselves, the others are a line feed. Empty without one.
std::u32string YamlScanner::take_break() {
  const char32_t c = peek();
  if (!is_yaml_break(c)) return {};
  if (c == U'\r' && peek(1) == U'\n') {
    advance(2);
    return U"\n";
  }
  advance();
  return c == U'\x2028' || c == U'\x2029' ? std::u32string(1, c) : U"\n";
}

bool YamlScanner::fail(Mark mark, std::string text) {
  if (!out_.fault) out_.fault = YamlFault{mark, std::move(text)};
  return false;
}

// ---- the mask -------------------------------------------------------------------------------

void YamlScanner::pad_to(std::size_t index) {
  for (; padded_ < index; ++padded_) {
    const char32_t c = text_[padded_];
    const bool half = c == U'\r' && padded_ + 1 < text_.size() && text_[padded_ + 1] == U'\n';
    out_.mask += is_yaml_break(c) && !half ? '\n' : ' ';
    out_.origins.push_back(static_cast<std::uint32_t>(padded_));
  }
}

// Writes a token that reaches from `start` to the current place. Tokens that touch are set apart:
// yaml-cpp tells some of them from a scalar only by a blank. Inside a flow collection neither lines
// nor columns mean anything, and the mask keeps none: yaml-cpp would refuse long entries there.
void YamlScanner::emit(std::size_t start, std::string_view chars) {
  if (in_flow_) {
    padded_ = start;
  } else {
    pad_to(start);
  }
  const auto origin = static_cast<std::uint32_t>(start);
  if (!out_.mask.empty() && out_.mask.back() != ' ' && out_.mask.back() != '\n') {
    out_.mask += ' ';
    out_.origins.push_back(origin);
  }
  out_.mask += chars;
  out_.origins.insert(out_.origins.end(), chars.size(), origin);
  std::size_t written = 0;
  while (written < chars.size() && padded_ < index_ && !is_yaml_break(text_[padded_])) {
    ++written;
    ++padded_;
  }
  if (in_flow_) padded_ = index_;
}

void YamlScanner::keep_scalar(std::size_t start, std::u32string_view text, bool plain) {
  YamlScalar scalar;
  scalar.plain = plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char32_t c = text[i];
    // Two escapes can make one character beyond the basic plane, as in Java's strings.
    if (c >= 0xD800 && c < 0xDC00 && i + 1 < text.size() && text[i + 1] >= 0xDC00 &&
        text[i + 1] < 0xE000) {
      c = 0x10000 + ((c - 0xD800) << 10) + (text[i + 1] - 0xDC00);
      ++i;
    }
    append_utf8(c, scalar.text);
  }
  out_.scalars.push_back(std::move(scalar));
  // Quoted, or two plain scalars on successive lines would become one.
  emit(start, "\"x\"");
}

// ---- keys and indentation -------------------------------------------------------------------

bool YamlScanner::save_key() {
  const bool required = flows_.empty() && indent_ == column_;
  if (!allow_key_) {
    if (!required) return true;
    return fail(mark(), "a key must be the first thing on its line; start a new line here");
  }
  if (!remove_key()) return false;
  keys_.back() = SimpleKey{index_, line_, column_, required};
  return true;
}

bool YamlScanner::remove_key() {
  if (keys_.back() && keys_.back()->required) {
    return fail({keys_.back()->line + 1, keys_.back()->column + 1},
                "a ':' and a blank must follow here, as this is a key; if it belongs to the line "
                "above, indent it further");
  }
  keys_.back().reset();
  return true;
}

bool YamlScanner::drop_stale_keys() {
  for (std::optional<SimpleKey>& key : keys_) {
    if (!key || (key->line == line_ && index_ - key->index <= kLongestKey)) continue;
    if (key->required) {
      return fail({key->line + 1, key->column + 1},
                  "a ':' and a blank must follow on this line, as this is a key; if it belongs to "
                  "the line above, indent it further");
    }
    key.reset();
  }
  return true;
}

void YamlScanner::unwind_to(int column) {
  if (!flows_.empty()) return;
  while (indent_ > column) {
    indent_ = blocks_.back().outer_indent;
    blocks_.pop_back();
  }
}

bool YamlScanner::indent_to(int column) {
  if (indent_ >= column) return true;
  blocks_.push_back({indent_});
  indent_ = column;
  if (blocks_.size() + flows_.size() <= kDeepest) return true;
  return fail(mark(), "this is nested deeper than 50 levels; make it flatter");
}

// ---- tokens ---------------------------------------------------------------------------------

void YamlScanner::skip_to_token() {
  while (true) {
    while (peek() == U' ') advance();
    while (peek() == U'\t' && !flows_.empty()) advance();
    if (peek() == U'#') {
      while (!break_or_end(0)) advance();
    }
    if (take_break().empty()) return;
    if (flows_.empty()) allow_key_ = true;
  }
}

bool YamlScanner::next_token() {
  skip_to_token();
  if (!drop_stale_keys()) return false;
  unwind_to(column_);

  in_flow_ = !flows_.empty();
  const char32_t c = peek();
  if (c == U'\0') return end_of_text();
  if (column_ == 0) {
    if (c == U'%') return directive();
    if (at_document_marker(U'-')) return document_marker(true);
    if (at_document_marker(U'.')) return document_marker(false);
  }
  if (!begin_content()) return false;
  switch (c) {
    case U'[':
    case U'{':
      return flow_start();
    case U']':
    case U'}':
      return flow_end();
    case U',':
      return flow_entry();
    default:
      break;
  }
  if (!flows_.empty()) flows_.back().in_entry = true;
  return other_token(c);
}

bool YamlScanner::other_token(char32_t c) {
  const bool in_flow = !flows_.empty();
  if (c == U'-' && blank_or_end(1)) return block_entry();
  if (c == U'?' && (in_flow || blank_or_end(1))) return explicit_key();
  if (c == U':' && (in_flow || blank_or_end(1))) return value();
  if (c == U'*' || c == U'&') return anchor_or_alias();
  if (c == U'!') return tag();
  if ((c == U'|' || c == U'>') && !in_flow) return block_scalar();
  if (c == U'\'' || c == U'"') return quoted_scalar();
  if (starts_plain_scalar()) return plain_scalar();
  if (c == U'\t' || c == U' ') {
    return fail(mark(), "a tab cannot stand between the parts of YAML; write blanks instead");
  }
  return fail(mark(), fmt::format("'{}' cannot start a text here; put the text in quotes",
                                  static_cast<char>(c)));
}

bool YamlScanner::end_of_text() {
  if (!flows_.empty()) {
    return fail(flows_.back().mark,
                flows_.back().open == U'['
                    ? "this '[' is never closed; add the ']' that ends the list"
                    : "this '{' is never closed; add the '}' that ends the map");
  }
  unwind_to(-1);
  done_ = true;
  return remove_key();
}

bool YamlScanner::begin_content() {
  switch (stage_) {
    case Stage::kStart:
      stage_ = Stage::kDocument;
      return true;
    case Stage::kDirectives:
      return fail(mark(), "a line of three dashes must stand between a % directive and the rest");
    case Stage::kEnd:
      return fail(mark(), "a second document starts here; a file holds one, so remove the rest");
    case Stage::kDocument:
      return true;
  }
  return true;
}

bool YamlScanner::document_marker(bool start) {
  if (!flows_.empty()) {
    return fail(mark(), "the document ends within a list or map; close it first");
  }
  if (start && (stage_ == Stage::kDocument || stage_ == Stage::kEnd)) {
    return fail(mark(), "a second document starts here; a file holds one, so remove the rest");
  }
  if (!start && (stage_ == Stage::kStart || stage_ == Stage::kDirectives)) {
    return fail(mark(), "the end of a document stands before its content; remove this line");
  }
  unwind_to(-1);
  if (!remove_key()) return false;
  allow_key_ = false;
  stage_ = start ? Stage::kDocument : Stage::kEnd;
  advance(3);
  return true;
}

bool YamlScanner::directive() {
  const Mark start = mark();
  if (!flows_.empty() || stage_ == Stage::kDocument || stage_ == Stage::kEnd) {
    return fail(start, "a % directive can only stand before the document");
  }
  stage_ = Stage::kDirectives;
  unwind_to(-1);
  if (!remove_key()) return false;
  allow_key_ = false;
  advance();
  std::string name;
  while (is_word(peek())) {
    append_utf8(peek(), name);
    advance();
  }
  if (name.empty() || !(peek() == U' ' || break_or_end(0))) {
    return fail(start, "a line that starts with % is a directive; quote the text if it is none");
  }
  if (name == "YAML") {
    while (peek() == U' ') advance();
    if (peek() != U'1' || peek(1) != U'.' || peek(2) < U'0' || peek(2) > U'9') {
      return fail(start, "only YAML 1.1 is understood; write '%YAML 1.1' or remove the line");
    }
  } else if (name == "TAG") {
    return tag_directive(start);
  }
  while (!break_or_end(0)) advance();
  return true;
}

bool YamlScanner::tag_directive(Mark start) {
  std::string handle;
  std::string prefix;
  while (peek() == U' ') advance();
  while (is_word(peek()) || peek() == U'!') {
    append_utf8(peek(), handle);
    advance();
  }
  while (peek() == U' ') advance();
  while (is_uri(peek())) {
    append_utf8(peek(), prefix);
    advance();
  }
  if (handle.empty() || handle.front() != '!' || handle.back() != '!' || prefix.empty() ||
      !(peek() == U' ' || break_or_end(0))) {
    return fail(start, "a %TAG directive is '%TAG !name! prefix'; correct or remove it");
  }
  tag_handles_[handle] = prefix;
  while (!break_or_end(0)) advance();
  return true;
}

bool YamlScanner::flow_start() {
  if (!save_key()) return false;
  if (!flows_.empty()) flows_.back().in_entry = true;
  flows_.push_back({peek(), mark()});
  keys_.emplace_back();
  if (blocks_.size() + flows_.size() > kDeepest) {
    return fail(mark(), "this is nested deeper than 50 levels; make it flatter");
  }
  allow_key_ = true;
  const std::size_t start = index_;
  const char sign = static_cast<char>(peek());
  advance();
  emit(start, {&sign, 1});
  return true;
}

bool YamlScanner::flow_end() {
  const char sign = static_cast<char>(peek());
  if (flows_.empty() || (flows_.back().open == U'[') != (sign == ']')) {
    return fail(mark(), fmt::format("this '{}' closes nothing; remove it, or quote the text it "
                                    "belongs to",
                                    sign));
  }
  if (!remove_key()) return false;
  flows_.pop_back();
  keys_.pop_back();
  allow_key_ = false;
  const std::size_t start = index_;
  advance();
  emit(start, {&sign, 1});
  return true;
}

bool YamlScanner::flow_entry() {
  if (flows_.empty()) {
    return fail(mark(), "a ',' cannot start a text here; put the text in quotes");
  }
  if (!flows_.back().in_entry) {
    return fail(mark(), "something must stand before this ','; remove the ',' or add an entry");
  }
  flows_.back().in_entry = false;
  flows_.back().explicit_key = false;
  allow_key_ = true;
  if (!remove_key()) return false;
  const std::size_t start = index_;
  advance();
  emit(start, ",");
  return true;
}

bool YamlScanner::block_entry() {
  if (!flows_.empty()) {
    return fail(mark(), "a '-' makes no entry inside [ ] or { }; separate entries by ','");
  }
  if (!allow_key_) {
    return fail(mark(), "a '-' entry must start on a line of its own");
  }
  if (!indent_to(column_)) return false;
  allow_key_ = true;
  if (!remove_key()) return false;
  const std::size_t start = index_;
  advance();
  emit(start, "-");
  return true;
}

bool YamlScanner::explicit_key() {
  if (flows_.empty()) {
    if (!allow_key_) return fail(mark(), "a '?' key must start on a line of its own");
    if (!indent_to(column_)) return false;
    blocks_.back().explicit_key = true;
  } else {
    flows_.back().explicit_key = true;
  }
  allow_key_ = flows_.empty();
  if (!remove_key()) return false;
  const std::size_t start = index_;
  advance();
  emit(start, "?");
  return true;
}

bool YamlScanner::value() {
  const bool in_flow = !flows_.empty();
  if (keys_.back()) {
    const SimpleKey key = *keys_.back();
    keys_.back().reset();
    if (!in_flow && !indent_to(key.column)) return false;
    allow_key_ = false;
  } else {
    if (!in_flow && !allow_key_) {
      return fail(mark(), "a ': ' cannot stand here; put the text in quotes, or start a new line");
    }
    const bool waited_for =
        in_flow ? flows_.back().explicit_key : indent_ == column_ && blocks_.back().explicit_key;
    if (!waited_for) {
      return fail(mark(), "this ':' follows no key; write the key before it, or quote the text");
    }
    allow_key_ = !in_flow;
  }
  (in_flow ? flows_.back().explicit_key : blocks_.back().explicit_key) = false;
  const std::size_t start = index_;
  advance();
  emit(start, ":");
  return true;
}

bool YamlScanner::anchor_or_alias() {
  const Mark at = mark();
  const std::size_t start = index_;
  const bool alias = peek() == U'*';
  if (!save_key()) return false;
  allow_key_ = false;
  advance();
  std::string name;
  constexpr std::u32string_view kNotInNames = U":,[]{}/.*&";
  while (!blank_or_end(0) && kNotInNames.find(peek()) == std::u32string_view::npos) {
    append_utf8(peek(), name);
    advance();
  }
  constexpr std::u32string_view kAfterNames = U"?:,]}%@`";
  if (name.empty() || (!blank_or_end(0) && kAfterNames.find(peek()) == std::u32string_view::npos)) {
    return fail(at, fmt::format("'{}' starts the name of an {} here; put the text in quotes if it "
                                "is meant literally",
                                alias ? '*' : '&', alias ? "alias" : "anchor"));
  }
  if (alias && known_anchors_.find(name) == known_anchors_.end()) {
    return fail(at,
                "no anchor of this alias's name stands before it; define it, or put the text in "
                "quotes");
  }
  if (!alias) known_anchors_[name] = true;
  (alias ? out_.aliases : out_.anchors).push_back(std::move(name));
  emit(start, alias ? "*a" : "&a");
  return true;
}

bool YamlScanner::tag() {
  const std::size_t start = index_;
  if (!save_key()) return false;
  allow_key_ = false;
  std::string resolved;
  if (!scan_tag(resolved)) return false;
  out_.tags.push_back(std::move(resolved));
  emit(start, "!t");
  return true;
}

bool YamlScanner::scan_tag(std::string& resolved) {
  const Mark at = mark();
  constexpr std::string_view kBroken = "this is no tag; put the text in quotes";
  std::string handle;
  advance();
  if (peek() == U'<') {
    advance();
    while (is_uri(peek())) {
      append_utf8(peek(), resolved);
      advance();
    }
    if (peek() != U'>' || resolved.empty()) return fail(at, std::string(kBroken));
    advance();
  } else if (blank_or_end(0)) {
    resolved = "!";
  } else {
    std::size_t word = 0;
    while (is_word(peek(word))) ++word;
    handle = "!";
    if (peek(word) == U'!') {
      for (std::size_t i = 0; i <= word; ++i) append_utf8(peek(i), handle);
      advance(word + 1);
    }
    const auto found = tag_handles_.find(handle);
    if (found == tag_handles_.end()) {
      return fail(at,
                  "the handle of this tag is not defined; use '!!' and a standard tag, or put the "
                  "text in quotes");
    }
    const std::size_t before = found->second.size();
    resolved = found->second;
    while (is_uri(peek())) {
      append_utf8(peek(), resolved);
      advance();
    }
    if (resolved.size() == before) return fail(at, std::string(kBroken));
  }
  if (peek() != U' ' && !break_or_end(0)) return fail(at, std::string(kBroken));
  return true;
}

}  // namespace jmxbridge
