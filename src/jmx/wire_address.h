#pragma once

#include <array>
#include <cstdint>
#include <string>

namespace jmxbridge {

/// Where a target's RMIConnection listens, as its stub's reference says. The object id is a bearer
/// token: it stands in no log, page or error.
struct WireAddress {
  enum class Socket : std::uint8_t { kPlain, kTls, kCustom };

  std::string host;
  std::uint16_t port = 0;
  std::array<std::uint8_t, 22> object_id{};
  Socket socket = Socket::kPlain;
};

}  // namespace jmxbridge
