#pragma once

#include <jni.h>

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "base/result.h"
#include "jni/dial_table.h"
#include "jni/explain.h"
#include "jni/java_runtime.h"
#include "jni/refs.h"
#include "jni/wakeup.h"
#include "scrape/connector.h"

namespace jmxbridge {

/// The deadline on the clock of Java's System.nanoTime().
inline jlong to_java_nanos(Deadline deadline) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(deadline.time_since_epoch()).count();
}

/// One session of the Java side, and what it takes to call it by a deadline. Calls are numbered;
/// giving one up closes the sockets of all calls up to its number, which frees their threads.
///
/// Coroutines run on the strand of the session's target, one at a time; abort() and close() may be
/// called from any thread. The last owner's end closes the session at the target, without waiting.
class JavaSession : public std::enable_shared_from_this<JavaSession> {
 public:
  JavaSession(std::shared_ptr<JavaRuntime> runtime, TargetAddress target, const Dial& dial);
  ~JavaSession();
  JavaSession(const JavaSession&) = delete;
  JavaSession& operator=(const JavaSession&) = delete;

  const std::shared_ptr<JavaRuntime>& runtime() const { return runtime_; }
  const TargetAddress& target() const { return target_; }

  /// Keeps a password out of every text from here on. On a Java thread, before make_object().
  void hide(std::string password) { target_.password = std::move(password); }
  /// Makes the Java object, once, on a Java thread. False with a pending exception on failure.
  bool make_object(JNIEnv& env);
  /// The Java object; for Java threads, after make_object().
  jobject object() const { return object_->get(); }

  /// A call under way: its number, and how its strand waits and is woken.
  class Call {
   public:
    Call(JavaSession& session, const asio::any_io_executor& executor, Deadline deadline);
    ~Call();
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;

    std::int64_t number() const { return number_; }
    const std::shared_ptr<Wakeup>& wakeup() const { return wakeup_; }
    Deadline deadline() const { return deadline_; }
    bool is_aborted() const { return *aborted_; }
    bool is_expired() const { return std::chrono::steady_clock::now() >= deadline_; }
    /// Waits until a job delivers something, or for the time, which the deadline cuts short.
    asio::awaitable<void> wait(Deadline until);
    /// Closes the sockets of this call and of those before it.
    void give_up() { session_.give_up(number_); }

   private:
    JavaSession& session_;
    const Deadline deadline_;
    asio::steady_timer timer_;
    const std::int64_t number_;
    const std::shared_ptr<Wakeup> wakeup_;
    const std::shared_ptr<bool> aborted_;
  };

  /// Runs `work` on a Java thread and returns its result, or by the call's deadline an error.
  /// `work` must own what it uses: it may still run when this has returned.
  template <class T>
  asio::awaitable<Result<T>> run(Call& call, JavaRuntime::Work kind,
                                 std::function<Result<T>(JNIEnv&)> work);

  /// Takes the pending exception as an Error.
  Error take_error(JNIEnv& env, Deadline deadline) const;
  Error deadline_error() const;
  Error aborted_error() const;

  /// True once calls up to this number have been given up.
  bool is_given_up(std::int64_t number) const { return number <= given_up_; }

  /// Makes a small call without waiting for it, unless one is under way. On the strand.
  void keep();
  /// Makes the call under way return at once.
  void abort();
  /// Closes the session at the target, without waiting; calls after it fail.
  void close();

 private:
  void give_up(std::int64_t number);

  const std::shared_ptr<JavaRuntime> runtime_;
  TargetAddress target_;
  const std::shared_ptr<DialTable::Entry> dial_;
  std::int64_t last_call_ = 0;
  std::atomic<std::int64_t> given_up_ = -1;

  std::mutex mutex_;
  std::shared_ptr<GlobalRef> object_;  ///< set once
  bool closed_ = false;
  std::int64_t current_ = 0;                ///< the call under way
  std::shared_ptr<Wakeup> current_wakeup_;  ///< of that call; null if there is none
  std::shared_ptr<bool> current_aborted_;
};

template <class T>
asio::awaitable<Result<T>> JavaSession::run(Call& call, JavaRuntime::Work kind,
                                            std::function<Result<T>(JNIEnv&)> work) {
  const auto outcome = std::make_shared<std::optional<Result<T>>>();
  runtime_->post(kind, [self = shared_from_this(), wakeup = call.wakeup(), outcome,
                        number = call.number(), work = std::move(work)](JNIEnv& env) {
    if (self->is_given_up(number)) return;
    const auto result = std::make_shared<Result<T>>(work(env));
    wakeup->post([outcome, result] { *outcome = std::move(*result); });
  });
  while (!*outcome) {
    if (call.is_aborted()) co_return fail(aborted_error());
    if (call.is_expired()) {
      call.give_up();
      co_return fail(deadline_error());
    }
    co_await call.wait(call.deadline());
  }
  // What an abort makes fail is no failure of the session.
  if (call.is_aborted() && !**outcome) co_return fail(aborted_error());
  co_return std::move(**outcome);
}

}  // namespace jmxbridge
