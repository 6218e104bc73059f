#include "jni/java_session.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <limits>
#include <utility>

namespace jmxbridge {
namespace {

/// Closing is a call of its own, after all others.
constexpr std::int64_t kClosing = std::numeric_limits<std::int64_t>::max() - 1;
constexpr std::chrono::seconds kCloseTime{2};
constexpr std::chrono::seconds kKeepTime{10};
/// Java's socket deadlines are whole milliseconds.
constexpr std::chrono::milliseconds kClockGrain{5};

}  // namespace

JavaSession::JavaSession(std::shared_ptr<JavaRuntime> runtime, TargetAddress target,
                         const Dial& dial)
    : runtime_(std::move(runtime)),
      target_(std::move(target)),
      dial_(runtime_->dials().add(dial)) {}

JavaSession::~JavaSession() { close(); }

bool JavaSession::make_object(JNIEnv& env) {
  const JavaApi& api = runtime_->api();
  jobject local =
      env.NewObject(api.session, api.session_new, reinterpret_cast<jlong>(&runtime_->dials()),
                    static_cast<jlong>(dial_->id()));
  if (local == nullptr) return false;
  auto object = std::make_shared<GlobalRef>(runtime_, env, local);
  env.DeleteLocalRef(local);
  const std::lock_guard lock(mutex_);
  object_ = std::move(object);
  return true;
}

JavaSession::Call::Call(JavaSession& session, const asio::any_io_executor& executor,
                        Deadline deadline)
    : session_(session),
      deadline_(deadline),
      timer_(executor),
      number_(++session.last_call_),
      wakeup_(std::make_shared<Wakeup>(timer_)),
      aborted_(std::make_shared<bool>(false)) {
  const std::lock_guard lock(session_.mutex_);
  session_.current_ = number_;
  session_.current_wakeup_ = wakeup_;
  session_.current_aborted_ = aborted_;
}

JavaSession::Call::~Call() {
  {
    const std::lock_guard lock(session_.mutex_);
    session_.current_wakeup_ = nullptr;
    session_.current_aborted_ = nullptr;
  }
  wakeup_->close();
}

asio::awaitable<void> JavaSession::Call::wait(Deadline until) {
  boost::system::error_code cancelled;
  timer_.expires_at(std::min(until, deadline_));
  co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
}

Error JavaSession::take_error(JNIEnv& env, Deadline deadline) const {
  const JavaFailure failure = runtime_->api().take_failure(env, object_ ? object_->get() : nullptr);
  const bool expired = std::chrono::steady_clock::now() + kClockGrain >= deadline;
  return explain(failure, target_, expired);
}

Error JavaSession::deadline_error() const {
  return {ErrorKind::kDeadline,
          fmt::format("{} did not answer in time; raise the scrape timeout, or check the target",
                      target_.text())};
}

Error JavaSession::aborted_error() const {
  return {ErrorKind::kAborted, fmt::format("Reading {} was ended from here", target_.text())};
}

void JavaSession::keep() {
  {
    const std::lock_guard lock(mutex_);
    if (current_wakeup_) return;
  }
  runtime_->post(JavaRuntime::Work::kRead,
                 [self = shared_from_this(), number = ++last_call_](JNIEnv& env) {
                   if (self->is_given_up(number)) return;
                   const Deadline deadline = std::chrono::steady_clock::now() + kKeepTime;
                   env.CallVoidMethod(self->object(), self->runtime()->api().session_keep,
                                      static_cast<jlong>(number), to_java_nanos(deadline));
                   // What is wrong with the session, the next call says.
                   if (env.ExceptionCheck()) env.ExceptionClear();
                 });
}

void JavaSession::abort() {
  std::int64_t number = 0;
  {
    const std::lock_guard lock(mutex_);
    if (!current_wakeup_) return;
    number = current_;
    current_wakeup_->post([aborted = current_aborted_] { *aborted = true; });
  }
  give_up(number);
}

void JavaSession::give_up(std::int64_t number) {
  std::int64_t before = given_up_;
  while (before < number && !given_up_.compare_exchange_weak(before, number)) {
  }
  std::shared_ptr<GlobalRef> object;
  {
    const std::lock_guard lock(mutex_);
    object = object_;
  }
  // Without an object nothing is connected yet, and given_up_ keeps it so.
  if (!object) return;
  runtime_->control([object, runtime = runtime_, number](JNIEnv& env) {
    env.CallVoidMethod(object->get(), runtime->api().session_abort, static_cast<jlong>(number));
  });
}

void JavaSession::close() {
  std::shared_ptr<GlobalRef> object;
  {
    const std::lock_guard lock(mutex_);
    if (closed_ || !object_) return;
    closed_ = true;
    object = object_;
  }
  // The dial function must live until the close has been sent.
  runtime_->post(JavaRuntime::Work::kRead,
                 [object = std::move(object), dial = dial_, runtime = runtime_](JNIEnv& env) {
                   const Deadline deadline = std::chrono::steady_clock::now() + kCloseTime;
                   env.CallVoidMethod(object->get(), runtime->api().session_close,
                                      static_cast<jlong>(kClosing), to_java_nanos(deadline));
                   // The target forgets a session that cannot be closed by itself.
                   if (env.ExceptionCheck()) env.ExceptionClear();
                 });
}

}  // namespace jmxbridge
