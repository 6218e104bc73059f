#include "jrmp/waiter.h"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace jmxbridge {

asio::awaitable<void> Waiter::wait(Clock::time_point until) {
  if (!woken_) {
    boost::system::error_code cancelled;
    timer_.expires_at(until);
    co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
  }
  woken_ = false;
}

void Waiter::wake() {
  woken_ = true;
  timer_.cancel();
}

void Waiter::abort() {
  aborted_ = true;
  asio::post(timer_.get_executor(), [self = shared_from_this()] { self->wake(); });
}

}  // namespace jmxbridge
