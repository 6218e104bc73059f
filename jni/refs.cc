#include "jni/refs.h"

#include <utility>

#include "jni/java_runtime.h"

namespace jmxbridge {

namespace {
// More than any job makes outside loops of its own.
constexpr jint kLocalRefs = 32;
}  // namespace

LocalFrame::LocalFrame(JNIEnv& env) : env_(env), pushed_(env.PushLocalFrame(kLocalRefs) == 0) {}

LocalFrame::~LocalFrame() {
  if (pushed_) env_.PopLocalFrame(nullptr);
}

GlobalRef::GlobalRef(std::shared_ptr<JavaRuntime> runtime, JNIEnv& env, jobject local)
    : runtime_(std::move(runtime)) {
  if (local != nullptr) object_ = env.NewGlobalRef(local);
  if (object_ != nullptr) runtime_->count_global_ref(1);
}

GlobalRef::~GlobalRef() {
  if (object_ != nullptr) runtime_->drop_global_ref(object_);
}

GlobalRef::GlobalRef(GlobalRef&& other) noexcept
    : runtime_(std::move(other.runtime_)), object_(std::exchange(other.object_, nullptr)) {}

GlobalRef& GlobalRef::operator=(GlobalRef&& other) noexcept {
  std::swap(runtime_, other.runtime_);
  std::swap(object_, other.object_);
  return *this;
}

jbyteArray to_java_bytes(JNIEnv& env, std::string_view bytes) {
  const jsize size = static_cast<jsize>(bytes.size());
  jbyteArray array = env.NewByteArray(size);
  if (array != nullptr) {
    env.SetByteArrayRegion(array, 0, size, reinterpret_cast<const jbyte*>(bytes.data()));
  }
  return array;
}

std::string from_java_bytes(JNIEnv& env, jbyteArray bytes) {
  if (bytes == nullptr) return {};
  std::string text(static_cast<std::size_t>(env.GetArrayLength(bytes)), '\0');
  env.GetByteArrayRegion(bytes, 0, static_cast<jsize>(text.size()),
                         reinterpret_cast<jbyte*>(text.data()));
  return text;
}

}  // namespace jmxbridge
