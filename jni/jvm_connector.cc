#include "jni/jvm_connector.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "jni/java_session.h"
#include "jni/portable_source.h"
#include "jni/read_lane.h"
#include "jni/refused_logins.h"
#include "jni/service_url.h"
#include "jni/tls_session.h"
#include "jni/wire_reference.h"

namespace jmxbridge {
namespace {

/// Java's own deadline is a little earlier, so that it can say at which step it was.
constexpr std::chrono::milliseconds kHeadStart{200};

/// What a session that has been opened is known by.
struct Opened {
  std::optional<WireAddress> wire;
  std::optional<TlsMaterial> tls;
  std::string wire_withheld;
};

/// What the Java side needs to open a session, owned by the job.
struct OpenRequest {
  bool own = false;
  ServiceUrl url;
  std::optional<Login> login;
  std::optional<TlsSettings> tls;
  bool registry_tls = false;
};

/// What is read anew for each session.
struct Secrets {
  std::string password;
  std::optional<TlsSettings> tls;
};

std::optional<WireAddress> read_wire_address(JNIEnv& env, const JavaSession& session) {
  auto parts = static_cast<jobjectArray>(
      env.CallObjectMethod(session.object(), session.runtime()->api().session_wire_reference));
  if (env.ExceptionCheck()) {
    env.ExceptionClear();
    return std::nullopt;
  }
  if (parts == nullptr || env.GetArrayLength(parts) != 3) return std::nullopt;
  std::string texts[3];
  for (jsize i = 0; i < 3; i++) {
    auto part = static_cast<jbyteArray>(env.GetObjectArrayElement(parts, i));
    texts[i] = from_java_bytes(env, part);
    env.DeleteLocalRef(part);
  }
  return parse_wire_reference(texts[0], texts[1], texts[2]);
}

/// Calls Session.open or Session.openOwn; an exception is pending on failure.
void call_open(JNIEnv& env, const JavaSession& session, const OpenRequest& request,
               const Secrets& secrets, std::int64_t number, Deadline deadline) {
  const JavaApi& api = session.runtime()->api();
  if (request.own) {
    env.CallVoidMethod(session.object(), api.session_open_own);
    return;
  }
  jbyteArray host = to_java_bytes(env, request.url.host);
  jbyteArray name = to_java_bytes(env, request.url.name);
  jbyteArray stub = nullptr;
  if (!request.url.stub.empty()) stub = to_java_bytes(env, request.url.stub);
  jbyteArray user = nullptr;
  jbyteArray password = nullptr;
  if (request.login) {
    user = to_java_bytes(env, request.login->username);
    password = to_java_bytes(env, secrets.password);
  }
  jobjectArray tls = nullptr;
  if (secrets.tls) tls = to_java_tls(env, api, *secrets.tls);
  if (env.ExceptionCheck()) return;
  env.CallVoidMethod(session.object(), api.session_open, host, static_cast<jint>(request.url.port),
                     name, stub, user, password, tls, static_cast<jboolean>(request.registry_tls),
                     static_cast<jlong>(number), to_java_nanos(deadline));
}

/// What other lanes need to reach the session.
Opened read_reach(JNIEnv& env, const JavaSession& session, JdkAuthorityText& authorities) {
  Opened opened;
  opened.wire = read_wire_address(env, session);
  if (!opened.wire || opened.wire->socket != WireAddress::Socket::kTls) return opened;
  Result<TlsMaterial> tls = read_tls_material(env, session, authorities);
  if (tls) {
    opened.tls = std::move(*tls);
  } else {
    opened.wire.reset();
    opened.wire_withheld = std::move(tls.error().text);
  }
  return opened;
}

/// Read on the thread that opens, because reading a file may block.
Result<Secrets> secrets_of(const OpenRequest& request, const TargetAddress& target) {
  Secrets secrets;
  if (request.login) {
    Result<std::string> password =
        request.login->read_password ? request.login->read_password() : request.login->password;
    if (!password) {
      return fail(fmt::format("The password for {} cannot be read: {}", target.text(),
                              password.error().text));
    }
    secrets.password = std::move(*password);
  }
  if (request.tls) {
    Result<TlsSettings> tls = with_passwords(*request.tls);
    if (!tls) return fail(std::move(tls.error()));
    secrets.tls = std::move(*tls);
  }
  return secrets;
}

/// Opens it unless the target has refused the same login just before. Nothing: it is open.
std::optional<Error> log_in(JNIEnv& env, const JavaSession& session, const OpenRequest& request,
                            const Secrets& secrets, RefusedLogins& refused, std::int64_t number,
                            Deadline deadline) {
  using Clock = RefusedLogins::Clock;
  const ServiceUrl& url = request.url;
  const RefusedLogins::Id login =
      refused.id_of(fmt::format("{}:{}/{}{}", url.host, url.port, url.name, url.stub),
                    request.login ? request.login->username : std::string(), secrets.password);
  if (std::optional<Error> error = refused.too_early(login, Clock::now())) return error;
  call_open(env, session, request, secrets, number, deadline);
  if (!env.ExceptionCheck()) {
    refused.accepted(login);
    return std::nullopt;
  }
  Error error = session.take_error(env, deadline);
  if (error.kind == ErrorKind::kLogin) refused.refused(login, error, Clock::now());
  return error;
}

Result<Opened> open_session(JNIEnv& env, JavaSession& session, const OpenRequest& request,
                            JdkAuthorityText& authorities, RefusedLogins& refused,
                            std::int64_t number, Deadline deadline) {
  const Deadline now = std::chrono::steady_clock::now();
  const Deadline early =
      deadline -
      std::clamp<Deadline::duration>((deadline - now) / 10, Deadline::duration::zero(), kHeadStart);
  Result<Secrets> secrets = secrets_of(request, session.target());
  if (!secrets) return fail(std::move(secrets.error()));
  session.hide(secrets->password);
  if (!session.make_object(env)) return fail(session.take_error(env, deadline));
  if (session.is_given_up(number)) return fail(session.aborted_error());
  std::optional<Error> error = log_in(env, session, request, *secrets, refused, number, early);
  if (error) return fail(std::move(*error));
  return read_reach(env, session, authorities);
}

}  // namespace

JvmConnector::JvmConnector(JavaVm java, const Limits& limits, const SourceTimes& times)
    : java_(std::move(java)),
      limits_(limits),
      times_(times),
      lanes_(std::make_shared<LanePool>(limits)),
      authorities_(std::make_shared<JdkAuthorityText>()),
      refused_(std::make_shared<RefusedLogins>()) {}

JvmConnector::~JvmConnector() = default;

asio::awaitable<Result<Session>> JvmConnector::open(const Endpoint& endpoint, Deadline deadline) {
  auto request = std::make_shared<OpenRequest>();
  TargetAddress target;
  request->own = endpoint.kind == Endpoint::Kind::kSelf;
  if (!request->own) {
    Result<ServiceUrl> url = parse_service_url(endpoint.url);
    if (!url) co_return fail(std::move(url.error()));
    request->url = std::move(*url);
    target.host = request->url.host;
    target.port = request->url.port;
    target.name = request->url.name;
  }
  if (endpoint.login && !endpoint.login->username.empty() &&
      (endpoint.login->read_password || !endpoint.login->password.empty())) {
    request->login = endpoint.login;
  }
  if (endpoint.tls) {
    if (Result<void> complete = check_tls(*endpoint.tls); !complete) {
      co_return fail(std::move(complete.error()));
    }
    request->tls = endpoint.tls;
    request->registry_tls = registry_speaks_tls();
    target.tls = true;
    target.registry_tls = request->registry_tls;
    target.client_key = endpoint.tls->key_store.has_value();
  }
  const auto session =
      std::make_shared<JavaSession>(java_.runtime(), std::move(target), endpoint.dial);
  remember(session);

  asio::any_io_executor executor = co_await asio::this_coro::executor;
  JavaSession::Call call(*session, executor, deadline);
  std::function<Result<Opened>(JNIEnv&)> work = [session, request, authorities = authorities_,
                                                 refused = refused_, number = call.number(),
                                                 deadline](JNIEnv& env) {
    return open_session(env, *session, *request, *authorities, *refused, number, deadline);
  };
  Result<Opened> opened =
      co_await session->run<Opened>(call, JavaRuntime::Work::kOpen, std::move(work));
  if (!opened) co_return fail(std::move(opened.error()));
  Session result;
  result.portable = std::make_unique<PortableSource>(session, lanes_, limits_, times_);
  result.wire = std::move(opened->wire);
  result.tls = std::move(opened->tls);
  result.wire_withheld = std::move(opened->wire_withheld);
  co_return Result<Session>(std::move(result));
}

bool JvmConnector::close_all(std::chrono::milliseconds within) {
  {
    const std::lock_guard lock(mutex_);
    for (const std::weak_ptr<JavaSession>& one : sessions_) {
      if (const std::shared_ptr<JavaSession> session = one.lock()) {
        session->abort();
        session->close();
      }
    }
    sessions_.clear();
  }
  return java_.runtime()->wait_idle(within);
}

void JvmConnector::remember(const std::shared_ptr<JavaSession>& session) {
  const std::lock_guard lock(mutex_);
  std::erase_if(sessions_, [](const std::weak_ptr<JavaSession>& one) { return one.expired(); });
  sessions_.push_back(session);
}

}  // namespace jmxbridge
