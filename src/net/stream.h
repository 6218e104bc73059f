#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>

namespace jmxbridge {

/// A TCP connection that never blocks: each call does what can be done now, and whoever cannot go
/// on has himself told when it is worth another try.
///
/// Not thread-safe; lives on the executor that it was made with.
class Stream {
 public:
  /// How far a call came.
  struct Moved {
    enum class End : std::uint8_t {
      kSome,        ///< `bytes` were moved, perhaps fewer than could be
      kWouldBlock,  ///< nothing now
      kClosed,      ///< the peer has closed its side in good order
      kBroken,      ///< the connection is lost: reset, timed out
    };
    End end = End::kBroken;
    std::size_t bytes = 0;
  };

  explicit Stream(const boost::asio::any_io_executor& executor) : socket_(executor) {}

  /// Begins to connect to a numeric address. Once writable, finish_connect() says whether it
  /// worked. Both return an empty text, or why not, as the end of a sentence.
  std::string start_connect(const std::string& address, std::uint16_t port);
  std::string finish_connect();
  /// Gives the connection up, so that another address can be tried.
  void close();

  Moved read(std::span<std::byte> to);
  Moved write(std::span<const std::byte> from);

  /// How many bytes must be there before when_readable() tells, 1 or more. The end of the
  /// connection is told in any case.
  void set_low_water(std::size_t bytes);

  /// Calls `handler(error_code)` once, when read() may do something; at the latest, with an error,
  /// when the stream is closed.
  template <class Handler>
  void when_readable(Handler&& handler) {
    socket_.async_wait(boost::asio::ip::tcp::socket::wait_read, std::forward<Handler>(handler));
  }
  /// The same for write() and finish_connect().
  template <class Handler>
  void when_writable(Handler&& handler) {
    socket_.async_wait(boost::asio::ip::tcp::socket::wait_write, std::forward<Handler>(handler));
  }

 private:
  boost::asio::ip::tcp::socket socket_;
  std::size_t low_water_ = 1;
};

}  // namespace jmxbridge
