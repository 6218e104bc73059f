#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>

#include "scrape/source.h"

namespace jmxbridge {

/// Lets jobs on Java threads hand results to a coroutine that waits on its strand. Jobs share it
/// with the coroutine; once that has closed it, what they deliver is dropped, so a job that is late
/// touches neither the coroutine nor its executor.
class Wakeup : public std::enable_shared_from_this<Wakeup> {
 public:
  explicit Wakeup(asio::steady_timer& timer) : executor_(timer.get_executor()), timer_(&timer) {}

  /// Runs `deliver` on the strand and wakes the coroutine; nothing if that has gone. Any thread.
  void post(std::function<void()> deliver) {
    const std::lock_guard lock(mutex_);
    if (timer_ == nullptr) return;
    asio::post(executor_, [self = shared_from_this(), deliver = std::move(deliver)] {
      if (self->timer_ == nullptr) return;
      deliver();
      self->timer_->cancel();
    });
  }

  /// Ends deliveries; on the strand, or where the strand cannot run any more.
  void close() {
    const std::lock_guard lock(mutex_);
    timer_ = nullptr;
    executor_ = {};
  }

 private:
  std::mutex mutex_;
  asio::any_io_executor executor_;
  asio::steady_timer* timer_;  ///< of the coroutine; null when that has gone
};

}  // namespace jmxbridge
