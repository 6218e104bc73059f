#include "exposition/gapped_text.h"

#include <cassert>

namespace jmxbridge {

void GappedText::append(const GappedText& part) {
  const std::size_t before = text_.size();
  const std::size_t tail = before - told_;
  text_ += part.text_;
  if (part.gaps_.empty()) return;
  const std::size_t first = gaps_.size();
  gaps_.insert(gaps_.end(), part.gaps_.begin(), part.gaps_.end());
  gaps_[first].text_size += static_cast<std::uint32_t>(tail);
  told_ = before + part.told_;
  counts_ += part.counts_;
}

void GappedText::clear() {
  text_.clear();
  gaps_.clear();
  told_ = 0;
  counts_ = 0;
}

void GappedText::shrink_to_fit() {
  text_.shrink_to_fit();
  gaps_.shrink_to_fit();
}

void GappedText::add_gap(std::uint32_t slot, bool is_count) {
  assert(slot < (1U << 31));
  Gap gap{};
  gap.text_size = static_cast<std::uint32_t>(text_.size() - told_);
  gap.slot = slot & ((1U << 31) - 1);
  gap.is_count = is_count ? 1 : 0;
  gaps_.push_back(gap);
  told_ = text_.size();
  if (is_count) ++counts_;
}

}  // namespace jmxbridge
