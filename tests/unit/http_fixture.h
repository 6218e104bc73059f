#pragma once

// A real server on a loopback port with a service that needs no target, and clients that write raw
// bytes, so that a test can send what no HTTP library would.

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <atomic>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <cctype>
#include <cerrno>
#include <chrono>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "http/server.h"

namespace jmxbridge {

inline bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

inline FamilySpec make_family(std::string name, FamilyType type, std::uint32_t slot) {
  FamilySpec family;
  family.name = std::move(name);
  family.type = type;
  family.samples.push_back({.labels = {}, .slot = slot});
  return family;
}

/// A gauge, a counter and an untyped family.
inline std::shared_ptr<const ScrapeResult> small_result() {
  std::vector<FamilySpec> families;
  families.push_back(make_family("jmx_scrape_error", FamilyType::kGauge, 0));
  families.push_back(make_family("jmx_config_reload_success", FamilyType::kCounter, 1));
  families.push_back(make_family("t_obj_A_Value", FamilyType::kUnknown, 2));
  auto result = std::make_shared<ScrapeResult>();
  result->page = std::make_shared<const Page>(std::move(families));
  result->values = {0, 3, 42.5};
  return result;
}

/// A page of roughly the given size, for clients that do not read it.
inline std::shared_ptr<const ScrapeResult> large_result(std::size_t bytes) {
  FamilySpec family;
  family.name = "large";
  for (std::size_t i = 0; i < bytes / 1000; ++i) {
    SampleSpec sample;
    sample.labels = {{"id", std::to_string(i) + std::string(980, 'x')}};
    family.samples.push_back(std::move(sample));
  }
  std::vector<FamilySpec> families;
  families.push_back(std::move(family));
  auto result = std::make_shared<ScrapeResult>();
  result->page = std::make_shared<const Page>(std::move(families));
  result->values = {1};
  return result;
}

class FakeService : public ScrapeService {
 public:
  asio::awaitable<Result<std::shared_ptr<const ScrapeResult>>> scrape(Deadline deadline) override {
    {
      const std::lock_guard lock(mutex_);
      deadlines_.push_back(deadline);
    }
    ++under_way;
    asio::steady_timer timer(co_await asio::this_coro::executor);
    timer.expires_after(delay.load());
    co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
    while (hold) {
      timer.expires_after(std::chrono::milliseconds(1));
      co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
    }
    --under_way;
    if (throws) throw std::runtime_error("secret detail of a failure");
    const std::lock_guard lock(mutex_);
    co_return result_;
  }

  TargetStatus status() const override {
    const std::lock_guard lock(mutex_);
    return status_;
  }

  void set(std::shared_ptr<const ScrapeResult> result) {
    const std::lock_guard lock(mutex_);
    result_ = std::move(result);
  }
  void set(TargetStatus status) {
    const std::lock_guard lock(mutex_);
    status_ = std::move(status);
  }
  std::vector<Deadline> deadlines() const {
    const std::lock_guard lock(mutex_);
    return deadlines_;
  }

  std::atomic<std::chrono::milliseconds> delay{std::chrono::milliseconds(0)};
  std::atomic<bool> hold{false};  ///< no scrape ends while this is set
  std::atomic<bool> throws{false};
  std::atomic<int> under_way{0};

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const ScrapeResult> result_ = small_result();
  TargetStatus status_;
  std::vector<Deadline> deadlines_;
};

class FakeConfiguration : public ConfigurationService {
 public:
  asio::awaitable<Result<void>> reload() override {
    ++reloads;
    if (is_wrong) co_return fail("The configuration is wrong.\nc.yml:1:1: error: x: y");
    co_return Result<void>();
  }
  std::string text() const override { return "jmxUrl: \"x\"\npassword: \"<secret>\"\n"; }

  std::atomic<int> reloads{0};
  std::atomic<bool> is_wrong{false};
};

/// Lets clients in as the test says.
class FakeAccess : public AccessService {
 public:
  asio::awaitable<std::shared_ptr<const Access>> current() override {
    const std::lock_guard lock(mutex_);
    co_return access_;
  }

  void set(Access access) {
    const std::lock_guard lock(mutex_);
    access_ = std::make_shared<const Access>(std::move(access));
  }

 private:
  std::mutex mutex_;
  std::shared_ptr<const Access> access_ = std::make_shared<const Access>();
};

/// One answer as it came.
struct Reply {
  int status = 0;
  std::string head;
  std::map<std::string, std::string> headers;  ///< names in lower case; of several the last
  std::string body;

  std::string header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? std::string() : found->second;
  }
};

/// A blocking client. No call waits longer than a minute.
class Client {
 public:
  /// Has a socket, but no connection yet. The receive buffer is the system's if none is given.
  explicit Client(int receive_buffer = 0) {
    socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const timeval limit{60, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
    ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
    if (receive_buffer > 0) {
      ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof(receive_buffer));
    }
  }
  explicit Client(std::uint16_t port, int receive_buffer = 0) : Client(receive_buffer) {
    connect(port);
  }
  ~Client() { ::close(socket_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  void connect(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ =
        ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
  }
  bool connected() const { return connected_; }

  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  void shut_down_sending() { ::shutdown(socket_, SHUT_WR); }

  /// The next answer; status 0 if the connection ended instead.
  Reply receive(bool without_body = false) {
    Reply reply;
    std::size_t end = 0;
    while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
      if (!fill()) return reply;
    }
    reply.head = buffer_.substr(0, end + 2);
    buffer_.erase(0, end + 4);
    reply.status = std::stoi(reply.head.substr(9, 3));
    for (std::size_t at = reply.head.find("\r\n") + 2; at < reply.head.size();) {
      const std::size_t line_end = reply.head.find("\r\n", at);
      const std::size_t colon = reply.head.find(": ", at);
      std::string name = reply.head.substr(at, colon - at);
      for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
      reply.headers[name] = reply.head.substr(colon + 2, line_end - colon - 2);
      at = line_end + 2;
    }
    if (without_body || reply.status == 100) return reply;
    const std::size_t length = std::stoul(reply.header("content-length"));
    while (buffer_.size() < length) {
      if (!fill()) return Reply{};
    }
    reply.body = buffer_.substr(0, length);
    buffer_.erase(0, length);
    return reply;
  }

  /// True if the server closes without a further byte.
  bool at_end() { return buffer_.empty() && !fill() && !timed_out_; }

  /// Reads what comes until the end; its size.
  std::size_t drop_all() {
    std::size_t total = buffer_.size();
    buffer_.clear();
    while (fill()) {
      total += buffer_.size();
      buffer_.clear();
    }
    return total;
  }

 private:
  bool fill() {
    char bytes[65536];
    const ssize_t got = ::recv(socket_, bytes, sizeof(bytes), 0);
    timed_out_ = got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
    if (got <= 0) return false;
    buffer_.append(bytes, static_cast<std::size_t>(got));
    return true;
  }

  int socket_;
  bool connected_ = false;
  bool timed_out_ = false;
  std::string buffer_;
};

/// A server that runs on two threads for as long as the test.
class RunningServer {
 public:
  explicit RunningServer(HttpOptions options = {}) {
    if (options.listen.empty()) options.listen = {{"127.0.0.1", 0}};
    server_ = std::make_unique<HttpServer>(context_.get_executor(), std::move(options), service,
                                           configuration);
    const Result<void> started = server_->start();
    if (!started) throw std::runtime_error(started.error().text);
    for (int i = 0; i < 2; ++i) threads_.emplace_back([this] { context_.run(); });
  }
  ~RunningServer() {
    context_.stop();
    for (std::thread& thread : threads_) thread.join();
  }
  RunningServer(const RunningServer&) = delete;
  RunningServer& operator=(const RunningServer&) = delete;

  std::uint16_t port() const { return server_->ports().front(); }
  HttpServer& server() { return *server_; }

  std::future<void> drain(std::chrono::milliseconds time) {
    return asio::co_spawn(context_, server_->drain(std::chrono::steady_clock::now() + time),
                          asio::use_future);
  }

  /// One request on a connection of its own; `headers` are whole lines.
  Reply get(std::string_view target, std::string_view headers = {}) {
    return ask("GET", target, headers);
  }
  Reply ask(std::string_view method, std::string_view target, std::string_view headers = {}) {
    Client client(port());
    client.send(std::string(method) + " " + std::string(target) + " HTTP/1.1\r\n" +
                std::string(headers) + "Connection: close\r\n\r\n");
    return client.receive(method == "HEAD");
  }

  FakeService service;
  FakeConfiguration configuration;

 private:
  asio::io_context context_;
  asio::executor_work_guard<asio::io_context::executor_type> work_ =
      asio::make_work_guard(context_);
  std::unique_ptr<HttpServer> server_;
  std::vector<std::thread> threads_;
};

/// Waits up to a minute for `condition`.
template <class Condition>
bool eventually(Condition condition) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (std::chrono::steady_clock::now() < end) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return condition();
}

/// A client that asks for a large page and does not take it in is cut off.
inline void check_cut_off_in_its_answer(RunningServer& server) {
  server.service.set(large_result(20'000'000));
  Client client(server.port(), 4096);
  client.send("GET /metrics HTTP/1.1\r\n\r\n");
  CHECK(eventually([&] { return contains(server.server().dump(), "takes in an answer"); }));
  CHECK(eventually([&] { return server.server().dump().empty(); }));
  CHECK(client.drop_all() < 20'000'000);
}

}  // namespace jmxbridge
