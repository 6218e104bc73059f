#pragma once

#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <memory>
#include <optional>
#include <utility>

#include "net/tls_server.h"

namespace jmxbridge {

/// An accepted connection: plain, until it has begun to speak TLS. A stream as Asio and Beast know
/// them, with the time-outs of Beast's. On one executor.
class ClientStream {
 public:
  using Plain = boost::beast::tcp_stream;
  using Tls = boost::asio::ssl::stream<Plain&>;
  using executor_type = Plain::executor_type;

  explicit ClientStream(boost::asio::ip::tcp::socket socket) : plain_(std::move(socket)) {}
  ClientStream(const ClientStream&) = delete;
  ClientStream& operator=(const ClientStream&) = delete;

  executor_type get_executor() { return plain_.get_executor(); }
  Plain& plain() { return plain_; }
  /// Null for a plain connection.
  Tls* tls() { return tls_ ? &*tls_ : nullptr; }

  /// From now on everything goes through TLS, which begins with a handshake.
  Tls& speak_tls(std::shared_ptr<TlsServer> server) {
    server_ = std::move(server);
    return tls_.emplace(plain_, server_->context());
  }

  template <class Buffers, class Handler>
  auto async_read_some(const Buffers& buffers, Handler&& handler) {
    if (tls_) return tls_->async_read_some(buffers, std::forward<Handler>(handler));
    return plain_.async_read_some(buffers, std::forward<Handler>(handler));
  }

  template <class Buffers, class Handler>
  auto async_write_some(const Buffers& buffers, Handler&& handler) {
    if (tls_) return tls_->async_write_some(buffers, std::forward<Handler>(handler));
    return plain_.async_write_some(buffers, std::forward<Handler>(handler));
  }

 private:
  Plain plain_;
  std::shared_ptr<TlsServer> server_;  ///< what the connection's TLS refers to
  std::optional<Tls> tls_;
};

}  // namespace jmxbridge
