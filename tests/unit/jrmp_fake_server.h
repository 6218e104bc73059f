#pragma once

#include <netinet/in.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "jrmp/requests.h"
#include "jrmp_stream_pieces.h"
#include "scrape/source.h"

namespace jmxbridge::test {

/// The limit of what must succeed: long enough for a machine that is busy with other things.
constexpr std::chrono::seconds kPatience{60};

inline Deadline in(std::chrono::milliseconds time) {
  return std::chrono::steady_clock::now() + time;
}

/// One call as the fake server understood it.
struct FakeCall {
  std::int64_t method = 0;
  std::string name;
  std::vector<std::string> attributes;
  std::int64_t from = 0;  ///< of fetchNotifications
  int connection = 0;     ///< which of the server's, from one on
};

/// What the server does with a call.
struct Reply {
  std::string bytes;
  enum class Then { kGoOn, kClose, kReset, kHang } then = Then::kGoOn;
};

/// A target's RMI port on loopback, which answers as a function of the test says. Each connection
/// has a thread. With a context it speaks TLS.
class FakeServer {
 public:
  using Answerer = std::function<Reply(const FakeCall&)>;

  explicit FakeServer(Answerer answerer, SSL_CTX* tls = nullptr)
      : answerer_(std::move(answerer)), tls_(tls) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        ::listen(listener_, 16) != 0 ||
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
      throw std::runtime_error("no port");
    }
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread([this] { accept_all(); });
  }
  ~FakeServer() {
    stop();
    acceptor_.join();
    for (std::thread& thread : threads_) thread.join();
  }
  FakeServer(const FakeServer&) = delete;
  FakeServer& operator=(const FakeServer&) = delete;

  std::uint16_t port() const { return port_; }
  int connections() const { return connections_; }
  /// Whether there were so many connections in all. A client may be through with one before the
  /// server has accepted it, so too few are waited for.
  bool has_accepted(int count) const {
    const Deadline end = in(kPatience);
    while (connections_ < count && std::chrono::steady_clock::now() < end) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return connections_ == count;
  }
  /// Connections whose TLS went on from that of an earlier one.
  int resumed() const { return resumed_; }
  std::vector<FakeCall> take_calls() {
    const std::lock_guard lock(mutex_);
    return std::exchange(calls_, {});
  }
  /// Calls of a method since the last take.
  std::size_t count(std::int64_t method) {
    std::size_t found = 0;
    for (const FakeCall& call : take_calls()) found += call.method == method ? 1 : 0;
    return found;
  }
  /// Ends all connections, as if they had been idle for too long.
  void drop_connections() {
    const std::lock_guard lock(mutex_);
    for (const int socket : sockets_) ::shutdown(socket, SHUT_RDWR);
  }
  /// Takes no more connections, and ends those that are there.
  void stop() {
    if (!stopped_.exchange(true)) ::shutdown(listener_, SHUT_RDWR);
    drop_connections();
    condition_.notify_all();
  }
  /// Answers are sent in pieces of so many bytes.
  void deliver_in_pieces(std::size_t bytes) { piece_ = bytes; }
  /// Connections but the first are served only once a call has come in.
  void serve_others_later() { serves_others_later_ = true; }
  /// Connections that calls have been made on.
  int asked() const { return asked_; }
  /// What the first bytes of a connection are answered with instead of the protocol's.
  void greet_with(std::string greeting) { greeting_ = std::move(greeting); }

 private:
  class Gone {};

  /// The server's end of a connection.
  class Line {
   public:
    Line(int socket, SSL_CTX* tls) : socket_(socket) {
      if (tls == nullptr) return;
      ssl_.reset(SSL_new(tls));
      SSL_set_fd(ssl_.get(), socket);
      if (SSL_accept(ssl_.get()) != 1) throw Gone();
    }

    int socket() const { return socket_; }
    bool is_resumed() const { return ssl_ && SSL_session_reused(ssl_.get()) == 1; }

    std::size_t read(std::span<char> to) {
      const ssize_t got = ssl_ ? SSL_read(ssl_.get(), to.data(), static_cast<int>(to.size()))
                               : ::recv(socket_, to.data(), to.size(), 0);
      if (got <= 0) throw Gone();
      return static_cast<std::size_t>(got);
    }
    std::size_t write(std::string_view from) {
      const ssize_t sent = ssl_ ? SSL_write(ssl_.get(), from.data(), static_cast<int>(from.size()))
                                : ::send(socket_, from.data(), from.size(), MSG_NOSIGNAL);
      if (sent <= 0) throw Gone();
      return static_cast<std::size_t>(sent);
    }

   private:
    struct Free {
      void operator()(SSL* ssl) const { SSL_free(ssl); }
    };

    int socket_;
    std::unique_ptr<SSL, Free> ssl_;
  };

  void accept_all() {
    for (;;) {
      const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (socket < 0 || stopped_) {
        if (socket >= 0) ::close(socket);
        break;
      }
      const int number = ++connections_;
      const bool waits = number > 1 && serves_others_later_;
      const std::lock_guard lock(mutex_);
      sockets_.push_back(socket);
      threads_.emplace_back([this, socket, number, waits] {
        // OpenSSL's writes raise it here; in the lane none may.
        sigset_t pipe;
        sigemptyset(&pipe);
        sigaddset(&pipe, SIGPIPE);
        ::pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
        try {
          if (waits) {
            std::unique_lock waiting(mutex_);
            condition_.wait(waiting, [&] { return stopped_ || asked_ > 0; });
          }
          Line line(socket, tls_);
          if (line.is_resumed()) ++resumed_;
          serve(line, number);
        } catch (const Gone&) {
        }
        const std::lock_guard closing(mutex_);
        std::erase(sockets_, socket);
        ::close(socket);
      });
    }
    ::close(listener_);
  }

  void serve(Line& line, int number) {
    std::string in;
    take(line, in, 7);
    if (!greeting_.empty()) {
      send(line, greeting_);
      return;
    }
    send(line, "\x4e"s + stream::utf("127.0.0.1") + "\0\0\x12\x34"s);
    const std::string size = take(line, in, 2);
    take(line, in, static_cast<unsigned char>(size[1]) + std::size_t{4});
    for (bool is_first = true;; is_first = false) {
      FakeCall call = read_call(line, in);
      call.connection = number;
      {
        const std::lock_guard lock(mutex_);
        calls_.push_back(call);
        if (is_first) ++asked_;
      }
      if (is_first) condition_.notify_all();
      const Reply reply = answerer_(call);
      send(line, reply.bytes);
      if (reply.then == Reply::Then::kHang) {
        std::unique_lock lock(mutex_);
        condition_.wait(lock, [&] { return stopped_.load(); });
      }
      if (reply.then == Reply::Then::kReset) {
        const linger hard{1, 0};
        ::setsockopt(line.socket(), SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
      }
      if (reply.then != Reply::Then::kGoOn) return;
    }
  }

  static std::string take(Line& line, std::string& in, std::size_t count) {
    while (in.size() < count) {
      std::array<char, 65536> bytes{};
      in.append(bytes.data(), line.read(bytes));
    }
    std::string taken = in.substr(0, count);
    in.erase(0, count);
    return taken;
  }

  void send(Line& line, std::string_view bytes) const {
    const std::size_t piece = piece_ == 0 ? bytes.size() : piece_.load();
    while (!bytes.empty()) {
      const std::string_view part = bytes.substr(0, std::max<std::size_t>(piece, 1));
      bytes.remove_prefix(line.write(part));
      if (piece_ != 0) std::this_thread::yield();
    }
  }

  static std::uint64_t number(std::string_view bytes) {
    std::uint64_t value = 0;
    for (const char c : bytes) value = value << 8 | static_cast<unsigned char>(c);
    return value;
  }
  static std::string take_text(Line& line, std::string& in) {
    const std::string head = take(line, in, 3);
    return take(line, in, number(head.substr(1)));
  }
  static std::string take_name(Line& line, std::string& in) {
    take(line, in, 45);
    std::string name = take_text(line, in);
    take(line, in, 1);
    return name;
  }

  static FakeCall read_call(Line& line, std::string& in) {
    const std::string head = take(line, in, 5 + 2 + 22 + 4 + 8);
    FakeCall call;
    call.method = static_cast<std::int64_t>(number(head.substr(head.size() - 8)));
    switch (call.method) {
      case method::kGetAttributes: {
        call.name = take_name(line, in);
        const std::uint64_t count = number(take(line, in, 37 + 4).substr(37));
        for (std::uint64_t i = 0; i < count; ++i) call.attributes.push_back(take_text(line, in));
        break;
      }
      case method::kGetAttribute:
        call.name = take_name(line, in);
        call.attributes.push_back(take_text(line, in));
        break;
      case method::kGetMBeanInfo:
        call.name = take_name(line, in);
        break;
      case method::kQueryNames:
        call.name = take_name(line, in);
        take(line, in, 1);
        break;
      case method::kAddNotificationListeners:
        take(line, in, 48 + 4);
        call.name = take_name(line, in);
        take(line, in, 46 + 4 + 1 + 48 + 4);
        break;
      case method::kFetchNotifications:
        call.from = static_cast<std::int64_t>(number(take(line, in, 8)));
        take(line, in, 4 + 8);
        return call;
      default:
        break;
    }
    take(line, in, 1);
    return call;
  }

  Answerer answerer_;
  SSL_CTX* tls_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<int> connections_ = 0;
  std::atomic<int> resumed_ = 0;
  std::atomic<int> asked_ = 0;
  std::atomic<bool> serves_others_later_ = false;
  std::atomic<bool> stopped_ = false;
  std::atomic<std::size_t> piece_ = 0;
  std::string greeting_;
  std::mutex mutex_;
  std::condition_variable condition_;
  std::vector<int> sockets_;
  std::vector<FakeCall> calls_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

/// The number in a name d:n=NUMBER.
inline int number_of(const std::string& name) { return std::stoi(name.substr(4)); }

/// Answers as a server whose attributes are all numbers: the bean's, plus the attribute's length.
inline Reply plain_reply(const FakeCall& call) {
  if (call.method == method::kGetAttributes) {
    std::vector<std::pair<std::string, std::string>> values;
    for (const std::string& attribute : call.attributes) {
      values.emplace_back(attribute, stream::long_value(number_of(call.name)));
    }
    return {stream::answer(stream::attribute_list(values))};
  }
  if (call.method == method::kGetAttribute) {
    return {stream::answer(stream::long_value(number_of(call.name)))};
  }
  if (call.method == method::kGetMBeanInfo) {
    return {stream::answer(stream::recorded("jdk17/plain_info.v1.bin"))};
  }
  if (call.method == method::kFetchNotifications) {
    return {stream::answer(stream::notifications(0, call.from < 0 ? 5 : call.from, {}))};
  }
  return {stream::answer(stream::text("DefaultDomain"))};
}

/// Answers plainly, and not at all while `hangs` is set.
inline FakeServer::Answerer plain_unless(const std::atomic<bool>& hangs) {
  return [&hangs](const FakeCall& call) -> Reply {
    if (hangs) return {{}, Reply::Then::kHang};
    return plain_reply(call);
  };
}

}  // namespace jmxbridge::test
