#pragma once

#include <openssl/types.h>

#include <boost/system/error_code.hpp>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "net/moved.h"
#include "net/tls_peer.h"

namespace jmxbridge {

/// TLS on a connected socket that does not block, from the client's side. What once has ended stays
/// so. Not thread-safe.
class TlsLayer {
 public:
  /// The socket is the caller's, and open as long as this is used.
  TlsLayer(std::shared_ptr<TlsPeer> peer, int socket);
  TlsLayer(const TlsLayer&) = delete;
  TlsLayer& operator=(const TlsLayer&) = delete;

  /// Goes on with the handshake; kSome: it is done.
  Moved shake_hands();
  /// Reads until there is no room, or nothing more to read.
  Moved read(std::span<std::byte> to);
  /// After kAwaitsRead or kAwaitsWrite the next call must begin with what was not taken.
  Moved write(std::span<const std::byte> from);
  /// Tells the peer that this was all, if that can be told at once.
  void say_goodbye();

  /// True if a part of something has come in, which cannot be read before its rest.
  bool holds_part() const;
  /// Why TLS has failed, as a sentence about `peer`; empty if it has not, or not before the first
  /// byte was read.
  std::string problem(std::string_view peer) const;

 private:
  struct Socket;

  void begin_call();
  Moved::End stopped(int result);
  Moved::End end(Moved::End how);

  const std::shared_ptr<TlsPeer> peer_;  ///< before ssl_, which needs it
  const int socket_;
  boost::system::error_code socket_error_;  ///< of the last call that failed
  bool at_end_ = false;                     ///< nothing more comes from the socket
  std::size_t may_take_ = 0;                ///< bytes that this call may still take from it
  const std::unique_ptr<SSL, TlsPeer::Free> ssl_;
  Moved::End ended_ = Moved::End::kSome;  ///< kSome: not yet
  bool cannot_write_ = false;
  bool has_read_ = false;
  boost::system::error_code error_;  ///< with kBroken, why
};

}  // namespace jmxbridge
