#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace jmxbridge {

/// Base64 with the standard alphabet, whose padding may be missing but not wrong; nothing for any
/// other text.
std::optional<std::string> decode_base64(std::string_view text);

/// What an Authorization header says.
struct Authorization {
  enum class Kind : std::uint8_t {
    kNone,         ///< there is no such header
    kOtherScheme,  ///< it is not Basic
    kMalformed,    ///< Basic, but no name and password
    kBasic,
  };
  Kind kind = Kind::kNone;
  std::string user;
  std::string password;  ///< everything behind the first colon; any bytes
};

/// Reads the header's value. The scheme's letter case does not count.
Authorization read_authorization(std::optional<std::string_view> header);

}  // namespace jmxbridge
