#include "jni/java_runtime.h"

#include <fmt/format.h>

#include <exception>
#include <thread>
#include <utility>

#include "base/log.h"
#include "jni/refs.h"

namespace jmxbridge {

JavaRuntime::JavaRuntime(::JavaVM* vm, const JavaApi& api, std::string version)
    : vm_(vm), api_(api), version_(std::move(version)) {}

void JavaRuntime::post(Work work, JavaJob job) {
  {
    const std::lock_guard lock(mutex_);
    (work == Work::kOpen ? opens_ : reads_).push_back(std::move(job));
    if (waiting_ < static_cast<int>(reads_.size() + opens_.size()) && workers_ < kThreads) {
      start_worker();
    }
  }
  work_there_.notify_one();
}

void JavaRuntime::control(JavaJob job) {
  {
    const std::lock_guard lock(control_mutex_);
    controls_.push_back(std::move(job));
  }
  control_there_.notify_one();
}

bool JavaRuntime::wait_idle(std::chrono::milliseconds within) {
  std::unique_lock lock(mutex_);
  return idle_.wait_for(
      lock, within, [this] { return reads_.empty() && opens_.empty() && waiting_ == workers_; });
}

void JavaRuntime::serve_control(JNIEnv& env) {
  for (;;) {
    JavaJob job;
    {
      std::unique_lock lock(control_mutex_);
      control_there_.wait(lock, [this] { return !controls_.empty(); });
      job = std::move(controls_.front());
      controls_.pop_front();
    }
    run(env, job);
  }
}

void JavaRuntime::drop_global_ref(jobject object) {
  count_global_ref(-1);
  void* env = nullptr;
  if (vm_->GetEnv(&env, JNI_VERSION_10) == JNI_OK) {
    static_cast<JNIEnv*>(env)->DeleteGlobalRef(object);
  } else {
    control([object](JNIEnv& attached) { attached.DeleteGlobalRef(object); });
  }
}

int JavaRuntime::workers() const {
  const std::lock_guard lock(mutex_);
  return workers_;
}

// Called with the lock held.
void JavaRuntime::start_worker() {
  workers_++;
  std::thread([self = shared_from_this(), number = workers_] {
    std::string name = fmt::format("jmxbridge-{}", number);
    JavaVMAttachArgs args{JNI_VERSION_10, name.data(), nullptr};
    void* env = nullptr;
    if (self->vm_->AttachCurrentThreadAsDaemon(&env, &args) != JNI_OK) {
      log::error("A thread cannot be attached to the JVM; its memory is exhausted");
      const std::lock_guard lock(self->mutex_);
      self->workers_--;
      return;
    }
    self->serve(*static_cast<JNIEnv*>(env));
  }).detach();
}

bool JavaRuntime::has_job() const {
  return !reads_.empty() || (!opens_.empty() && opening_ < kOpeners);
}

void JavaRuntime::serve(JNIEnv& env) {
  // RMI looks classes up with the thread's context class loader; a native thread has none.
  env.CallStaticVoidMethod(api_.jvm, api_.jvm_adopt);
  if (env.ExceptionCheck()) env.ExceptionClear();
  std::unique_lock lock(mutex_);
  for (;;) {
    waiting_++;
    idle_.notify_all();
    work_there_.wait(lock, [this] { return has_job(); });
    waiting_--;
    const bool opens = reads_.empty();
    std::deque<JavaJob>& queue = opens ? opens_ : reads_;
    JavaJob job = std::move(queue.front());
    queue.pop_front();
    opening_ += opens ? 1 : 0;
    lock.unlock();
    run(env, job);
    job = nullptr;
    lock.lock();
    opening_ -= opens ? 1 : 0;
  }
}

void JavaRuntime::run(JNIEnv& env, const JavaJob& job) {
  const LocalFrame frame(env);
  try {
    if (frame) job(env);
  } catch (const std::exception& failure) {
    log::error("A job on a Java thread failed: {}", printable(failure.what()));
  }
  if (env.ExceptionCheck()) env.ExceptionClear();
}

}  // namespace jmxbridge
