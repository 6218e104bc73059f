#include "net/tls_layer.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <cerrno>
#include <utility>

namespace jmxbridge {
namespace {

/// What a call takes from the socket at most: of what TLS keeps to itself, a peer may send without
/// end, and whoever reads has a deadline.
constexpr std::size_t kMostAtOnce = std::size_t{128} * 1024;

}  // namespace

/// The socket as OpenSSL sees it. OpenSSL's own way to write to one raises SIGPIPE where the peer
/// is gone.
struct TlsLayer::Socket {
  static BIO* make(TlsLayer& layer) {
    static const std::unique_ptr<BIO_METHOD, decltype(&BIO_meth_free)> method = make_method();
    BIO* bio = method ? BIO_new(method.get()) : nullptr;
    if (bio == nullptr) return nullptr;
    BIO_set_data(bio, &layer);
    BIO_set_init(bio, 1);
    return bio;
  }

 private:
  static std::unique_ptr<BIO_METHOD, decltype(&BIO_meth_free)> make_method() {
    std::unique_ptr<BIO_METHOD, decltype(&BIO_meth_free)> method(
        BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket"), &BIO_meth_free);
    if (!method) return method;
    BIO_meth_set_read(method.get(), &Socket::read);
    BIO_meth_set_write(method.get(), &Socket::write);
    BIO_meth_set_ctrl(method.get(), &Socket::control);
    return method;
  }

  static TlsLayer& layer_of(BIO* bio) { return *static_cast<TlsLayer*>(BIO_get_data(bio)); }

  static int read(BIO* bio, char* to, int size) {
    TlsLayer& layer = layer_of(bio);
    BIO_clear_retry_flags(bio);
    const std::size_t most = std::min(static_cast<std::size_t>(size), layer.may_take_);
    if (most == 0) {
      BIO_set_retry_read(bio);
      return -1;
    }
    const ssize_t moved = ::recv(layer.socket_, to, most, 0);
    if (moved > 0) layer.may_take_ -= static_cast<std::size_t>(moved);
    if (moved == 0) layer.at_end_ = true;
    if (moved < 0 && would_block(layer)) BIO_set_retry_read(bio);
    return static_cast<int>(moved);
  }

  static int write(BIO* bio, const char* from, int size) {
    TlsLayer& layer = layer_of(bio);
    BIO_clear_retry_flags(bio);
    const ssize_t moved = ::send(layer.socket_, from, static_cast<std::size_t>(size), MSG_NOSIGNAL);
    if (moved < 0 && would_block(layer)) BIO_set_retry_write(bio);
    return static_cast<int>(moved);
  }

  static long control(BIO* bio, int command, long, void*) {
    if (command == BIO_CTRL_EOF) return layer_of(bio).at_end_ ? 1 : 0;
    return command == BIO_CTRL_FLUSH ? 1 : 0;
  }

  /// True if a call that failed is worth another try; else keeps why it failed.
  static bool would_block(TlsLayer& layer) {
    if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return true;
    layer.socket_error_.assign(errno, boost::system::system_category());
    return false;
  }
};

TlsLayer::TlsLayer(std::shared_ptr<TlsPeer> peer, int socket)
    : peer_(std::move(peer)), socket_(socket), ssl_(peer_->connection()) {
  BIO* bio = ssl_ ? Socket::make(*this) : nullptr;
  if (bio == nullptr) {
    error_ = asio::error::no_memory;
    ended_ = Moved::End::kBroken;
    return;
  }
  SSL_set_bio(ssl_.get(), bio, bio);
}

Moved TlsLayer::shake_hands() {
  if (ended_ != Moved::End::kSome) return {ended_, 0};
  begin_call();
  const int result = SSL_do_handshake(ssl_.get());
  return {result == 1 ? Moved::End::kSome : stopped(result), 0};
}

Moved TlsLayer::read(std::span<std::byte> to) {
  if (ended_ != Moved::End::kSome) return {ended_, 0};
  Moved moved{Moved::End::kSome, 0};
  begin_call();
  while (moved.bytes < to.size() && moved.end == Moved::End::kSome) {
    // A call gives what one record holds at most, and what is left inside would wake nobody.
    const std::span<std::byte> room = to.subspan(moved.bytes);
    std::size_t bytes = 0;
    const int result = SSL_read_ex(ssl_.get(), room.data(), room.size(), &bytes);
    moved.bytes += bytes;
    if (result != 1) moved.end = stopped(result);
  }
  has_read_ = has_read_ || moved.bytes > 0;
  return moved;
}

Moved TlsLayer::write(std::span<const std::byte> from) {
  if (ended_ != Moved::End::kSome) return {ended_, 0};
  if (cannot_write_) return {Moved::End::kBroken, 0};
  Moved moved{Moved::End::kSome, 0};
  begin_call();
  while (moved.bytes < from.size() && moved.end == Moved::End::kSome) {
    const std::span<const std::byte> rest = from.subspan(moved.bytes);
    std::size_t bytes = 0;
    const int result = SSL_write_ex(ssl_.get(), rest.data(), rest.size(), &bytes);
    moved.bytes += bytes;
    if (result == 1) continue;
    // Where the socket takes no more, the peer may have said why.
    cannot_write_ = SSL_get_error(ssl_.get(), result) == SSL_ERROR_SYSCALL;
    moved.end = cannot_write_ ? Moved::End::kBroken : stopped(result);
  }
  return moved;
}

void TlsLayer::say_goodbye() {
  if (!ssl_) return;
  if (ended_ == Moved::End::kSome && !cannot_write_ && SSL_is_init_finished(ssl_.get()) == 1) {
    SSL_shutdown(ssl_.get());
    ERR_clear_error();
  }
  end(Moved::End::kClosed);
}

bool TlsLayer::holds_part() const {
  return ended_ == Moved::End::kSome && SSL_has_pending(ssl_.get()) == 1;
}

std::string TlsLayer::problem(std::string_view peer) const {
  if (ended_ != Moved::End::kBroken || has_read_) return {};
  if (!ssl_) return "OpenSSL has no memory for a connection; free some";
  return explain_tls_failure(*ssl_, error_, peer);
}

void TlsLayer::begin_call() {
  ERR_clear_error();
  may_take_ = kMostAtOnce;
}

/// What keeps a call from going on.
Moved::End TlsLayer::stopped(int result) {
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return Moved::End::kAwaitsRead;
    case SSL_ERROR_WANT_WRITE:
      return Moved::End::kAwaitsWrite;
    case SSL_ERROR_ZERO_RETURN:
      return end(Moved::End::kClosed);
    case SSL_ERROR_SSL:
      error_.assign(static_cast<int>(ERR_get_error()), asio::error::get_ssl_category());
      break;
    default:
      error_ = socket_error_ ? socket_error_ : asio::error::eof;
      break;
  }
  ERR_clear_error();
  if (!has_read_) peer_->forget_session();
  return end(Moved::End::kBroken);
}

Moved::End TlsLayer::end(Moved::End how) {
  if (ended_ == Moved::End::kSome) ended_ = how;
  return ended_;
}

}  // namespace jmxbridge
