#include "config/yaml_scanner.h"

#include <fmt/format.h>

#include <utility>

#include "config/yaml_scalar_content.h"

namespace jmxbridge {
namespace {

// Deeper texts are refused before yaml-cpp recurses into them; the bound that users see (50) is
// checked on the finished structure.
constexpr std::size_t kDeepest = 100;
constexpr std::size_t kLongestKey = 1024;

constexpr std::string_view kTooDeep = "this is nested deeper than 50 levels; make it flatter";
constexpr std::string_view kSecondDocument =
    "a second document starts here; a file holds one, so remove the rest";

}  // namespace

ScannedYaml YamlScanner::run() && {
  while (!done_ && next_token()) {
  }
  ScannedYaml out = std::move(mask_).take();
  out.lines = text_.lines();
  out.fault = text_.fault();
  return out;
}

/// What the mask is told of the token from `begin` to the place that has been reached.
YamlMaskWriter::Extent YamlScanner::token_from(std::size_t begin) const {
  return {.begin = begin, .end = text_.index(), .in_flow = token_in_flow_};
}

/// A token of one character, which the mask shows as it is.
void YamlScanner::take_sign() {
  const std::size_t start = text_.index();
  const char sign = static_cast<char>(text_.peek());
  text_.advance();
  mask_.token(token_from(start), {&sign, 1});
}

bool YamlScanner::save_key() {
  const bool required = !in_flow() && indent_ == text_.column();
  if (!allow_key_) {
    if (!required) return true;
    return fail("a key must be the first thing on its line; start a new line here");
  }
  if (!remove_key()) return false;
  keys_.back() = SimpleKey{text_.index(), text_.mark(), required};
  return true;
}

bool YamlScanner::remove_key() {
  if (keys_.back() && keys_.back()->required) {
    return text_.fail(
        keys_.back()->mark,
        "a ':' and a blank must follow here, as this is a key; if it belongs to the line "
        "above, indent it further");
  }
  keys_.back().reset();
  return true;
}

bool YamlScanner::drop_stale_keys() {
  for (std::optional<SimpleKey>& key : keys_) {
    if (!key) continue;
    const bool is_near = text_.index() - key->index <= kLongestKey;
    if (is_near && key->mark.line == text_.mark().line) continue;
    if (key->required) {
      return text_.fail(
          key->mark,
          "a ':' and a blank must follow on this line, as this is a key; if it belongs to "
          "the line above, indent it further");
    }
    key.reset();
  }
  return true;
}

/// Before a token that may be a key, and that no key can follow on the same line.
bool YamlScanner::begin_keyed() {
  if (!save_key()) return false;
  allow_key_ = false;
  return true;
}

void YamlScanner::unwind_to(int column) {
  if (in_flow()) return;
  while (indent_ > column) {
    indent_ = blocks_.back().outer_indent;
    blocks_.pop_back();
  }
}

bool YamlScanner::indent_to(int column) {
  if (indent_ >= column) return true;
  blocks_.push_back({indent_});
  indent_ = column;
  return !is_too_deep() || fail(std::string(kTooDeep));
}

bool YamlScanner::is_too_deep() const { return blocks_.size() + flows_.size() > kDeepest; }

void YamlScanner::skip_to_token() {
  while (true) {
    text_.skip_blanks();
    while (text_.peek() == U'\t' && in_flow()) text_.advance();
    if (text_.peek() == U'#') text_.skip_line();
    if (text_.take_break().empty()) return;
    if (!in_flow()) allow_key_ = true;
  }
}

bool YamlScanner::next_token() {
  skip_to_token();
  if (!drop_stale_keys()) return false;
  unwind_to(text_.column());

  token_in_flow_ = in_flow();
  const char32_t c = text_.peek();
  if (c == U'\0') return end_of_text();
  if (text_.column() == 0) {
    if (c == U'%') return directive();
    if (text_.is_document_marker(U'-')) return document_start();
    if (text_.is_document_marker(U'.')) return document_end();
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
  if (in_flow()) flows_.back().in_entry = true;
  return other_token(c);
}

bool YamlScanner::other_token(char32_t c) {
  const bool is_alone = text_.is_blank_or_end(1);
  if (c == U'-' && is_alone) return block_entry();
  if (c == U'?' && (in_flow() || is_alone)) return explicit_key();
  if (c == U':' && (in_flow() || is_alone)) return value();
  if (c == U'*' || c == U'&') return anchor_or_alias();
  if (c == U'!') return tag();
  if ((c == U'|' || c == U'>') && !in_flow()) return block_scalar();
  if (c == U'\'' || c == U'"') return quoted_scalar();
  if (starts_plain_scalar(text_, in_flow())) return plain_scalar();
  if (c == U'\t' || c == U' ') {
    return fail("a tab cannot stand between the parts of YAML; write blanks instead");
  }
  return fail(
      fmt::format("'{}' cannot start a text here; put the text in quotes", static_cast<char>(c)));
}

bool YamlScanner::end_of_text() {
  if (in_flow()) {
    return text_.fail(flows_.back().mark,
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
      return fail("a line of three dashes must stand between a % directive and the rest");
    case Stage::kEnd:
      return fail(std::string(kSecondDocument));
    case Stage::kDocument:
      return true;
  }
  return true;
}

bool YamlScanner::document_start() {
  const bool is_second = stage_ == Stage::kDocument || stage_ == Stage::kEnd;
  if (!in_flow() && is_second) return fail(std::string(kSecondDocument));
  return document_marker(Stage::kDocument);
}

bool YamlScanner::document_end() {
  const bool is_early = stage_ == Stage::kStart || stage_ == Stage::kDirectives;
  if (!in_flow() && is_early) {
    return fail("the end of a document stands before its content; remove this line");
  }
  return document_marker(Stage::kEnd);
}

bool YamlScanner::document_marker(Stage next) {
  if (in_flow()) return fail("the document ends within a list or map; close it first");
  unwind_to(-1);
  if (!remove_key()) return false;
  allow_key_ = false;
  stage_ = next;
  text_.advance(3);
  return true;
}

bool YamlScanner::directive() {
  const Mark start = text_.mark();
  if (in_flow() || stage_ == Stage::kDocument || stage_ == Stage::kEnd) {
    return text_.fail(start, "a % directive can only stand before the document");
  }
  stage_ = Stage::kDirectives;
  unwind_to(-1);
  if (!remove_key()) return false;
  allow_key_ = false;
  text_.advance();
  const std::string name = text_.take_while(is_yaml_word);
  if (name.empty() || !(text_.peek() == U' ' || text_.is_break_or_end())) {
    return text_.fail(start,
                      "a line that starts with % is a directive; quote the text if it is none");
  }
  if (name == "TAG") return tags_.scan_directive(text_, start);
  if (name == "YAML") {
    text_.skip_blanks();
    if (text_.peek() != U'1' || text_.peek(1) != U'.' || text_.peek(2) < U'0' ||
        text_.peek(2) > U'9') {
      return text_.fail(start, "only YAML 1.1 is understood; write '%YAML 1.1' or remove the line");
    }
  }
  text_.skip_line();
  return true;
}

bool YamlScanner::flow_start() {
  if (!save_key()) return false;
  if (in_flow()) flows_.back().in_entry = true;
  flows_.push_back({text_.peek(), text_.mark()});
  keys_.emplace_back();
  if (is_too_deep()) return fail(std::string(kTooDeep));
  allow_key_ = true;
  take_sign();
  return true;
}

bool YamlScanner::flow_end() {
  const char sign = static_cast<char>(text_.peek());
  if (!in_flow() || (flows_.back().open == U'[') != (sign == ']')) {
    return fail(
        fmt::format("this '{}' closes nothing; remove it, or quote the text it belongs to", sign));
  }
  if (!remove_key()) return false;
  flows_.pop_back();
  keys_.pop_back();
  allow_key_ = false;
  take_sign();
  return true;
}

bool YamlScanner::flow_entry() {
  if (!in_flow()) return fail("a ',' cannot start a text here; put the text in quotes");
  if (!flows_.back().in_entry) {
    return fail("something must stand before this ','; remove the ',' or add an entry");
  }
  flows_.back().in_entry = false;
  flows_.back().explicit_key = false;
  allow_key_ = true;
  if (!remove_key()) return false;
  take_sign();
  return true;
}

bool YamlScanner::block_entry() {
  if (in_flow()) {
    return fail("a '-' makes no entry inside [ ] or { }; separate entries by ','");
  }
  if (!allow_key_) return fail("a '-' entry must start on a line of its own");
  if (!indent_to(text_.column())) return false;
  allow_key_ = true;
  if (!remove_key()) return false;
  take_sign();
  return true;
}

bool YamlScanner::explicit_key() {
  if (in_flow()) {
    flows_.back().explicit_key = true;
  } else {
    if (!allow_key_) return fail("a '?' key must start on a line of its own");
    if (!indent_to(text_.column())) return false;
    blocks_.back().explicit_key = true;
  }
  allow_key_ = !in_flow();
  if (!remove_key()) return false;
  take_sign();
  return true;
}

bool YamlScanner::value() {
  if (keys_.back()) {
    const int column = keys_.back()->mark.column - 1;
    keys_.back().reset();
    if (!in_flow() && !indent_to(column)) return false;
    allow_key_ = false;
  } else {
    if (!in_flow() && !allow_key_) {
      return fail("a ': ' cannot stand here; put the text in quotes, or start a new line");
    }
    const bool waited_for = in_flow() ? flows_.back().explicit_key
                                      : indent_ == text_.column() && blocks_.back().explicit_key;
    if (!waited_for) {
      return fail("this ':' follows no key; write the key before it, or quote the text");
    }
    allow_key_ = !in_flow();
  }
  (in_flow() ? flows_.back().explicit_key : blocks_.back().explicit_key) = false;
  take_sign();
  return true;
}

bool YamlScanner::anchor_or_alias() {
  const Mark at = text_.mark();
  const std::size_t start = text_.index();
  const bool is_alias = text_.peek() == U'*';
  if (!begin_keyed()) return false;
  text_.advance();
  constexpr std::u32string_view kNotInNames = U":,[]{}/.*&";
  std::string name;
  for (; !text_.is_blank_or_end() && kNotInNames.find(text_.peek()) == std::u32string_view::npos;
       text_.advance()) {
    append_utf8(text_.peek(), name);
  }
  constexpr std::u32string_view kAfterNames = U"?:,]}%@`";
  const bool ends_well =
      text_.is_blank_or_end() || kAfterNames.find(text_.peek()) != std::u32string_view::npos;
  if (name.empty() || !ends_well) {
    return text_.fail(
        at, fmt::format("'{}' starts the name of an {} here; put the text in quotes if it "
                        "is meant literally",
                        is_alias ? '*' : '&', is_alias ? "alias" : "anchor"));
  }
  if (!is_alias) {
    anchors_.insert(name);
    mask_.anchor(token_from(start), std::move(name));
    return true;
  }
  if (!anchors_.contains(name)) {
    return text_.fail(at,
                      "no anchor of this alias's name stands before it; define it, or put the "
                      "text in quotes");
  }
  mask_.alias(token_from(start), std::move(name));
  return true;
}

bool YamlScanner::tag() {
  const std::size_t start = text_.index();
  if (!begin_keyed()) return false;
  std::string resolved;
  if (!tags_.scan(text_, resolved)) return false;
  mask_.tag(token_from(start), std::move(resolved));
  return true;
}

bool YamlScanner::plain_scalar() {
  const std::size_t start = text_.index();
  if (!begin_keyed()) return false;
  const PlainScalar scalar = scan_plain_scalar(text_, indent_, in_flow());
  allow_key_ = scalar.ends_line;
  mask_.plain_scalar(token_from(start), scalar.content);
  return true;
}

bool YamlScanner::quoted_scalar() {
  const std::size_t start = text_.index();
  if (!begin_keyed()) return false;
  std::u32string content;
  if (!scan_quoted_scalar(text_, content)) return false;
  mask_.marked_scalar(token_from(start), content);
  return true;
}

bool YamlScanner::block_scalar() {
  const std::size_t start = text_.index();
  allow_key_ = true;
  if (!remove_key()) return false;
  std::u32string content;
  if (!scan_block_scalar(text_, indent_, content)) return false;
  mask_.marked_scalar(token_from(start), content);
  return true;
}

}  // namespace jmxbridge
