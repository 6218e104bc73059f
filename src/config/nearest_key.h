#pragma once

#include <span>
#include <string_view>

namespace jmxbridge {

/// The known key that a misspelt one was most likely meant to be; empty when none is near. Case
/// does not count; swapped neighbours are one mistake.
std::string_view nearest_key(std::string_view key, std::span<const std::string_view> known);

}  // namespace jmxbridge
