#pragma once

#include <jni.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "jni/dial_table.h"
#include "jni/java_api.h"

namespace jmxbridge {

/// Work for a thread that is attached to the JVM. Local references are freed when it returns, an
/// exception that it leaves pending is dropped.
using JavaJob = std::function<void(JNIEnv&)>;

/// The running JVM and the threads that work in it. Thread-safe. It is never destroyed: its
/// threads, which never end, own it.
class JavaRuntime : public std::enable_shared_from_this<JavaRuntime> {
 public:
  /// Opening may take all but these threads, so that dead targets do not keep others from being
  /// read.
  static constexpr int kThreads = 16;
  static constexpr int kOpeners = 12;

  enum class Work : std::uint8_t { kOpen, kRead };

  JavaRuntime(::JavaVM* vm, const JavaApi& api, std::string version);
  JavaRuntime(const JavaRuntime&) = delete;
  JavaRuntime& operator=(const JavaRuntime&) = delete;

  const JavaApi& api() const { return api_; }
  const std::string& version() const { return version_; }
  DialTable& dials() { return dials_; }

  /// Has a worker do the job, which may block; workers are started as they are needed.
  void post(Work work, JavaJob job);
  /// Has the control thread do the job soon; it must not block.
  void control(JavaJob job);
  /// Waits until no worker has anything to do; false if that takes longer.
  bool wait_idle(std::chrono::milliseconds within);

  /// Does what control() is handed, for ever, on the calling thread, which is attached.
  [[noreturn]] void serve_control(JNIEnv& env);

  void count_global_ref(int change) { global_refs_ += change; }
  void drop_global_ref(jobject object);
  /// How many GlobalRefs are alive, for tests.
  int global_refs() const { return global_refs_; }
  /// How many workers have been started.
  int workers() const;

 private:
  void serve(JNIEnv& env);
  void start_worker();
  bool has_job() const;
  static void run(JNIEnv& env, const JavaJob& job);

  ::JavaVM* vm_;
  const JavaApi api_;
  const std::string version_;
  DialTable dials_;
  std::atomic<int> global_refs_ = 0;

  mutable std::mutex mutex_;
  std::condition_variable work_there_;
  std::condition_variable idle_;
  std::deque<JavaJob> reads_;
  std::deque<JavaJob> opens_;
  int workers_ = 0;
  int waiting_ = 0;
  int opening_ = 0;

  std::mutex control_mutex_;
  std::condition_variable control_there_;
  std::deque<JavaJob> controls_;
};

}  // namespace jmxbridge
