#include "http/access.h"

#include <catch2/catch.hpp>
#include <future>
#include <string>

#include "http_fixture.h"

namespace jmxbridge {
namespace {

using Form = StoredPassword::Form;

constexpr const char* kRight = "Authorization: Basic cHJvbTpHcsO8bjox\r\n";
constexpr const char* kWrong = "Authorization: Basic cHJvbTp3cm9uZw==\r\n";
constexpr const char* kChallenge = R"(Basic realm="/", charset="UTF-8")";

/// A server that lets in one user, `prom` with `Grün:1`.
class GuardedServer {
 public:
  explicit GuardedServer(HttpOptions options = {}, StoredPassword user = plain())
      : server_(with_access(std::move(options))) {
    Access guarded;
    guarded.users = std::make_shared<Authenticator>(std::vector{std::move(user)}, work_);
    access_->set(std::move(guarded));
  }
  /// The work ends before the context whose coroutines wait for it; others hold it as well.
  ~GuardedServer() { work_->stop(); }
  GuardedServer(const GuardedServer&) = delete;
  GuardedServer& operator=(const GuardedServer&) = delete;

  static StoredPassword plain() { return {"prom", Form::kPlaintext, "Gr\xC3\xBCn:1", "", 0}; }

  RunningServer& operator*() { return server_; }
  RunningServer* operator->() { return &server_; }
  FakeAccess& access() { return *access_; }
  std::shared_ptr<PasswordWork> work() { return work_; }
  int unauthorized() const { return unauthorized_; }
  int rejected() const { return rejected_; }

 private:
  HttpOptions with_access(HttpOptions options) {
    options.access = access_;
    options.on_unauthorized = [this] { ++unauthorized_; };
    options.on_rejected = [this] { ++rejected_; };
    return options;
  }

  std::atomic<int> unauthorized_{0};
  std::atomic<int> rejected_{0};
  std::shared_ptr<FakeAccess> access_ = std::make_shared<FakeAccess>();
  RunningServer server_;
  std::shared_ptr<PasswordWork> work_ = std::make_shared<PasswordWork>();
};

TEST_CASE("access: every path asks for the password, also one that is not there", "[http]") {
  GuardedServer server;
  for (const char* path : {"/", "/metrics", "/metrics/x", "/-/healthy", "/-/ready", "/config",
                           "/-/reload", "/foo", "/%zz"}) {
    INFO(path);
    for (const char* headers : {"", kWrong, "Authorization: Basic\r\n",
                                "Authorization: Basic %%%\r\n", "Authorization: Basic Zm9v\r\n"}) {
      INFO(headers);
      const Reply reply = server->get(path, headers);
      CHECK(reply.status == 401);
      CHECK(reply.header("www-authenticate") == kChallenge);
      CHECK(reply.body.empty());
      CHECK(reply.headers.count("content-type") == 0);
      CHECK(reply.header("x-frame-options") == "DENY");
    }
    CHECK(server->ask("POST", path, "Content-Length: 0\r\n").status == 401);
  }
  CHECK(server->service.deadlines().empty());
  CHECK(server->configuration.reloads == 0);
  CHECK(server.unauthorized() == 9 * 6);

  CHECK(server->get("/metrics", kRight).status == 200);
  CHECK(server->get("/-/healthy", kRight).status == 200);
  CHECK(server->get("/foo", kRight).status == 404);
  CHECK(server->get("/%zz", kRight).status == 400);
}

TEST_CASE("access: another scheme is refused, and told the challenge where that is wanted",
          "[http]") {
  GuardedServer server;
  const Reply reply = server->get("/metrics", "Authorization: Bearer abc\r\n");
  CHECK(reply.status == 401);
  CHECK(reply.headers.count("www-authenticate") == 0);
  // Of several lines the first counts.
  const std::string both = std::string(kWrong) + kRight;
  CHECK(server->get("/metrics", both).status == 401);

  Access telling;
  telling.users =
      std::make_shared<Authenticator>(std::vector{GuardedServer::plain()}, server.work());
  telling.challenges_other_schemes = true;
  server.access().set(telling);
  CHECK(
      server->get("/metrics", "Authorization: Bearer abc\r\n").headers.count("www-authenticate") ==
      1);
}

TEST_CASE("access: a refused request leaves the connection open for a better one", "[http]") {
  GuardedServer server;
  Client client(server->port());
  client.send("GET /metrics HTTP/1.1\r\n\r\n");
  CHECK(client.receive().status == 401);
  client.send(std::string("GET /metrics HTTP/1.1\r\n") + kRight + "\r\n");
  CHECK(client.receive().status == 200);
}

TEST_CASE("access: who is not let in takes no place among the requests", "[http]") {
  HttpOptions options;
  options.threads = 1;
  GuardedServer server(options);
  server->service.hold = true;
  std::future<Reply> slow =
      std::async(std::launch::async, [&] { return server->get("/metrics", kRight); });
  REQUIRE(eventually([&] { return server->service.under_way == 1; }));
  CHECK(server->get("/metrics").status == 401);
  CHECK(server.rejected() == 0);
  CHECK(server->get("/metrics", kRight).status == 429);
  server->service.hold = false;
  CHECK(slow.get().status == 200);
}

TEST_CASE("access: other users hold for the next request of an open connection", "[http]") {
  GuardedServer server;
  Client client(server->port());
  const std::string request = std::string("GET /metrics HTTP/1.1\r\n") + kRight + "\r\n";
  client.send(request);
  CHECK(client.receive().status == 200);
  Access other;
  other.users = std::make_shared<Authenticator>(
      std::vector{StoredPassword{"prom", Form::kPlaintext, "another", "", 0}}, server.work());
  other.challenge = "WWW-Authenticate: Basic\r\n";
  other.refusal = "Unauthorized\n";
  server.access().set(other);
  client.send(request);
  const Reply reply = client.receive();
  CHECK(reply.status == 401);
  CHECK(reply.header("www-authenticate") == "Basic");
  CHECK(reply.body == "Unauthorized\n");
  server.access().set({});
  client.send("GET /metrics HTTP/1.1\r\n\r\n");
  CHECK(client.receive().status == 200);
}

TEST_CASE("access: slow checks beyond their bound are answered 503 at once, others go on",
          "[http]") {
  StoredPassword slow = GuardedServer::plain();
  slow.form = Form::kPbkdf2Sha256;
  slow.iterations = 1;
  slow.secret.assign(32, 'x');
  asio::io_context context;  // ends last: the thread that checks hands its answers to it
  GuardedServer server({}, slow);
  // Nothing is checked until this is let go on.
  std::promise<void> gate;
  const std::shared_future<void> open = gate.get_future().share();
  const auto waits = std::make_shared<const PasswordWork::Check>([open] {
    open.wait();
    return true;
  });
  std::vector<std::future<std::optional<bool>>> waiting;
  for (std::size_t i = 0; i < PasswordWork::kMost; ++i) {
    waiting.push_back(asio::co_spawn(context, server.work()->run(waits), asio::use_future));
  }
  context.poll();
  const Reply busy = server->get("/metrics", kWrong);
  CHECK(busy.status == 503);
  CHECK(busy.header("retry-after") == "1");
  CHECK(server.rejected() == 1);
  // What needs no check is answered by the same threads.
  CHECK(server->get("/metrics").status == 401);
  gate.set_value();
  context.run();
  CHECK(server->get("/metrics", kWrong).status == 401);
}

TEST_CASE("access: requests beyond the rate are answered 429 before anything else", "[http]") {
  GuardedServer server;
  Access limited;
  limited.rate = std::make_shared<RateLimit>(std::chrono::hours(1), 2);
  server.access().set(limited);
  CHECK(server->get("/-/healthy").status == 200);
  CHECK(server->get("/nothing").status == 404);
  CHECK(server->get("/-/healthy").status == 429);
  CHECK(server.rejected() == 1);
}

TEST_CASE("access: header lines of its own stand in every answer", "[http]") {
  GuardedServer server;
  Access access;
  access.headers = "X-Frame-Options: sameorigin\r\nX-XSS-Protection: 0\r\n";
  server.access().set(access);
  for (const char* path : {"/metrics", "/foo"}) {
    const Reply reply = server->get(path);
    CHECK(reply.header("x-frame-options") == "sameorigin");
    CHECK(reply.header("x-xss-protection") == "0");
    CHECK(reply.headers.count("x-content-type-options") == 0);
  }
}

}  // namespace
}  // namespace jmxbridge
