#pragma once

#include <jni.h>

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "jmx/wire_address.h"
#include "jni/java_session.h"
#include "jni/refused_logins.h"
#include "jni/service_url.h"
#include "jni/tls_session.h"
#include "scrape/connector.h"

namespace jmxbridge {

/// Where a session is opened and with what.
struct OpenRequest {
  bool own = false;  ///< with the MBean server of the embedded JVM, which takes nothing else
  ServiceUrl url;
  std::optional<Login> login;
  std::optional<TlsSettings> tls;
  bool registry_tls = false;  ///< the registry is asked with TLS
};

/// How other lanes reach a session that has been opened.
struct Opened {
  std::optional<WireAddress> wire;
  std::optional<TlsMaterial> tls;
  std::string wire_withheld;  ///< why there is no address although the target has one; or empty
};

/// Opens one session, on a Java thread and within one of the session's calls. May block: on files
/// that hold secrets, and on the target until the deadline.
class SessionOpening {
 public:
  /// `number` and `deadline` are the call's. All references must outlive it.
  SessionOpening(JNIEnv& env, JavaSession& session, const OpenRequest& request, std::int64_t number,
                 Deadline deadline);

  /// Opens it, unless the target has refused the same login just before. The error is a sentence.
  Result<Opened> open(JdkAuthorityText& authorities, RefusedLogins& refused);

 private:
  /// What is read anew for each session.
  struct Secrets {
    std::string password;
    std::optional<TlsSettings> tls;
  };

  Result<Secrets> read_secrets() const;
  std::optional<Error> log_in(const Secrets& secrets, RefusedLogins& refused);
  void call_java(const Secrets& secrets);
  jobject to_java_endpoint(const Secrets& secrets);
  Opened reach(JdkAuthorityText& authorities);
  std::optional<WireAddress> wire_address();

  JNIEnv& env_;
  JavaSession& session_;
  const JavaApi& api_;
  const OpenRequest& request_;
  const std::int64_t number_;
  const Deadline deadline_;
  const Deadline java_deadline_;
};

}  // namespace jmxbridge
