#include "jni/byte_arrays.h"

#include <vector>

#include "base/wiped_text.h"
#include "jni/refs.h"

namespace jmxbridge {
namespace {

jbyteArray element(JNIEnv& env, jobjectArray array, jsize at) {
  return env.ExceptionCheck() ? nullptr
                              : static_cast<jbyteArray>(env.GetObjectArrayElement(array, at));
}

}  // namespace

void put_bytes(JNIEnv& env, jobjectArray array, jsize at, std::string_view text) {
  if (env.ExceptionCheck()) return;
  jbyteArray bytes = to_java_bytes(env, text);
  if (bytes == nullptr) return;
  env.SetObjectArrayElement(array, at, bytes);
  env.DeleteLocalRef(bytes);
}

std::string bytes_at(JNIEnv& env, jobjectArray array, jsize at) {
  jbyteArray bytes = element(env, array, at);
  std::string text = from_java_bytes(env, bytes);
  env.DeleteLocalRef(bytes);
  return text;
}

std::shared_ptr<const std::string> take_secret(JNIEnv& env, jobjectArray array, jsize at) {
  jbyteArray bytes = element(env, array, at);
  if (bytes == nullptr) return nullptr;
  std::shared_ptr<const std::string> secret = wiped_text(from_java_bytes(env, bytes));
  const std::vector<jbyte> zeros(secret->size());
  env.SetByteArrayRegion(bytes, 0, static_cast<jsize>(zeros.size()), zeros.data());
  env.DeleteLocalRef(bytes);
  return secret;
}

}  // namespace jmxbridge
