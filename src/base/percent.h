#pragma once

#include <string>
#include <string_view>

namespace jmxbridge {

/// The text with each `%xx` taken for its byte (RFC 3986, 2.1); a percent sign without two digits
/// stays.
std::string percent_decoded(std::string_view text);

}  // namespace jmxbridge
