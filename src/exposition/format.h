#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace jmxbridge {

/// The forms of a page. kProtobufText is protobuf as people read it: only `debug` asks for it.
enum class Format : std::uint8_t { kText, kOpenMetrics, kProtobuf, kProtobufText };
inline constexpr std::size_t kFormatCount = 4;

/// How names are written (specification 10.4). Ours are legal everywhere, so of the four schemes
/// that a client can ask for only `dots` shows.
enum class Escaping : std::uint8_t { kUnderscores, kDots };

/// The Content-Type that goes with a format (specification 10.3).
std::string_view content_type(Format format);

/// The format that an `Accept` header asks for (specification 10.3.1); empty text is no header.
Format negotiate_format(std::string_view accept);

/// The escaping scheme that an `Accept` header asks for (specification 10.4.1).
Escaping negotiate_escaping(std::string_view accept);

/// True if `Accept-Encoding` allows gzip; q-values count (RFC 9110 section 12.5.3).
bool accepts_gzip(std::string_view accept_encoding);

}  // namespace jmxbridge
