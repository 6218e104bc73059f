#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "config/section.h"

namespace jmxbridge {

// Values of the parts that the peer reads by turning whatever is written into text and parsing that
// (specification 2.7). Null counts as absent; what cannot be parsed is an error and gives nothing.

/// Java's text of any value.
std::optional<std::string> coerced_text(const Section& section, std::string_view key);

inline constexpr std::int32_t kLargestInteger = std::numeric_limits<std::int32_t>::max();

/// A 32-bit decimal number within the bounds.
std::optional<std::int32_t> coerced_integer(const Section& section, std::string_view key,
                                            std::int32_t least, std::int32_t most);

/// true, yes, on, 1 or false, no, off, 0, in any case.
std::optional<bool> coerced_boolean(const Section& section, std::string_view key);

/// True if the text is nothing but blanks.
bool is_blank(std::string_view text);

/// The text without blanks and control characters at its ends, as Java's String.trim.
std::string_view trim(std::string_view text);

}  // namespace jmxbridge
