#include "rules/match_texts.h"

#include <cstring>

#include "rules/match_text.h"
#include "rules/naming.h"

namespace jmxbridge {
namespace {

/// Clears a text that is used again; the room of an unusually long one is not kept.
void clear_text(std::string& text) {
  constexpr std::size_t kKeptRoom = 64 * 1024;
  if (text.capacity() > kKeptRoom) text = std::string();
  text.clear();
}

}  // namespace

bool PieceMemo::has(std::uint32_t number, const std::string& piece, std::string_view text) {
  std::uint8_t& known = known_[number];
  if (known == kUnknown) {
    const bool found = ::memmem(text.data(), text.size(), piece.data(), piece.size()) != nullptr;
    known = found ? kHas : kLacks;
  }
  return known == kHas;
}

void MatchTexts::start(const Leaf& leaf, std::size_t pieces) {
  leaf_ = &leaf;
  pieces_ = pieces;
  for (Subject& subject : subjects_) {
    subject.made = false;
    clear_text(subject.text);
  }
  clear_text(value_);
}

std::string_view MatchTexts::before_value(bool snake) {
  const Subject& made = subject(snake);
  return std::string_view(made.text).substr(0, made.size);
}

std::string_view MatchTexts::text(bool snake, bool cached) {
  Subject& made = subject(snake);
  const Tail tail = cached ? Tail::kCached : Tail::kValue;
  if (made.tail != tail) {
    made.text.resize(made.size);
    made.text += ": ";
    made.text += cached ? kCachedValueText : std::string_view(value_);
    made.tail = tail;
    made.memo.start(pieces_);
  }
  return made.text;
}

MatchTexts::Subject& MatchTexts::subject(bool snake) {
  Subject& one = subjects_[snake ? 1 : 0];
  if (!one.made) {
    if (snake) {
      one.attribute = snake_case(leaf_->attribute);
    } else {
      one.attribute = leaf_->attribute;
    }
    one.text.clear();
    append_match_subject(*leaf_, one.attribute, one.text);
    one.size = one.text.size();
    one.tail = Tail::kNone;
    one.made = true;
  }
  return one;
}

}  // namespace jmxbridge
