#include "jni/jvm_connector.h"

#include <boost/asio/this_coro.hpp>
#include <functional>
#include <utility>

#include "jni/java_session.h"
#include "jni/portable_source.h"
#include "jni/read_lane.h"
#include "jni/refused_logins.h"
#include "jni/service_url.h"
#include "jni/session_opening.h"
#include "jni/tls_session.h"

namespace jmxbridge {
namespace {

/// A request and the target as its errors name it.
struct Prepared {
  OpenRequest request;
  TargetAddress target;
};

Result<Prepared> prepare(const Endpoint& endpoint) {
  Prepared prepared;
  OpenRequest& request = prepared.request;
  TargetAddress& target = prepared.target;
  request.own = endpoint.kind == Endpoint::Kind::kSelf;
  if (!request.own) {
    Result<ServiceUrl> url = parse_service_url(endpoint.url);
    if (!url) return fail(std::move(url.error()));
    request.url = std::move(*url);
    target.host = request.url.host;
    target.port = request.url.port;
    target.name = request.url.name;
  }
  if (endpoint.login && !endpoint.login->username.empty() &&
      (endpoint.login->read_password || !endpoint.login->password.empty())) {
    request.login = endpoint.login;
  }
  if (endpoint.tls) {
    if (Result<void> complete = check_tls(*endpoint.tls); !complete) {
      return fail(std::move(complete.error()));
    }
    request.tls = endpoint.tls;
    request.registry_tls = registry_speaks_tls();
    target.tls = true;
    target.registry_tls = request.registry_tls;
    target.client_key = endpoint.tls->key_store.has_value();
  }
  return prepared;
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
  Result<Prepared> prepared = prepare(endpoint);
  if (!prepared) co_return fail(std::move(prepared.error()));
  const auto request = std::make_shared<const OpenRequest>(std::move(prepared->request));
  const auto session =
      std::make_shared<JavaSession>(java_.runtime(), std::move(prepared->target), endpoint.dial);
  remember(session);

  asio::any_io_executor executor = co_await asio::this_coro::executor;
  JavaSession::Call call(*session, executor, deadline);
  std::function<Result<Opened>(JNIEnv&)> work = [session, request, authorities = authorities_,
                                                 refused = refused_, number = call.number(),
                                                 deadline](JNIEnv& env) {
    return SessionOpening(env, *session, *request, number, deadline).open(*authorities, *refused);
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
