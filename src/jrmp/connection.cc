#include "jrmp/connection.h"

#include <string_view>

#include "jrmp/requests.h"

namespace jmxbridge {
namespace {

using namespace std::string_view_literals;

/// Magic, version 2, and the protocol with many calls on one connection.
constexpr std::string_view kGreeting = "\x4a\x52\x4d\x49\x00\x02\x4b"sv;
constexpr std::uint8_t kAck = 0x4e;
constexpr std::uint8_t kTlsAlert = 0x15;
/// The pause behind a look at an answer that is cut off, as a multiple of the time that it took.
constexpr int kLookPause = 2;

}  // namespace

asio::awaitable<std::string> Connection::open(const std::string& address, std::uint16_t port,
                                              Clock::time_point deadline) {
  std::string problem = stream_.start_connect(address, port);
  if (problem.empty()) problem = co_await connect(deadline);
  if (problem.empty() && tls_) problem = co_await start_tls(deadline);
  if (problem.empty()) problem = co_await shake_hands(deadline);
  if (!problem.empty()) close();
  last_used = Clock::now();
  co_return problem;
}

asio::awaitable<std::string> Connection::connect(Clock::time_point deadline) {
  lost_ = false;
  can_send_ = true;
  watch_sending();
  while (watches_sending_) {
    if (waiter_->is_aborted()) co_return "it was ended from here";
    if (Clock::now() >= deadline) co_return "it does not let itself be connected to";
    co_await waiter_->wait(deadline);
  }
  co_return stream_.finish_connect();
}

asio::awaitable<std::string> Connection::start_tls(Clock::time_point deadline) {
  stream_.start_tls(tls_);
  for (;;) {
    const Moved::End end = stream_.shake_hands().end;
    if (end == Moved::End::kSome) co_return std::string();
    if (end == Moved::End::kAwaitsRead) {
      watch_reading();
    } else if (end == Moved::End::kAwaitsWrite) {
      watch_sending();
    } else {
      co_return "it broke the TLS handshake off";
    }
    if (waiter_->is_aborted()) co_return "it was ended from here";
    if (Clock::now() >= deadline) co_return "it does not finish the TLS handshake";
    co_await waiter_->wait(deadline);
  }
}

asio::awaitable<std::string> Connection::shake_hands(Clock::time_point deadline) {
  // Where this cannot be sent, what there is to read says why.
  if (send(bytes_of(kGreeting)) != kGreeting.size() && can_send_) co_return "it takes nothing";
  std::string problem = co_await wait_for_bytes(1, deadline);
  if (!problem.empty()) co_return problem;
  const auto first = static_cast<std::uint8_t>(in_.bytes()[0]);
  if (first == kTlsAlert) co_return "it speaks TLS, of which its stub says nothing";
  if (first != kAck) co_return "it does not speak JRMP";
  problem = co_await wait_for_bytes(3, deadline);
  if (!problem.empty()) co_return problem;
  const std::size_t host_size =
      static_cast<std::size_t>(in_.bytes()[1]) << 8 | static_cast<std::size_t>(in_.bytes()[2]);
  problem = co_await wait_for_bytes(3 + host_size + 4, deadline);
  if (!problem.empty()) co_return problem;
  // What the target calls us is as good a name as any.
  const std::span<const std::byte> host = in_.bytes().subspan(1, 2 + host_size);
  Bytes own(reinterpret_cast<const char*>(host.data()), host.size());
  own.append(4, '\0');
  in_.take(3 + host_size + 4);
  if (!in_.empty()) co_return "it says more than it was asked";
  if (send(bytes_of(own)) != own.size()) co_return "it broke the connection off";
  co_return std::string();
}

asio::awaitable<std::string> Connection::wait_for_bytes(std::size_t count,
                                                        Clock::time_point deadline) {
  while (in_.bytes().size() < count) {
    if (receive()) continue;
    if (waiter_->is_aborted()) co_return "it was ended from here";
    if (lost_) co_return "it closed the connection";
    if (Clock::now() >= deadline) co_return "it accepted the connection and sent nothing";
    watch_reading();
    co_await waiter_->wait(deadline);
  }
  co_return std::string();
}

void Connection::close() {
  stream_.close();
  in_.clear();
  lost_ = true;
  can_send_ = false;
}

std::size_t Connection::send(std::span<const std::byte> bytes) {
  std::size_t sent = 0;
  while (sent < bytes.size() && can_send_ && !watches_sending_) {
    const Moved moved = stream_.write(bytes.subspan(sent));
    sent += moved.bytes;
    if (moved.end == Moved::End::kAwaitsWrite) {
      watch_sending();
    } else if (moved.end == Moved::End::kAwaitsRead) {
      // TLS first; receive() sees to it.
      watch_reading();
      break;
    } else if (moved.end != Moved::End::kSome) {
      // What was answered before may still be there to read; that then shows the end, too.
      can_send_ = false;
    }
  }
  return sent;
}

bool Connection::receive() {
  if (lost_) return false;
  const std::span<std::byte> room = in_.room();
  const Moved moved = stream_.read(room);
  in_.put(moved.bytes);
  has_more_ = moved.bytes == room.size();
  if (moved.end == Moved::End::kAwaitsWrite) watch_sending();
  if (moved.end == Moved::End::kClosed || moved.end == Moved::End::kBroken) lost_ = true;
  return moved.bytes > 0;
}

void Connection::watch_reading() {
  if (watches_reading_ || lost_) return;
  watches_reading_ = true;
  stream_.when_readable([self = shared_from_this()](const boost::system::error_code&) {
    self->watches_reading_ = false;
    self->waiter_->wake();
  });
}

void Connection::watch_sending() {
  if (watches_sending_) return;
  watches_sending_ = true;
  stream_.when_writable([self = shared_from_this()](const boost::system::error_code&) {
    self->watches_sending_ = false;
    self->waiter_->wake();
  });
}

void Connection::note_cut(Clock::time_point before, Clock::time_point now) {
  cut_size_ = in_.bytes().size();
  look_again_ = now + (now - before) * kLookPause;
}

}  // namespace jmxbridge
