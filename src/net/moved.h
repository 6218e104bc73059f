#pragma once

#include <cstddef>
#include <cstdint>

namespace jmxbridge {

/// How far a call came that moves bytes over a connection and never blocks.
struct Moved {
  /// What stands in the way of more.
  enum class End : std::uint8_t {
    kSome,         ///< nothing: perhaps fewer bytes than could be
    kAwaitsRead,   ///< something must come in first
    kAwaitsWrite,  ///< there is no room to send in
    kClosed,       ///< the peer has closed its side in good order
    kBroken,       ///< the connection is lost: reset, timed out, TLS violated
  };
  End end = End::kBroken;
  std::size_t bytes = 0;  ///< moved before that
};

}  // namespace jmxbridge
