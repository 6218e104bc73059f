#include "commands/signals.h"

#include <cerrno>
#include <ctime>
#include <system_error>

namespace jmxbridge {

Signals::Signals() {
  sigemptyset(&set_);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGQUIT}) sigaddset(&set_, signal);
  const int error = pthread_sigmask(SIG_BLOCK, &set_, nullptr);
  if (error != 0) throw std::system_error(error, std::generic_category(), "pthread_sigmask");
}

std::optional<int> Signals::wait_for(std::chrono::milliseconds time) const {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(time);
  timespec limit{};
  limit.tv_sec = seconds.count();
  limit.tv_nsec = std::chrono::nanoseconds(time - seconds).count();
  const int signal = sigtimedwait(&set_, nullptr, &limit);
  if (signal > 0) return signal;
  if (errno != EAGAIN && errno != EINTR) {
    throw std::system_error(errno, std::generic_category(), "sigtimedwait");
  }
  return std::nullopt;
}

}  // namespace jmxbridge
