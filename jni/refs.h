#pragma once

#include <jni.h>

#include <memory>
#include <string>
#include <string_view>

namespace jmxbridge {

class JavaRuntime;

/// Frees every local reference that is made within its life. One thread, innermost first.
class LocalFrame {
 public:
  explicit LocalFrame(JNIEnv& env);
  ~LocalFrame();
  LocalFrame(const LocalFrame&) = delete;
  LocalFrame& operator=(const LocalFrame&) = delete;

  /// False if there is no memory for it; a Java exception is pending then.
  explicit operator bool() const { return pushed_; }

 private:
  JNIEnv& env_;
  bool pushed_;
};

/// Owns a global reference; may be moved between threads and die on any of them.
class GlobalRef {
 public:
  GlobalRef() = default;
  /// Empty if `local` is null or there is no memory.
  GlobalRef(std::shared_ptr<JavaRuntime> runtime, JNIEnv& env, jobject local);
  ~GlobalRef();
  GlobalRef(GlobalRef&& other) noexcept;
  GlobalRef& operator=(GlobalRef&& other) noexcept;

  jobject get() const { return object_; }
  explicit operator bool() const { return object_ != nullptr; }

 private:
  std::shared_ptr<JavaRuntime> runtime_;
  jobject object_ = nullptr;
};

/// A new byte[]; null with a pending exception if there is no memory.
jbyteArray to_java_bytes(JNIEnv& env, std::string_view bytes);

/// What a byte[] holds; empty for null.
std::string from_java_bytes(JNIEnv& env, jbyteArray bytes);

}  // namespace jmxbridge
