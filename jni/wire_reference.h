#pragma once

#include <optional>
#include <string_view>

#include "jmx/wire_address.h"

namespace jmxbridge {

/// Reads what a stub's reference says of itself (design section 5, Address): its class, the class
/// of its socket factory (empty: none) and its bytes. Nothing if this is no form that is known.
std::optional<WireAddress> parse_wire_reference(std::string_view type, std::string_view factory,
                                                std::string_view bytes);

}  // namespace jmxbridge
