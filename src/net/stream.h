#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "net/moved.h"

namespace jmxbridge {

class TlsLayer;
class TlsPeer;

/// A TCP connection that never blocks, with or without TLS: each call does what can be done now,
/// and whoever cannot go on has himself told when it is worth another try.
///
/// Not thread-safe; lives on the executor that it was made with.
class Stream {
 public:
  explicit Stream(const boost::asio::any_io_executor& executor);
  ~Stream();
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  /// Begins to connect to a numeric address. Once writable, finish_connect() says whether it
  /// worked. Both return an empty text, or why not, as the end of a sentence.
  std::string start_connect(const std::string& address, std::uint16_t port);
  std::string finish_connect();
  /// Once connected: what is read and written from now on goes through TLS with this peer.
  void start_tls(std::shared_ptr<TlsPeer> peer);
  /// Goes on with its handshake; kSome: it is done.
  Moved shake_hands();
  /// Why TLS has failed, as a sentence about `peer`; empty if it has not, or not before the first
  /// byte was read.
  std::string tls_problem(std::string_view peer) const;

  /// Gives the connection up, so that another address can be tried.
  void close();

  Moved read(std::span<std::byte> to);
  /// After kAwaitsRead or kAwaitsWrite the next call must begin with what was not taken.
  Moved write(std::span<const std::byte> from);

  /// How many bytes must be there before when_readable() tells, 1 or more, where at least twice as
  /// many are to come. The end of the connection is told in any case.
  void set_low_water(std::size_t bytes);

  /// Calls `handler(error_code)` once, when something has come in; at the latest, with an error,
  /// when the stream is closed.
  template <class Handler>
  void when_readable(Handler&& handler) {
    socket_.async_wait(boost::asio::ip::tcp::socket::wait_read, std::forward<Handler>(handler));
  }
  /// The same for room to send in, and for finish_connect().
  template <class Handler>
  void when_writable(Handler&& handler) {
    socket_.async_wait(boost::asio::ip::tcp::socket::wait_write, std::forward<Handler>(handler));
  }

 private:
  boost::asio::ip::tcp::socket socket_;
  std::unique_ptr<TlsLayer> tls_;  ///< null: plain
  std::size_t low_water_ = 1;
};

}  // namespace jmxbridge
