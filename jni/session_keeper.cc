#include "jni/session_keeper.h"

namespace jmxbridge {

void SessionKeeper::note_call(const asio::any_io_executor& executor) {
  if (!timer_) timer_.emplace(executor);
  timer_->expires_after(after_);
  timer_->async_wait([weak = weak_from_this(), executor](const boost::system::error_code& ended) {
    const std::shared_ptr<SessionKeeper> self = weak.lock();
    if (ended || !self) return;
    const std::shared_ptr<JavaSession> session = self->session_.lock();
    if (!session) return;
    session->keep();
    self->note_call(executor);
  });
}

}  // namespace jmxbridge
