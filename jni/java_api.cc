#include "jni/java_api.h"

#include <fmt/format.h>

#include <string>

#include "jni/refs.h"

namespace jmxbridge {
namespace {

/// Looks names up and remembers the first that is missing.
class Lookup {
 public:
  explicit Lookup(JNIEnv& env) : env_(env) {}

  jclass find_class(const char* name) {
    jclass local = env_.FindClass(name);
    if (local == nullptr) {
      miss(name, "");
      return nullptr;
    }
    jclass pinned = static_cast<jclass>(env_.NewGlobalRef(local));
    env_.DeleteLocalRef(local);
    class_name_ = name;
    return pinned;
  }

  jmethodID method(jclass type, const char* name, const char* signature) {
    if (type == nullptr) return nullptr;
    jmethodID id = env_.GetMethodID(type, name, signature);
    if (id == nullptr) miss(name, signature);
    return id;
  }

  jmethodID static_method(jclass type, const char* name, const char* signature) {
    if (type == nullptr) return nullptr;
    jmethodID id = env_.GetStaticMethodID(type, name, signature);
    if (id == nullptr) miss(name, signature);
    return id;
  }

  const std::string& missing() const { return missing_; }

 private:
  void miss(const char* name, const char* signature) {
    env_.ExceptionClear();
    if (missing_.empty()) missing_ = fmt::format("{} {}{}", class_name_, name, signature);
  }

  JNIEnv& env_;
  std::string class_name_;
  std::string missing_;
};

}  // namespace

Result<JavaApi> JavaApi::load(JNIEnv& env) {
  Lookup look(env);
  JavaApi api;
  api.jvm = look.find_class("io/jmxbridge/Jvm");
  api.jvm_adopt = look.static_method(api.jvm, "adopt", "()V");
  api.jvm_version = look.static_method(api.jvm, "version", "()[B");
  api.jvm_heap_used = look.static_method(api.jvm, "heapUsed", "()J");

  api.failures = look.find_class("io/jmxbridge/Failures");
  api.failures_describe = look.static_method(api.failures, "describe",
                                             "(Ljava/lang/Throwable;Lio/jmxbridge/Session;)[B");

  api.session = look.find_class("io/jmxbridge/Session");
  api.session_new = look.method(api.session, "<init>", "(JJ)V");
  api.session_open = look.method(api.session, "open", "(Lio/jmxbridge/Endpoint;JJ)V");
  api.session_open_own = look.method(api.session, "openOwn", "()V");
  api.session_wire_reference = look.method(api.session, "wireReference", "()[Ljava/lang/Object;");
  api.session_tls_material = look.method(api.session, "tlsMaterial", "()[[B");
  api.session_query = look.method(api.session, "query", "([BJJ)[Ljavax/management/ObjectName;");
  api.session_names = look.static_method(api.session, "names",
                                         "([Ljavax/management/ObjectName;ILjava/nio/ByteBuffer;)I");
  api.session_changes = look.method(api.session, "changes", "(IJJ)[B");
  api.session_plan = look.method(api.session, "plan", "(Ljava/nio/ByteBuffer;)Lio/jmxbridge/Plan;");
  api.session_fetch = look.method(api.session, "fetch", "(Lio/jmxbridge/Plan;)Lio/jmxbridge/Run;");
  api.session_describe =
      look.method(api.session, "describe", "(Ljava/nio/ByteBuffer;)Lio/jmxbridge/Run;");
  api.session_keep = look.method(api.session, "keep", "(JJ)V");
  api.session_abort = look.method(api.session, "abort", "(J)V");
  api.session_close = look.method(api.session, "close", "(JJ)V");

  api.endpoint = look.find_class("io/jmxbridge/Endpoint");
  api.endpoint_new = look.method(api.endpoint, "<init>", "([[BI[[BZ)V");

  api.lane = look.find_class("io/jmxbridge/Lane");
  api.lane_new = look.method(api.lane, "<init>", "(I)V");
  api.lane_read = look.method(api.lane, "read", "(Lio/jmxbridge/Run;Ljava/nio/ByteBuffer;JJ)I");

  api.authorities = look.find_class("io/jmxbridge/JdkAuthorities");
  api.authorities_now =
      look.static_method(api.authorities, "now", "()Lio/jmxbridge/JdkAuthorities;");
  api.authorities_generation = look.method(api.authorities, "generation", "()J");
  api.authorities_pem = look.method(api.authorities, "pem", "()[B");

  api.server_keys = look.find_class("io/jmxbridge/ServerKeys");
  api.server_keys_of = look.static_method(api.server_keys, "of", "([[B)[[B");

  api.bytes = look.find_class("[B");

  if (!look.missing().empty()) {
    return fail(
        fmt::format("jmxbridge.jar does not fit this program, it lacks {}; install both "
                    "from the same release",
                    look.missing()));
  }
  return api;
}

JavaFailure JavaApi::take_failure(JNIEnv& env, jobject of_session) const {
  jthrowable thrown = env.ExceptionOccurred();
  env.ExceptionClear();
  jbyteArray text = static_cast<jbyteArray>(
      env.CallStaticObjectMethod(failures, failures_describe, thrown, of_session));
  JavaFailure failure;
  if (env.ExceptionCheck()) {
    // Only a lack of memory can keep it from describing itself.
    env.ExceptionClear();
    failure.causes.push_back({"java.lang.OutOfMemoryError", ""});
  } else {
    failure = JavaFailure::parse(from_java_bytes(env, text));
  }
  env.DeleteLocalRef(text);
  env.DeleteLocalRef(thrown);
  return failure;
}

}  // namespace jmxbridge
