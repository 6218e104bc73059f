#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "jrmp/in_buffer.h"
#include "jrmp/waiter.h"
#include "net/stream.h"

namespace jmxbridge {

/// A connection that speaks JRMP, between two calls or with answers outstanding. Made and used on
/// its source's strand, and held by shared pointers, because a wait may outlive its use.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  using Clock = Waiter::Clock;

  /// With `tls` it speaks TLS with that peer.
  Connection(std::shared_ptr<Waiter> waiter, std::shared_ptr<TlsPeer> tls)
      : waiter_(std::move(waiter)), tls_(std::move(tls)), stream_(waiter_->executor()) {}

  /// Connects to a numeric address and shakes hands (RMI Specification, 10.2: StreamProtocol), once
  /// in its life. Returns an empty text, or in a few words what went wrong.
  asio::awaitable<std::string> open(const std::string& address, std::uint16_t port,
                                    Clock::time_point deadline);
  /// If it was TLS that open() failed of: why, as a sentence about `peer`; else empty.
  std::string tls_problem(std::string_view peer) const { return stream_.tls_problem(peer); }
  void close();

  /// Sends what can be sent now and returns how much that was.
  std::size_t send(std::span<const std::byte> bytes);
  /// Reads once what is there; false if nothing came.
  bool receive();
  /// True if the last read took only a part of what was there.
  bool has_more() const { return has_more_; }
  /// True once the connection has ended, from either side; what came before may still be there.
  bool is_lost() const { return lost_; }

  InBuffer& in() { return in_; }
  void set_low_water(std::size_t bytes) { stream_.set_low_water(bytes); }

  /// Have the waiter woken when there is something to read, or room to send.
  void watch_reading();
  void watch_sending();

  /// An answer that is cut off is looked at again when twice the bytes are there, or when more are
  /// there and its last look was a small part of the time since: so one that comes in drops costs
  /// little more to read than one that comes at once.
  bool is_worth_a_look(Clock::time_point now) const {
    return in_.bytes().size() >= 2 * cut_size_ || (has_grown() && now >= look_again_);
  }
  /// True if something came since the last look.
  bool has_grown() const { return in_.bytes().size() > cut_size_; }
  void note_cut(Clock::time_point before, Clock::time_point now);
  void note_whole() { cut_size_ = 0; }
  bool is_cut() const { return cut_size_ != 0; }
  Clock::time_point look_again() const { return look_again_; }

  /// Answers that are on their way although nobody waits for them: they come first.
  std::uint32_t to_drop = 0;
  /// True if the call that was made last is one whose answer nobody waits for, and the answer to
  /// the one before is still to come.
  bool has_sentinel = false;
  /// Fewer bytes than that are left out up to what looks like the next answer; 0 where it comes
  /// next.
  std::size_t to_skip = 0;
  Clock::time_point last_used = Clock::now();

 private:
  asio::awaitable<std::string> connect(Clock::time_point deadline);
  asio::awaitable<std::string> start_tls(Clock::time_point deadline);
  asio::awaitable<std::string> shake_hands(Clock::time_point deadline);
  asio::awaitable<std::string> wait_for_bytes(std::size_t count, Clock::time_point deadline);

  const std::shared_ptr<Waiter> waiter_;
  const std::shared_ptr<TlsPeer> tls_;  ///< null: plain
  Stream stream_;
  InBuffer in_;
  bool lost_ = true;
  bool can_send_ = false;
  bool has_more_ = false;
  bool watches_reading_ = false;
  bool watches_sending_ = false;
  std::size_t cut_size_ = 0;
  Clock::time_point look_again_{};
};

}  // namespace jmxbridge
