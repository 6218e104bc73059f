#include "otlp/pusher.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/thread_pool.hpp>
#include <catch2/catch.hpp>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "otlp/push_client.h"

namespace jmxbridge {
namespace {

using Clock = std::chrono::steady_clock;
using Kind = PushOutcome::Kind;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kPatience{60};

/// A web server on loopback that answers each request, once it has all of it, with the next text of
/// a list, the last one for ever. An empty text is no answer.
class WebServer {
 public:
  explicit WebServer(std::vector<std::string> answers) : answers_(std::move(answers)) {
    socket_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* plain = reinterpret_cast<sockaddr*>(&address);
    if (::bind(socket_, plain, size) != 0 || ::listen(socket_, 8) != 0 ||
        ::getsockname(socket_, plain, &size) != 0) {
      throw std::runtime_error("no socket");
    }
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~WebServer() {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      ::shutdown(socket_, SHUT_RDWR);
      if (connection_ >= 0) ::shutdown(connection_, SHUT_RDWR);
      closed_ = true;
    }
    thread_.join();
    ::close(socket_);
  }
  WebServer(const WebServer&) = delete;
  WebServer& operator=(const WebServer&) = delete;

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/v1/metrics"; }

  /// Waits for that many requests and gives them, heads and bodies.
  std::vector<std::string> wait_for(std::size_t count) {
    std::unique_lock<std::mutex> lock(mutex_);
    if (!arrived_.wait_for(lock, kPatience, [&] { return requests_.size() >= count; })) {
      throw std::runtime_error("too few requests");
    }
    return requests_;
  }

 private:
  void serve() {
    while (true) {
      const int connection = ::accept(socket_, nullptr, nullptr);
      {
        const std::lock_guard<std::mutex> lock(mutex_);
        if (closed_ || connection < 0) {
          if (connection >= 0) ::close(connection);
          return;
        }
        connection_ = connection;
      }
      while (answer(connection)) {
      }
      const std::lock_guard<std::mutex> lock(mutex_);
      ::close(connection_);
      connection_ = -1;
    }
  }

  bool answer(int connection) {
    std::string request;
    std::size_t whole = 0;
    while (whole == 0 || request.size() < whole) {
      char room[4096];
      const ssize_t count = ::recv(connection, room, sizeof room, 0);
      if (count <= 0) return false;
      request.append(room, static_cast<std::size_t>(count));
      const std::size_t head = request.find("\r\n\r\n");
      const std::size_t length = request.find("Content-Length: ");
      if (whole == 0 && head != std::string::npos) {
        whole = head + 4 + std::stoul(request.substr(length + 16));
      }
    }
    std::string text;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      text = answers_[std::min(requests_.size(), answers_.size() - 1)];
      requests_.push_back(request);
      arrived_.notify_all();
    }
    if (text.empty()) return true;
    return ::send(connection, text.data(), text.size(), MSG_NOSIGNAL) > 0;
  }

  int socket_ = -1;
  int port_ = 0;
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::vector<std::string> answers_;
  std::vector<std::string> requests_;
  int connection_ = -1;
  bool closed_ = false;
  std::thread thread_;
};

std::string http_answer(const std::string& status, const std::string& headers = "",
                        const std::string& body = "") {
  return "HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
         headers + "\r\n" + body;
}

OpenTelemetryConfig config_for(const WebServer& server) {
  OpenTelemetryConfig config;
  config.protocol = OpenTelemetryConfig::Protocol::kHttpProtobuf;
  config.endpoint = server.url();
  config.interval = milliseconds(20);
  config.timeout = kPatience;
  return config;
}

/// A page with one gauge.
std::shared_ptr<const ScrapeResult> result_of(double number) {
  FamilySpec family;
  family.name = "a";
  family.type = FamilyType::kGauge;
  family.samples.push_back({{}, SelfMetrics::kNumbers});
  std::vector<double> values(SelfMetrics::kNumbers + 1);
  values.back() = number;
  return std::make_shared<const ScrapeResult>(
      ScrapeResult{std::make_shared<const Page>(std::vector{family}), values});
}

/// What pushers collect from, on a pool of its own.
struct Source {
  ~Source() { pool.join(); }

  Pusher::Collect collect() {
    return
        [this](Deadline) -> asio::awaitable<std::shared_ptr<const ScrapeResult>> { return page(); };
  }
  asio::awaitable<std::shared_ptr<const ScrapeResult>> page() {
    ++collected;
    if (broken) throw std::runtime_error("no page");
    co_return result_of(collected);
  }

  asio::thread_pool pool{1};
  ProcessCounters counters;
  std::atomic<int> collected{0};
  std::atomic<bool> broken{false};
};

void wait_until(const std::function<bool()>& condition) {
  const Clock::time_point end = Clock::now() + kPatience;
  while (!condition()) {
    if (Clock::now() > end) throw std::runtime_error("not in time");
    std::this_thread::sleep_for(milliseconds(2));
  }
}

Deadline soon() { return Clock::now() + kPatience; }

TEST_CASE("push client: a request goes out as OTLP over HTTP says", "[otlp]") {
  WebServer server({http_answer("200 OK")});
  OpenTelemetryConfig config = config_for(server);
  config.headers = {{"Authorization", "Bearer t"}};
  PushClient client(config);
  CHECK(client.send("abc", soon()).kind == Kind::kTaken);
  const std::string request = server.wait_for(1)[0];
  CHECK(request.substr(0, request.find("\r\n")) == "POST /v1/metrics HTTP/1.1");
  CHECK(request.find("\r\nContent-Type: application/x-protobuf\r\n") != std::string::npos);
  CHECK(request.find("\r\nAuthorization: Bearer t\r\n") != std::string::npos);
  CHECK(request.find("\r\nUser-Agent: jmxbridge/" JMXBRIDGE_VERSION "\r\n") != std::string::npos);
  CHECK(request.find("Expect") == std::string::npos);
  CHECK(request.substr(request.size() - 7) == "\r\n\r\nabc");
}

TEST_CASE("push client: Retry-After is read as seconds, and as a date", "[otlp]") {
  WebServer server({http_answer("429 Too Many", "Retry-After: 3\r\n"),
                    http_answer("503 No", "Retry-After: Fri, 31 Dec 2199 23:59:59 GMT\r\n"),
                    http_answer("503 No", "Retry-After: soon\r\n")});
  PushClient client(config_for(server));
  CHECK(client.send("a", soon()).wait == milliseconds(3000));
  CHECK(client.send("a", soon()).wait > std::chrono::hours(1));
  const PushOutcome outcome = client.send("a", soon());
  CHECK(outcome.kind == Kind::kRetry);
  CHECK_FALSE(outcome.wait.has_value());
}

TEST_CASE("push client: an answer that does not come, or does not end, costs bounded time and room",
          "[otlp]") {
  SECTION("no answer") {
    WebServer server({""});
    OpenTelemetryConfig config = config_for(server);
    config.timeout = milliseconds(100);
    PushClient client(config);
    const PushOutcome outcome = client.send("a", soon());
    CHECK(outcome.kind == Kind::kRetry);
    CHECK(outcome.what == "it did not answer in time");
  }
  SECTION("a large body") {
    WebServer server({http_answer("200 OK", "", std::string(2'000'000, 'x'))});
    CHECK(PushClient(config_for(server)).send("a", soon()).kind == Kind::kRefused);
  }
  SECTION("many headers") {
    std::string headers;
    for (int i = 0; i < 100; ++i) headers += "X-A: " + std::string(1000, 'y') + "\r\n";
    WebServer server({http_answer("200 OK", headers)});
    CHECK(PushClient(config_for(server)).send("a", soon()).kind == Kind::kRefused);
  }
  SECTION("no HTTP") {
    WebServer server({"SSH-2.0-OpenSSH_9.2\r\n"});
    CHECK(PushClient(config_for(server)).send("a", soon()).kind == Kind::kRetry);
  }
}

TEST_CASE("push client: abort ends what is under way, and all until it is allowed again",
          "[otlp]") {
  WebServer server({"", http_answer("200 OK")});
  PushClient client(config_for(server));
  std::thread other([&] {
    server.wait_for(1);
    client.abort();
  });
  CHECK(client.send("a", soon()).kind == Kind::kAborted);
  other.join();
  CHECK(client.send("a", soon()).kind == Kind::kAborted);
  client.allow();
  CHECK(client.send("b", soon()).kind == Kind::kTaken);
}

TEST_CASE("pusher: it pushes once in each interval, and once more when it stops", "[otlp]") {
  WebServer server({http_answer("200 OK")});
  Source source;
  {
    Pusher pusher(source.pool.get_executor(), source.collect(), source.counters);
    pusher.use(config_for(server));
    server.wait_for(3);
    wait_until([&] { return source.counters.pushes.taken >= 3; });
    pusher.use(std::nullopt);
    OpenTelemetryConfig rare = config_for(server);
    rare.interval = std::chrono::hours(1);
    pusher.use(rare);
    const std::size_t before = server.wait_for(3).size();
    pusher.stop(soon());
    pusher.join();
    CHECK(server.wait_for(before + 1).size() > before);
  }
  CHECK(source.counters.pushes.taken >= 4);
  CHECK(source.counters.pushes.failed == 0);
}

/// The text behind the attribute's name in a request; the frame around it is four bytes.
std::string instance_in(const std::string& request) {
  const std::string name = "service.instance.id";
  const std::size_t at = request.find(name);
  if (at == std::string::npos) return "";
  const auto size = static_cast<unsigned char>(request.at(at + name.size() + 3));
  return request.substr(at + name.size() + 4, size);
}

TEST_CASE(
    "pusher: each has an instance of its own, which stays, unless the configuration names one",
    "[otlp]") {
  Source source;
  std::vector<std::string> found;
  for (int i = 0; i < 2; ++i) {
    WebServer server({http_answer("200 OK")});
    Pusher pusher(source.pool.get_executor(), source.collect(), source.counters);
    pusher.use(config_for(server));
    found.push_back(instance_in(server.wait_for(1).front()));
    OpenTelemetryConfig other = config_for(server);
    other.resource_attributes = {{"service.name", "other"}};
    pusher.use(other);
    wait_until([&] { return server.wait_for(1).back().find("other") != std::string::npos; });
    CHECK(instance_in(server.wait_for(1).back()) == found.back());
  }
  CHECK(found[0] != found[1]);
  for (const std::string& id : found) {
    REQUIRE(id.size() == 36);
    CHECK(id[14] == '4');
    CHECK(std::string("89ab").find(id[19]) != std::string::npos);
    for (const std::size_t at : {8U, 13U, 18U, 23U}) CHECK(id[at] == '-');
  }
  WebServer server({http_answer("200 OK")});
  Pusher pusher(source.pool.get_executor(), source.collect(), source.counters);
  OpenTelemetryConfig named = config_for(server);
  named.resource_attributes = {{"service.instance.id", "one"}};
  pusher.use(named);
  CHECK(instance_in(server.wait_for(1).front()) == "one");
}

TEST_CASE("pusher: a busy receiver is asked again with the same numbers, one that refuses is not",
          "[otlp]") {
  Source source;
  SECTION("busy") {
    WebServer server({http_answer("503 Busy"), http_answer("200 OK")});
    OpenTelemetryConfig config = config_for(server);
    Pusher pusher(source.pool.get_executor(), source.collect(), source.counters);
    pusher.use(config);
    const std::vector<std::string> requests = server.wait_for(2);
    CHECK(requests[0] == requests[1]);
    wait_until([&] { return source.counters.pushes.taken >= 1; });
    CHECK(source.counters.pushes.failed == 0);
  }
  SECTION("refused") {
    WebServer server({http_answer("400 Bad")});
    Pusher pusher(source.pool.get_executor(), source.collect(), source.counters);
    pusher.use(config_for(server));
    const std::vector<std::string> requests = server.wait_for(2);
    CHECK(requests[0] != requests[1]);
    wait_until([&] { return source.counters.pushes.failed >= 2; });
  }
}

TEST_CASE("pusher: a receiver that asks to be left alone is", "[otlp]") {
  WebServer server({http_answer("429 Busy", "Retry-After: 3600\r\n")});
  Source source;
  Pusher pusher(source.pool.get_executor(), source.collect(), source.counters);
  const OpenTelemetryConfig config = config_for(server);
  pusher.use(config);
  wait_until([&] { return source.counters.pushes.failed >= 1; });
  std::this_thread::sleep_for(10 * config.interval);
  CHECK(server.wait_for(1).size() == 1);
}

TEST_CASE("pusher: stopping does not wait for a receiver that hangs", "[otlp]") {
  WebServer server({""});
  Source source;
  Pusher pusher(source.pool.get_executor(), source.collect(), source.counters);
  OpenTelemetryConfig config = config_for(server);
  config.timeout = std::chrono::hours(1);
  pusher.use(config);
  server.wait_for(1);
  const Clock::time_point begin = Clock::now();
  pusher.stop(begin + seconds(2));
  pusher.join();
  CHECK(Clock::now() - begin < kPatience);
  CHECK(server.wait_for(2).size() == 2);
}

TEST_CASE("pusher: what cannot be collected is not pushed, and the next is", "[otlp]") {
  WebServer server({http_answer("200 OK")});
  Source source;
  source.broken = true;
  Pusher pusher(source.pool.get_executor(), source.collect(), source.counters);
  pusher.use(config_for(server));
  wait_until([&] { return source.collected >= 2; });
  CHECK(source.counters.pushes.taken == 0);
  source.broken = false;
  server.wait_for(1);
}

}  // namespace
}  // namespace jmxbridge
