#include "scrape/table_rows.h"

#include <string_view>

namespace jmxbridge {
namespace {

void append_key_part(std::string_view text, std::string& key) {
  key += std::to_string(text.size());
  key += ':';
  key += text;
}

}  // namespace

Row* RowIndex::find(const std::string& key) {
  if (cursor_ < known_ && rows_[cursor_].key == key && rows_[cursor_].fill != fill_) {
    return &rows_[cursor_++];
  }
  if (known_ == 0) return nullptr;
  if (firsts_.empty()) index();
  const auto first = firsts_.find(key);
  if (first == firsts_.end()) return nullptr;
  std::size_t& at = first->second;
  while (at < known_ && rows_[at].fill == fill_) at = nexts_[at];
  if (at >= known_) return nullptr;
  cursor_ = at + 1;
  return &rows_[at];
}

void RowIndex::index() {
  nexts_.assign(known_, known_);
  for (std::size_t i = known_; i-- > 0;) {
    const auto [first, is_new] = firsts_.emplace(rows_[i].key, i);
    if (is_new) continue;
    nexts_[i] = first->second;
    first->second = i;
  }
}

void append_row_key(const TabularValue& table, const CompositeValue& row, std::string& key,
                    std::string& scratch) {
  for (std::string_view index : table.index_names) {
    const Value* value = row.find(index);
    if (value == nullptr || value->kind == ValueKind::kNull) {
      key += '-';
      continue;
    }
    if (value->composite != nullptr) {
      key += '(';
      for (const Value& item : value->composite->values) {
        scratch.clear();
        if (append_java_text(item, scratch)) append_key_part(scratch, key);
        key += ',';
      }
      key += ')';
      continue;
    }
    scratch.clear();
    if (append_java_text(*value, scratch)) append_key_part(scratch, key);
    key += ',';
  }
}

}  // namespace jmxbridge
