#pragma once

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>

namespace jmxbridge {

namespace asio = boost::asio;

/// Does the slow checks of passwords: one after another, on a thread of its own that gives way to
/// all others, so that whoever tries passwords out slows down nothing but himself. Thread-safe; the
/// context of those who wait must outlive it, or stop() have returned.
class PasswordWork {
 public:
  using Check = std::function<bool()>;

  /// How many checks may wait or be under way.
  static constexpr std::size_t kMost = 16;

  PasswordWork();
  ~PasswordWork();
  PasswordWork(const PasswordWork&) = delete;
  PasswordWork& operator=(const PasswordWork&) = delete;

  /// What the check says; nothing if there are too many already.
  asio::awaitable<std::optional<bool>> run(std::shared_ptr<const Check> check);

  /// Ends the thread after the check under way. Those that wait get no answer.
  void stop();

 private:
  std::atomic<std::size_t> under_way_{0};
  asio::thread_pool pool_;
};

}  // namespace jmxbridge
