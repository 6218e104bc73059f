#include "jni/session_opening.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "jni/byte_arrays.h"
#include "jni/wire_reference.h"

namespace jmxbridge {
namespace {

/// Java's own deadline is a little earlier, so that it can say at which step it was.
constexpr std::chrono::milliseconds kHeadStart{200};

// As io.jmxbridge.Endpoint takes them.
constexpr jsize kEndpointTexts = 5;
constexpr jsize kHost = 0;
constexpr jsize kName = 1;
constexpr jsize kStub = 2;
constexpr jsize kUser = 3;
constexpr jsize kPassword = 4;

/// As io.jmxbridge.Session.wireReference() gives them.
constexpr jsize kWireParts = 3;

Deadline a_little_before(Deadline deadline) {
  const Deadline::duration left = deadline - std::chrono::steady_clock::now();
  return deadline -
         std::clamp<Deadline::duration>(left / 10, Deadline::duration::zero(), kHeadStart);
}

}  // namespace

SessionOpening::SessionOpening(JNIEnv& env, JavaSession& session, const OpenRequest& request,
                               std::int64_t number, Deadline deadline)
    : env_(env),
      session_(session),
      api_(session.runtime()->api()),
      request_(request),
      number_(number),
      deadline_(deadline),
      java_deadline_(a_little_before(deadline)) {}

Result<Opened> SessionOpening::open(JdkAuthorityText& authorities, RefusedLogins& refused) {
  Result<Secrets> secrets = read_secrets();
  if (!secrets) return fail(std::move(secrets.error()));
  session_.hide(secrets->password);
  if (!session_.make_object(env_)) return fail(session_.take_error(env_, deadline_));
  if (session_.is_given_up(number_)) return fail(session_.aborted_error());
  if (std::optional<Error> error = log_in(*secrets, refused)) return fail(std::move(*error));
  return reach(authorities);
}

Result<SessionOpening::Secrets> SessionOpening::read_secrets() const {
  Secrets secrets;
  if (request_.login) {
    Result<std::string> password =
        request_.login->read_password ? request_.login->read_password() : request_.login->password;
    if (!password) {
      return fail(fmt::format("The password for {} cannot be read: {}", session_.target().text(),
                              password.error().text));
    }
    secrets.password = std::move(*password);
  }
  if (request_.tls) {
    Result<TlsSettings> tls = with_passwords(*request_.tls);
    if (!tls) return fail(std::move(tls.error()));
    secrets.tls = std::move(*tls);
  }
  return secrets;
}

/// Nothing: it is open.
std::optional<Error> SessionOpening::log_in(const Secrets& secrets, RefusedLogins& refused) {
  using Clock = RefusedLogins::Clock;
  const ServiceUrl& url = request_.url;
  const RefusedLogins::Id login =
      refused.id_of(fmt::format("{}:{}/{}{}", url.host, url.port, url.name, url.stub),
                    request_.login ? request_.login->username : std::string(), secrets.password);
  if (std::optional<Error> error = refused.too_early(login, Clock::now())) return error;
  call_java(secrets);
  if (!env_.ExceptionCheck()) {
    refused.accepted(login);
    return std::nullopt;
  }
  Error error = session_.take_error(env_, java_deadline_);
  if (error.kind == ErrorKind::kLogin) refused.refused(login, error, Clock::now());
  return error;
}

/// Calls Session.open or Session.openOwn; an exception is pending on failure.
void SessionOpening::call_java(const Secrets& secrets) {
  if (request_.own) {
    env_.CallVoidMethod(session_.object(), api_.session_open_own);
    return;
  }
  jobject endpoint = to_java_endpoint(secrets);
  if (endpoint == nullptr) return;
  env_.CallVoidMethod(session_.object(), api_.session_open, endpoint, static_cast<jlong>(number_),
                      to_java_nanos(java_deadline_));
}

/// An io.jmxbridge.Endpoint; null with a pending exception on failure.
jobject SessionOpening::to_java_endpoint(const Secrets& secrets) {
  jobjectArray texts = env_.NewObjectArray(kEndpointTexts, api_.bytes, nullptr);
  if (texts == nullptr) return nullptr;
  put_bytes(env_, texts, kHost, request_.url.host);
  put_bytes(env_, texts, kName, request_.url.name);
  if (!request_.url.stub.empty()) put_bytes(env_, texts, kStub, request_.url.stub);
  if (request_.login) {
    put_bytes(env_, texts, kUser, request_.login->username);
    put_bytes(env_, texts, kPassword, secrets.password);
  }
  if (env_.ExceptionCheck()) return nullptr;
  jobjectArray tls = secrets.tls ? to_java_tls(env_, api_, *secrets.tls) : nullptr;
  if (env_.ExceptionCheck()) return nullptr;
  return env_.NewObject(api_.endpoint, api_.endpoint_new, texts,
                        static_cast<jint>(request_.url.port), tls,
                        static_cast<jboolean>(request_.registry_tls));
}

Opened SessionOpening::reach(JdkAuthorityText& authorities) {
  Opened opened;
  opened.wire = wire_address();
  if (!opened.wire || opened.wire->socket != WireAddress::Socket::kTls) return opened;
  Result<TlsMaterial> tls = read_tls_material(env_, session_, authorities);
  if (tls) {
    opened.tls = std::move(*tls);
  } else {
    opened.wire.reset();
    opened.wire_withheld = std::move(tls.error().text);
  }
  return opened;
}

std::optional<WireAddress> SessionOpening::wire_address() {
  auto parts = static_cast<jobjectArray>(
      env_.CallObjectMethod(session_.object(), api_.session_wire_reference));
  if (env_.ExceptionCheck()) {
    env_.ExceptionClear();
    return std::nullopt;
  }
  if (parts == nullptr || env_.GetArrayLength(parts) != kWireParts) return std::nullopt;
  return parse_wire_reference(bytes_at(env_, parts, 0), bytes_at(env_, parts, 1),
                              bytes_at(env_, parts, 2));
}

}  // namespace jmxbridge
