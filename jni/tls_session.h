#pragma once

#include <jni.h>

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/result.h"
#include "jni/java_session.h"
#include "scrape/connector.h"

namespace jmxbridge {

/// The authorities of the JDK as PEM text, one for all sessions. Thread-safe.
class JdkAuthorityText {
 public:
  /// Those of now; null with no exception pending if the JVM cannot give them.
  std::shared_ptr<const std::string> get(JNIEnv& env, const JavaApi& api);

 private:
  std::mutex mutex_;
  std::int64_t generation_ = 0;
  std::shared_ptr<const std::string> text_;
};

/// Says what a store lacks to be opened, if it lacks something (specification 3.3.3).
Result<void> check_tls(const TlsSettings& settings);

/// True unless the environment says that registries speak no TLS (specification 3.3.5).
bool registry_speaks_tls();

/// The settings with the passwords that their files hold now. May block.
Result<TlsSettings> with_passwords(TlsSettings settings);

/// The settings, with_passwords, as io.jmxbridge.Tls.of() takes them; null with a pending exception
/// on failure.
jobjectArray to_java_tls(JNIEnv& env, const JavaApi& api, const TlsSettings& settings);

/// What the session's TLS needs elsewhere, or why it cannot be spoken elsewhere.
Result<TlsMaterial> read_tls_material(JNIEnv& env, const JavaSession& session,
                                      JdkAuthorityText& authorities);

}  // namespace jmxbridge
