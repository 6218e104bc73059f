#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace jmxbridge {

/// How many insertions, deletions, replacements and swaps of neighbours turn one into the other.
/// Case does not count. Takes time and memory by the product and the sum of the lengths.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The known key that a misspelt one was most likely meant to be; empty when none is near. Case
/// does not count; swapped neighbours are one mistake.
std::string_view nearest_key(std::string_view key, std::span<const std::string_view> known);

}  // namespace jmxbridge
