#include "jni/server_keys.h"

#include <future>

#include "base/log.h"
#include "jni/byte_arrays.h"
#include "jni/explain_tls.h"
#include "jni/java_runtime.h"

namespace jmxbridge {
namespace {

// As io.jmxbridge.ServerKeys.of() takes them.
constexpr jsize kStoreSettings = 7;
constexpr jsize kKeys = 0;
constexpr jsize kAlias = 3;
constexpr jsize kTrusted = 4;

// As it gives them.
constexpr jsize kCertificatesAt = 0;
constexpr jsize kKeyAt = 1;
constexpr jsize kAuthoritiesAt = 2;
constexpr jsize kAliasTaken = 3;

void put_store(JNIEnv& env, jobjectArray array, jsize at, const ServerStores::Store& store) {
  put_bytes(env, array, at, store.filename);
  if (store.type) put_bytes(env, array, at + 1, *store.type);
  put_bytes(env, array, at + 2, store.password);
}

Unexpected<Error> explain(const JavaFailure& failure) {
  if (const JavaCause* refused = failure.find("io.jmxbridge.TlsRefused")) {
    return fail(printable(refused->message, kSentence));
  }
  return fail("The stores of httpServer.ssl cannot be read (" +
              printable(failure.innermost().type) + "); see --java.options");
}

Result<ServerKeys> read(JNIEnv& env, const JavaApi& api, const ServerStores& stores) {
  jobjectArray given = env.NewObjectArray(kStoreSettings, api.bytes, nullptr);
  if (given != nullptr) {
    put_store(env, given, kKeys, stores.keys);
    if (stores.alias) put_bytes(env, given, kAlias, *stores.alias);
    if (stores.trusted) put_store(env, given, kTrusted, *stores.trusted);
  }
  jobjectArray found = nullptr;
  if (!env.ExceptionCheck()) {
    found = static_cast<jobjectArray>(
        env.CallStaticObjectMethod(api.server_keys, api.server_keys_of, given));
  }
  if (env.ExceptionCheck()) return explain(api.take_failure(env, nullptr));
  ServerKeys keys;
  keys.certificates = bytes_at(env, found, kCertificatesAt);
  keys.key = take_secret(env, found, kKeyAt);
  keys.authorities = bytes_at(env, found, kAuthoritiesAt);
  keys.alias = bytes_at(env, found, kAliasTaken);
  if (env.ExceptionCheck()) return explain(api.take_failure(env, nullptr));
  return keys;
}

}  // namespace

Result<ServerKeys> read_server_keys(const JavaVm& java, const ServerStores& stores,
                                    std::chrono::milliseconds within) {
  const std::shared_ptr<JavaRuntime>& runtime = java.runtime();
  auto answer = std::make_shared<std::promise<Result<ServerKeys>>>();
  std::future<Result<ServerKeys>> keys = answer->get_future();
  runtime->post(JavaRuntime::Work::kRead, [answer, stores, api = &runtime->api()](JNIEnv& env) {
    answer->set_value(read(env, *api, stores));
  });
  if (keys.wait_for(within) == std::future_status::ready) return keys.get();
  return fail(ErrorKind::kDeadline,
              "The stores of httpServer.ssl could not be read in time; see whether their disk "
              "answers");
}

}  // namespace jmxbridge
