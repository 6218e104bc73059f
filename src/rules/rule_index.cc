#include "rules/rule_index.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <unordered_map>

namespace jmxbridge {

void RuleNumbers::add_all(const RuleNumbers& other) {
  for (std::size_t i = 0; i < words_.size(); ++i) words_[i] |= other.words_[i];
}

void RuleNumbers::keep(const RuleNumbers& other) {
  for (std::size_t i = 0; i < words_.size(); ++i) words_[i] &= other.words_[i];
}

bool RuleNumbers::empty() const { return next(0) == kNone; }

std::size_t RuleNumbers::next(std::size_t rule) const {
  std::size_t word = rule / 64;
  if (word >= words_.size()) return kNone;
  std::uint64_t left = words_[word] >> (rule % 64) << (rule % 64);
  while (left == 0) {
    if (++word == words_.size()) return kNone;
    left = words_[word];
  }
  return word * 64 + static_cast<std::size_t>(std::countr_zero(left));
}

std::uint32_t RuleIndex::gram_at(const char* text) {
  std::uint32_t gram = 0;
  std::memcpy(&gram, text, kGram);
  return gram;
}

void RuleIndex::add(const std::vector<RequiredText>& ways) {
  const auto rule = static_cast<std::uint32_t>(rules_++);
  for (const RequiredText& way : ways) {
    Way& grams = ways_.emplace_back(Way{rule, {}});
    for (const std::string& piece : way.pieces) {
      for (std::size_t i = 0; i + kGram <= piece.size(); ++i) {
        grams.grams.push_back(gram_at(piece.data() + i));
      }
    }
  }
}

void RuleIndex::finish() {
  std::unordered_map<std::uint32_t, std::uint32_t> uses;
  for (const Way& way : ways_) {
    for (const std::uint32_t gram : way.grams) ++uses[gram];
  }
  always_.start(rules_);
  for (const Way& way : ways_) {
    if (way.grams.empty()) {
      always_.add(way.rule);
      continue;
    }
    const auto rarest =
        std::min_element(way.grams.begin(), way.grams.end(),
                         [&](std::uint32_t a, std::uint32_t b) { return uses[a] < uses[b]; });
    entries_.push_back({*rarest, way.rule});
  }
  ways_ = {};
  std::sort(entries_.begin(), entries_.end());
  entries_.erase(std::unique(entries_.begin(), entries_.end()), entries_.end());
  table_.assign(std::bit_ceil(2 * entries_.size() + 1), 0);
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    if (i > 0 && entries_[i - 1].gram == entries_[i].gram) continue;
    table_[place(entries_[i].gram)] = static_cast<std::uint32_t>(i + 1);
  }
}

/// Where the gram stands in the table, or would.
std::size_t RuleIndex::place(std::uint32_t gram) const {
  const std::size_t mask = table_.size() - 1;
  std::size_t at = (std::uint64_t{gram} * 0x9E3779B97F4A7C15U >> 32) & mask;
  while (table_[at] != 0 && entries_[table_[at] - 1].gram != gram) at = (at + 1) & mask;
  return at;
}

void RuleIndex::find(std::string_view text, RuleNumbers& found) const {
  found.add_all(always_);
  for (std::size_t i = 0; i + kGram <= text.size(); ++i) {
    const std::uint32_t gram = gram_at(text.data() + i);
    const std::uint32_t first = table_[place(gram)];
    if (first == 0) continue;
    for (std::size_t at = first - 1; at < entries_.size() && entries_[at].gram == gram; ++at) {
      found.add(entries_[at].rule);
    }
  }
}

}  // namespace jmxbridge
