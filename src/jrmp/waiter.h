#pragma once

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <memory>

namespace jmxbridge {

namespace asio = boost::asio;

/// What one coroutine waits with: for sockets and jobs, which wake it, and for the time. Lives on
/// the coroutine's executor; what may come late holds it by a shared pointer.
class Waiter : public std::enable_shared_from_this<Waiter> {
 public:
  using Clock = std::chrono::steady_clock;

  explicit Waiter(const asio::any_io_executor& executor) : timer_(executor) {}

  asio::any_io_executor executor() { return timer_.get_executor(); }

  /// Returns at that time, or when woken since the last wait.
  asio::awaitable<void> wait(Clock::time_point until);
  /// On the executor.
  void wake();

  /// Wakes the coroutine and has it see is_aborted(). Any thread.
  void abort();
  bool is_aborted() const { return aborted_; }
  /// A new call begins.
  void clear_abort() { aborted_ = false; }

 private:
  asio::steady_timer timer_;
  bool woken_ = false;
  std::atomic<bool> aborted_ = false;
};

}  // namespace jmxbridge
