#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"

namespace jmxbridge {

class JavaRuntime;

/// How the embedded JVM is to be started.
struct JavaOptions {
  std::string java_home;  ///< --java.home; empty: look for one (java_home.h)
  std::string options;    ///< --java.options: added last, split at blanks
  std::string jar;        ///< empty: next to the program, then ../share/jmxbridge/ from it
  /// Expected number of targets; the heap grows by 64 KiB for each.
  std::uint32_t targets = 1;
  /// A writable folder for the report of a crash; empty: STATE_DIRECTORY, TMPDIR or /tmp.
  std::string error_folder;
};

/// The embedded JVM. A handle: copies mean the same JVM. Thread-safe.
///
/// One can be started in the life of a process, and it is never ended: leave the process with
/// _Exit(), after JvmConnector::close_all().
class JavaVm {
 public:
  /// Finds a runtime and starts it. The environment's JAVA_TOOL_OPTIONS, _JAVA_OPTIONS and
  /// JDK_JAVA_OPTIONS are unset first, so call it before other threads read the environment.
  static Result<JavaVm> start(const JavaOptions& options);

  /// As `java.version` has it, such as `17.0.15`.
  const std::string& version() const;

  /// Bytes of the Java heap in use, for `jmxbridge_java_heap_used_bytes`; 0 if the JVM does not
  /// answer within 100 ms.
  std::uint64_t heap_used_bytes() const;

  const std::shared_ptr<JavaRuntime>& runtime() const { return runtime_; }

 private:
  explicit JavaVm(std::shared_ptr<JavaRuntime> runtime) : runtime_(std::move(runtime)) {}

  std::shared_ptr<JavaRuntime> runtime_;
};

}  // namespace jmxbridge
