#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <utility>

#include "jni/java_session.h"

namespace jmxbridge {

/// Makes a small call on a session whenever there was none for a while: a target closes a session
/// without calls. Lives on the strand of the session's target; a timer that is late holds it.
class SessionKeeper : public std::enable_shared_from_this<SessionKeeper> {
 public:
  SessionKeeper(const std::shared_ptr<JavaSession>& session, std::chrono::milliseconds after)
      : session_(session), after_(after) {}

  /// A call begins now.
  void note_call(const asio::any_io_executor& executor);

 private:
  const std::weak_ptr<JavaSession> session_;
  const std::chrono::milliseconds after_;
  std::optional<asio::steady_timer> timer_;
};

}  // namespace jmxbridge
