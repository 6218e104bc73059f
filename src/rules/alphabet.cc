#include "rules/alphabet.h"

#include <algorithm>
#include <string>

namespace jmxbridge {
namespace {

constexpr char32_t kSurrogates = 0xD800;
constexpr char32_t kBehindSurrogates = 0xE000;
constexpr std::size_t kMaxComparisons = 1'000'000;

using Ranges = std::vector<std::pair<char32_t, char32_t>>;

bool contains(const Ranges& ranges, char32_t c) {
  const auto at = std::lower_bound(ranges.begin(), ranges.end(), c,
                                   [](const auto& range, char32_t x) { return range.second < x; });
  return at != ranges.end() && at->first <= c;
}

}  // namespace

Alphabet::Key Alphabet::key_of(const CodePoints& set) {
  Key key;
  key.reserve(set.ranges().size());
  for (const CodePoints::Range& range : set.ranges()) key.emplace_back(range.first, range.last);
  return key;
}

void Alphabet::add(const CodePoints& set) { sets_.try_emplace(key_of(set)); }

bool Alphabet::finish() {
  // Between two neighbours of these every set holds all characters or none.
  std::vector<char32_t> starts = {0, kSurrogates, kBehindSurrogates};
  for (const auto& [ranges, symbols] : sets_) {
    for (const auto& [first, last] : ranges) {
      starts.push_back(first);
      if (last < CodePoints::kLast) starts.push_back(last + 1);
    }
  }
  std::sort(starts.begin(), starts.end());
  starts.erase(std::unique(starts.begin(), starts.end()), starts.end());
  if (starts.size() * sets_.size() > kMaxComparisons) return false;

  std::map<std::string, std::size_t> known;  // by the sets that a character is in
  for (const char32_t c : starts) {
    if (c >= kSurrogates && c < kBehindSurrogates) continue;  // no text has them
    std::string member_of;
    for (const auto& [ranges, symbols] : sets_) member_of += contains(ranges, c) ? '1' : '0';
    const auto [at, is_new] = known.emplace(std::move(member_of), known.size());
    if (!is_new) continue;
    if (at->second == kMaxSymbols) return false;
    std::size_t i = 0;
    for (auto& [ranges, symbols] : sets_) symbols[at->second] = at->first[i++] == '1';
  }
  size_ = known.size();
  return true;
}

const Alphabet::Symbols& Alphabet::symbols(const CodePoints& set) const {
  return sets_.at(key_of(set));
}

}  // namespace jmxbridge
