#include "jni/tls_session.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "jni/byte_arrays.h"
#include "jni/java_runtime.h"
#include "jni/refs.h"

namespace jmxbridge {
namespace {

// As io.jmxbridge.Tls.of() takes them.
constexpr jsize kSettings = 9;
constexpr jsize kKeyStore = 0;
constexpr jsize kTrustStore = 3;
constexpr jsize kProtocols = 6;
constexpr jsize kCiphers = 7;
constexpr jsize kVerifyHost = 8;

// As io.jmxbridge.Tls.material() gives them.
constexpr jsize kWhyNot = 0;
constexpr jsize kCertificates = 1;
constexpr jsize kKey = 2;
constexpr jsize kAuthorities = 3;
constexpr jsize kSpokenProtocols = 4;
constexpr jsize kSpokenCiphers = 5;
constexpr jsize kChecksHost = 6;
constexpr jsize kMaterial = 7;

Result<void> check_store(const std::optional<TlsStore>& store, std::string_view place) {
  if (!store || (store->filename && store->type)) return {};
  return fail(fmt::format("{} has no {}; give the store's filename and type, such as PKCS12", place,
                          store->filename ? "type" : "filename"));
}

Result<void> take_password(std::optional<TlsStore>& store, std::string_view place) {
  if (!store || !store->read_password) return {};
  Result<std::string> password = store->read_password();
  if (!password) {
    return fail(fmt::format("{}.passwordFile: {}", place, password.error().text));
  }
  store->password = std::move(*password);
  return {};
}

void put_store(JNIEnv& env, jobjectArray array, jsize at, const std::optional<TlsStore>& store) {
  if (!store) return;
  put_bytes(env, array, at, store->filename.value_or(""));
  put_bytes(env, array, at + 1, store->type.value_or(""));
  put_bytes(env, array, at + 2, store->password);
}

void put_lines(JNIEnv& env, jobjectArray array, jsize at, const std::vector<std::string>& words) {
  if (!words.empty()) put_bytes(env, array, at, fmt::format("{}", fmt::join(words, "\n")));
}

std::vector<std::string> split_lines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

}  // namespace

std::shared_ptr<const std::string> JdkAuthorityText::get(JNIEnv& env, const JavaApi& api) {
  const std::lock_guard lock(mutex_);
  jobject now = env.CallStaticObjectMethod(api.authorities, api.authorities_now);
  if (now != nullptr) {
    const std::int64_t generation = env.CallLongMethod(now, api.authorities_generation);
    if (!text_ || generation != generation_) {
      auto pem = static_cast<jbyteArray>(env.CallObjectMethod(now, api.authorities_pem));
      if (pem != nullptr) {
        text_ = std::make_shared<const std::string>(from_java_bytes(env, pem));
        generation_ = generation;
        env.DeleteLocalRef(pem);
      }
    }
    env.DeleteLocalRef(now);
  }
  if (env.ExceptionCheck()) env.ExceptionClear();
  return text_;
}

Result<void> check_tls(const TlsSettings& settings) {
  if (Result<void> key = check_store(settings.key_store, "ssl.keyStore"); !key) return key;
  return check_store(settings.trust_store, "ssl.trustStore");
}

Result<TlsSettings> with_passwords(TlsSettings settings) {
  for (const auto& [store, place] : {std::pair(&settings.key_store, "ssl.keyStore"),
                                     std::pair(&settings.trust_store, "ssl.trustStore")}) {
    if (Result<void> taken = take_password(*store, place); !taken) {
      return fail(std::move(taken.error()));
    }
  }
  return settings;
}

bool registry_speaks_tls() {
  const char* value = std::getenv("RMI_REGISTRY_SSL_DISABLED");
  if (value == nullptr) return true;
  std::string lower(value);
  std::transform(lower.begin(), lower.end(), lower.begin(), to_lower);
  return lower != "true";
}

jobjectArray to_java_tls(JNIEnv& env, const JavaApi& api, const TlsSettings& settings) {
  jobjectArray array = env.NewObjectArray(kSettings, api.bytes, nullptr);
  if (array == nullptr) return nullptr;
  put_store(env, array, kKeyStore, settings.key_store);
  put_store(env, array, kTrustStore, settings.trust_store);
  put_lines(env, array, kProtocols, settings.protocols);
  put_lines(env, array, kCiphers, settings.ciphers);
  if (settings.verify_host) put_bytes(env, array, kVerifyHost, *settings.verify_host ? "1" : "0");
  return array;
}

Result<TlsMaterial> read_tls_material(JNIEnv& env, const JavaSession& session,
                                      JdkAuthorityText& authorities) {
  const JavaApi& api = session.runtime()->api();
  auto parts =
      static_cast<jobjectArray>(env.CallObjectMethod(session.object(), api.session_tls_material));
  if (env.ExceptionCheck()) env.ExceptionClear();
  if (parts == nullptr || env.GetArrayLength(parts) != kMaterial) {
    return fail("the JVM does not give its key and certificates");
  }
  if (std::string why = bytes_at(env, parts, kWhyNot); !why.empty()) return fail(std::move(why));
  TlsMaterial material;
  material.certificates = bytes_at(env, parts, kCertificates);
  material.key = take_secret(env, parts, kKey);
  material.authorities = bytes_at(env, parts, kAuthorities);
  material.jdk_authorities = authorities.get(env, api);
  material.protocols = split_lines(bytes_at(env, parts, kSpokenProtocols));
  material.ciphers = split_lines(bytes_at(env, parts, kSpokenCiphers));
  material.verify_host = !bytes_at(env, parts, kChecksHost).empty();
  env.DeleteLocalRef(parts);
  return material;
}

}  // namespace jmxbridge
