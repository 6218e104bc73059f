#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace jmxbridge {

/// The wire formats of a page.
enum class Format : std::uint8_t { kText, kOpenMetrics };
inline constexpr std::size_t kFormatCount = 2;

/// The Content-Type that goes with a format (specification 10.3).
std::string_view content_type(Format format);

/// The format that an `Accept` header asks for (specification 10.3.1); empty text is no header.
Format negotiate_format(std::string_view accept);

/// True if `Accept-Encoding` allows gzip; q-values count (RFC 9110 section 12.5.3).
bool accepts_gzip(std::string_view accept_encoding);

}  // namespace jmxbridge
