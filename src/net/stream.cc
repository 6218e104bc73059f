#include "net/stream.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <boost/asio/buffer.hpp>
#include <boost/system/error_code.hpp>
#include <cerrno>

#include "net/tls_layer.h"

namespace jmxbridge {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

/// A peer that has vanished without a word is noticed after about a minute, in a call or between
/// two.
constexpr int kKeepAliveSeconds = 60;
constexpr int kKeepAliveProbeSeconds = 10;
constexpr int kKeepAliveProbes = 3;
constexpr unsigned kUserTimeoutMilliseconds = 60'000;

template <class Number>
void set_option(tcp::socket& socket, int level, int name, Number value) {
  // An option that the system refuses makes the connection slower to die, not wrong.
  (void)::setsockopt(socket.native_handle(), level, name, &value, sizeof value);
}

void set_options(tcp::socket& socket) {
  set_option(socket, IPPROTO_TCP, TCP_NODELAY, 1);
  set_option(socket, SOL_SOCKET, SO_KEEPALIVE, 1);
  set_option(socket, IPPROTO_TCP, TCP_KEEPIDLE, kKeepAliveSeconds);
  set_option(socket, IPPROTO_TCP, TCP_KEEPINTVL, kKeepAliveProbeSeconds);
  set_option(socket, IPPROTO_TCP, TCP_KEEPCNT, kKeepAliveProbes);
  set_option(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, kUserTimeoutMilliseconds);
}

/// `awaits`: what is missing where nothing could be moved.
Moved outcome(const error_code& error, std::size_t bytes, Moved::End awaits) {
  using End = Moved::End;
  if (!error) return {End::kSome, bytes};
  if (error == asio::error::would_block || error == asio::error::try_again) return {awaits, 0};
  return {error == asio::error::eof ? End::kClosed : End::kBroken, 0};
}

/// Why a connect failed, as the end of a sentence.
std::string explain(int error) {
  if (error == 0) return {};
  if (error == ECONNREFUSED) return "it refused the connection";
  return error_code(error, boost::system::system_category()).message();
}

/// What one TLS record holds at most.
constexpr std::size_t kLargestRecord = std::size_t{16} * 1024;

}  // namespace

Stream::Stream(const asio::any_io_executor& executor) : socket_(executor) {}

Stream::~Stream() = default;

std::string Stream::start_connect(const std::string& address, std::uint16_t port) {
  close();
  tls_.reset();
  error_code error;
  const asio::ip::address numeric = asio::ip::make_address(address, error);
  if (error) return "the address cannot be read";
  const tcp::endpoint endpoint(numeric, port);
  socket_.open(endpoint.protocol(), error);
  if (!error) socket_.non_blocking(true, error);
  if (error) return error.message();
  set_options(socket_);
  // Not Asio's connect, which waits even on a socket that does not block.
  if (::connect(socket_.native_handle(), endpoint.data(),
                static_cast<socklen_t>(endpoint.size())) == 0 ||
      errno == EINPROGRESS) {
    return {};
  }
  return explain(errno);
}

std::string Stream::finish_connect() {
  int error = 0;
  socklen_t size = sizeof error;
  if (::getsockopt(socket_.native_handle(), SOL_SOCKET, SO_ERROR, &error, &size) != 0) {
    error = errno;
  }
  return explain(error);
}

void Stream::start_tls(std::shared_ptr<TlsPeer> peer) {
  tls_ = std::make_unique<TlsLayer>(std::move(peer), socket_.native_handle());
}

Moved Stream::shake_hands() { return tls_->shake_hands(); }

std::string Stream::tls_problem(std::string_view peer) const {
  return tls_ ? tls_->problem(peer) : std::string();
}

void Stream::close() {
  if (tls_) tls_->say_goodbye();
  error_code ignored;
  socket_.close(ignored);
  low_water_ = 1;
}

Moved Stream::read(std::span<std::byte> to) {
  if (tls_) return tls_->read(to);
  error_code error;
  const std::size_t bytes = socket_.read_some(asio::buffer(to.data(), to.size()), error);
  return outcome(error, bytes, Moved::End::kAwaitsRead);
}

Moved Stream::write(std::span<const std::byte> from) {
  if (tls_) return tls_->write(from);
  error_code error;
  const std::size_t bytes = socket_.write_some(asio::buffer(from.data(), from.size()), error);
  return outcome(error, bytes, Moved::End::kAwaitsWrite);
}

void Stream::set_low_water(std::size_t bytes) {
  // The rest of a record that is held in part may be less than that, and nothing follow it.
  if (tls_ && bytes <= kLargestRecord && tls_->holds_part()) bytes = 1;
  if (bytes == low_water_) return;
  low_water_ = bytes;
  set_option(socket_, SOL_SOCKET, SO_RCVLOWAT, static_cast<int>(bytes));
}

}  // namespace jmxbridge
