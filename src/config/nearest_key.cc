#include "config/nearest_key.h"

#include <algorithm>
#include <vector>

#include "base/ascii.h"

namespace jmxbridge {
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t differs = to_lower(a[i - 1]) == to_lower(b[j - 1]) ? 0 : 1;
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + differs});
      if (i > 1 && j > 1 && to_lower(a[i - 1]) == to_lower(b[j - 2]) &&
          to_lower(a[i - 2]) == to_lower(b[j - 1])) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
    before.swap(last);
    last.swap(row);
  }
  return last[b.size()];
}

std::string_view nearest_key(std::string_view key, std::span<const std::string_view> known) {
  // A key that is much longer than any known one is near none; its distance need not be counted.
  constexpr std::size_t kLongestKey = 64;
  if (key.size() > kLongestKey) return {};
  std::string_view nearest;
  std::size_t least = 4;
  for (const std::string_view candidate : known) {
    const std::size_t mistakes = edit_distance(key, candidate);
    if (mistakes < least && mistakes * 3 <= std::max(key.size(), candidate.size())) {
      least = mistakes;
      nearest = candidate;
    }
  }
  return nearest;
}

}  // namespace jmxbridge
