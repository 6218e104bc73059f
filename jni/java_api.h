#pragma once

#include <jni.h>

#include "base/result.h"
#include "jni/java_failure.h"

namespace jmxbridge {

/// Every class and method of the Java side that C++ uses, looked up once. The classes are pinned
/// for the life of the process, so that the method ids stay valid.
struct JavaApi {
  jclass jvm = nullptr;
  jmethodID jvm_adopt = nullptr;
  jmethodID jvm_version = nullptr;
  jmethodID jvm_heap_used = nullptr;

  jclass failures = nullptr;
  jmethodID failures_describe = nullptr;

  jclass session = nullptr;
  jmethodID session_new = nullptr;
  jmethodID session_open = nullptr;
  jmethodID session_open_own = nullptr;
  jmethodID session_wire_reference = nullptr;
  jmethodID session_tls_material = nullptr;
  jmethodID session_query = nullptr;
  jmethodID session_names = nullptr;
  jmethodID session_changes = nullptr;
  jmethodID session_plan = nullptr;
  jmethodID session_fetch = nullptr;
  jmethodID session_describe = nullptr;
  jmethodID session_keep = nullptr;
  jmethodID session_abort = nullptr;
  jmethodID session_close = nullptr;

  jclass endpoint = nullptr;
  jmethodID endpoint_new = nullptr;

  jclass lane = nullptr;
  jmethodID lane_new = nullptr;
  jmethodID lane_read = nullptr;

  jclass authorities = nullptr;
  jmethodID authorities_now = nullptr;
  jmethodID authorities_generation = nullptr;
  jmethodID authorities_pem = nullptr;

  jclass server_keys = nullptr;
  jmethodID server_keys_of = nullptr;

  jclass bytes = nullptr;  ///< byte[]

  /// Looks everything up; the error names what the jar lacks.
  static Result<JavaApi> load(JNIEnv& env);

  /// Takes the pending exception away and says what it was; `session` may be null.
  JavaFailure take_failure(JNIEnv& env, jobject session) const;
};

}  // namespace jmxbridge
