#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "net/stream.h"
#include "net/tls_peer.h"
#include "tls_identity.h"

using namespace jmxbridge;
using namespace jmxbridge::test;
using namespace std::chrono_literals;
using asio::ip::tcp;
using Catch::Contains;
using End = Moved::End;

namespace {

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span<const char>(text));
}

std::shared_ptr<TlsPeer> peer_of(const TlsClient& client, const std::string& host = "127.0.0.1",
                                 bool verify = true) {
  Result<std::shared_ptr<TlsPeer>> made = TlsPeer::make(client, host, verify);
  REQUIRE(made.has_value());
  return *made;
}

std::shared_ptr<TlsPeer> peer_of(const Identity& root) {
  return peer_of(client_with({trust(root)}));
}

/// A stream that is connected, and at the other end a TLS server, which sends what the test says.
class TlsPair {
 public:
  TlsPair(const std::shared_ptr<TlsPeer>& peer, asio::ssl::context& server)
      : ssl(SSL_new(server.native_handle())) {
    in_ = BIO_new(BIO_s_mem());
    out_ = BIO_new(BIO_s_mem());
    SSL_set_bio(ssl.get(), in_, out_);
    SSL_set_accept_state(ssl.get());
    tcp::acceptor acceptor(context, {asio::ip::make_address_v4("127.0.0.1"), 0});
    REQUIRE(stream.start_connect("127.0.0.1", acceptor.local_endpoint().port()).empty());
    acceptor.accept(other);
    other.non_blocking(true);
    other.set_option(tcp::no_delay(true));
    stream.when_writable([](const boost::system::error_code&) {});
    context.run();
    REQUIRE(stream.finish_connect().empty());
    stream.start_tls(peer);
  }

  /// Takes in what the stream has sent.
  void take_in() {
    std::array<char, 65536> bytes{};
    boost::system::error_code error;
    for (;;) {
      const std::size_t count = other.read_some(asio::buffer(bytes), error);
      if (error || count == 0) return;
      BIO_write(in_, bytes.data(), static_cast<int>(count));
    }
  }

  /// What the server has to send, encrypted.
  std::string drain() {
    std::string text(static_cast<std::size_t>(BIO_pending(out_)), '\0');
    if (!text.empty()) BIO_read(out_, text.data(), static_cast<int>(text.size()));
    return text;
  }

  void send(std::string_view bytes) { asio::write(other, asio::buffer(bytes)); }

  /// Runs both handshakes; how the stream's went. The server sends `piece` bytes at once.
  End shake_hands(std::size_t piece = 1 << 16) {
    bool server_done = false;
    for (int i = 0; i < 100; ++i) {
      const End end = stream.shake_hands().end;
      take_in();
      ERR_clear_error();
      server_done = server_done || SSL_do_handshake(ssl.get()) == 1;
      const std::string text = drain();
      for (std::size_t at = 0; at < text.size(); at += piece) {
        send(text.substr(at, piece));
        if (piece < text.size() && end == End::kAwaitsRead) (void)stream.shake_hands();
      }
      if (end == End::kSome && server_done) return end;
      if (end == End::kClosed || end == End::kBroken) return end;
      // One that has failed has said so, if it has anything to say.
      if (end == End::kSome && text.empty()) return end;
    }
    FAIL("the handshake does not end");
    return End::kBroken;
  }

  /// Encrypts a text, as one record if it is not too long for one.
  std::string encrypted(std::string_view text) {
    REQUIRE(SSL_write(ssl.get(), text.data(), static_cast<int>(text.size())) ==
            static_cast<int>(text.size()));
    return drain();
  }

  /// What the stream has sent, decrypted.
  std::string received() {
    take_in();
    std::string text;
    std::array<char, 16384> bytes{};
    for (;;) {
      const int count = SSL_read(ssl.get(), bytes.data(), bytes.size());
      if (count <= 0) return text;
      text.append(bytes.data(), static_cast<std::size_t>(count));
    }
  }

  /// What a read gives, and how it ends.
  std::pair<std::string, End> read() {
    std::string text(1 << 16, '\0');
    const Moved moved = stream.read(std::as_writable_bytes(std::span<char>(text)));
    text.resize(moved.bytes);
    return {text, moved.end};
  }

  /// True if the stream says within a while that there is something to read.
  bool is_told_to_read() {
    bool is_ready = false;
    stream.when_readable([&](const boost::system::error_code&) { is_ready = true; });
    context.restart();
    context.run_for(5s);
    return is_ready;
  }

  asio::io_context context;
  tcp::socket other{context};
  Stream stream{context.get_executor()};
  SslPointer ssl;

 private:
  BIO* in_ = nullptr;
  BIO* out_ = nullptr;
};

/// A trusted pair with its handshake done.
struct Ready {
  explicit Ready(int version = 0)
      : server(make_server({.identity = target, .version = version})), pair(peer_of(root), server) {
    REQUIRE(pair.shake_hands() == End::kSome);
  }

  Identity root = authority("root");
  Identity target = issued_by(root);
  asio::ssl::context server;
  TlsPair pair;
};

using Read = std::pair<std::string, End>;

}  // namespace

TEST_CASE("tls stream: what is written and read is the same at both ends", "[net]") {
  Ready ready(GENERATE(TLS1_2_VERSION, TLS1_3_VERSION));
  TlsPair& pair = ready.pair;
  CHECK(pair.read() == Read("", End::kAwaitsRead));
  const Moved moved = pair.stream.write(bytes_of("question"));
  CHECK(moved.end == End::kSome);
  CHECK(moved.bytes == 8);
  CHECK(pair.received() == "question");
  pair.send(pair.encrypted("answer"));
  CHECK(pair.is_told_to_read());
  CHECK(pair.read() == Read("answer", End::kAwaitsRead));
  CHECK(pair.stream.tls_problem("target").empty());
}

TEST_CASE("tls stream: all records that are there come in one read, and none stays behind a poll",
          "[net]") {
  Ready ready;
  TlsPair& pair = ready.pair;
  std::string whole;
  std::string sent;
  for (const char c : {'a', 'b', 'c'}) {
    const std::string part(9000, c);
    sent += pair.encrypted(part);
    whole += part;
  }
  pair.send(sent);
  CHECK(pair.read().first == whole);
  // Where there is no room, the rest is still there for the next read.
  pair.send(pair.encrypted("0123456789"));
  std::array<std::byte, 4> room{};
  CHECK(pair.stream.read(room).end == End::kSome);
  CHECK(pair.read() == Read("456789", End::kAwaitsRead));
}

TEST_CASE("tls stream: a server that sends byte by byte is understood", "[net]") {
  const Identity root = authority("root");
  const Identity target = issued_by(root);
  asio::ssl::context server = make_server({.identity = target});
  TlsPair pair(peer_of(root), server);
  REQUIRE(pair.shake_hands(1) == End::kSome);
  std::string read;
  for (const char byte : pair.encrypted("answer")) {
    pair.send(std::string_view(&byte, 1));
    read += pair.read().first;
  }
  CHECK(read == "answer");
}

TEST_CASE("tls stream: the rest of a record is told though it is below the low-water mark",
          "[net]") {
  Ready ready;
  TlsPair& pair = ready.pair;
  const std::string record = pair.encrypted(std::string(9000, 'x'));
  pair.send(record.substr(0, 8800));
  CHECK(pair.read() == Read("", End::kAwaitsRead));
  pair.stream.set_low_water(4096);
  pair.send(record.substr(8800));
  CHECK(pair.is_told_to_read());
  CHECK(pair.read().first.size() == 9000);
}

TEST_CASE("tls stream: what the peer does not take is not sent, and goes on where it stopped",
          "[net]") {
  Ready ready;
  TlsPair& pair = ready.pair;
  std::string large;
  for (int i = 0; large.size() < 20'000'000; ++i) large += std::to_string(i) + ' ';
  std::size_t sent = 0;
  std::string received;
  bool has_waited = false;
  while (sent < large.size()) {
    // From other memory each time.
    const std::string rest = large.substr(sent, 1'000'000);
    const Moved moved = pair.stream.write(bytes_of(rest));
    sent += moved.bytes;
    if (moved.end == End::kSome) continue;
    REQUIRE(moved.end == End::kAwaitsWrite);
    has_waited = true;
    received += pair.received();
  }
  received += pair.received();
  CHECK(has_waited);
  CHECK(received == large);
}

TEST_CASE("tls stream: new keys in the middle cost nothing", "[net]") {
  Ready ready(TLS1_3_VERSION);
  TlsPair& pair = ready.pair;
  for (int i = 0; i < 3; ++i) {
    REQUIRE(SSL_key_update(pair.ssl.get(), SSL_KEY_UPDATE_REQUESTED) == 1);
    pair.send(pair.encrypted("answer"));
    CHECK(pair.read() == Read("answer", End::kAwaitsRead));
    CHECK(pair.stream.write(bytes_of("question")).bytes == 8);
    CHECK(pair.received() == "question");
  }
}

TEST_CASE("tls stream: what a peer sends for TLS alone does not hold a read up", "[net]") {
  Ready ready(TLS1_3_VERSION);
  TlsPair& pair = ready.pair;
  std::string tickets;
  while (tickets.size() < 300'000) {
    REQUIRE(SSL_new_session_ticket(pair.ssl.get()) == 1);
    SSL_do_handshake(pair.ssl.get());
    tickets += pair.drain();
  }
  pair.other.non_blocking(false);
  std::thread server([&, text = tickets + pair.encrypted("answer")] { pair.send(text); });
  int reads = 0;
  std::string read;
  while (read.empty() && pair.is_told_to_read()) {
    read = pair.read().first;
    ++reads;
  }
  server.join();
  CHECK(read == "answer");
  CHECK(reads > 2);
}

TEST_CASE("tls stream: a renegotiation is gone through while reading", "[net]") {
  Ready ready(TLS1_2_VERSION);
  TlsPair& pair = ready.pair;
  REQUIRE(SSL_renegotiate(pair.ssl.get()) == 1);
  SSL_do_handshake(pair.ssl.get());
  for (int i = 0; i < 10 && SSL_renegotiate_pending(pair.ssl.get()) == 1; ++i) {
    pair.send(pair.drain());
    CHECK(pair.read() == Read("", End::kAwaitsRead));
    CHECK(pair.received().empty());
  }
  CHECK(SSL_renegotiate_pending(pair.ssl.get()) == 0);
  CHECK(SSL_total_renegotiations(pair.ssl.get()) == 1);
  pair.send(pair.drain() + pair.encrypted("answer"));
  CHECK(pair.read().first == "answer");
  CHECK(pair.stream.write(bytes_of("question")).bytes == 8);
  CHECK(pair.received() == "question");
}

TEST_CASE("tls stream: an end in good order is told from a cut, with all that came before",
          "[net]") {
  Ready ready(GENERATE(TLS1_2_VERSION, TLS1_3_VERSION));
  TlsPair& pair = ready.pair;
  SECTION("close_notify") {
    std::string last = pair.encrypted("last");
    SSL_shutdown(pair.ssl.get());
    pair.send(last + pair.drain());
    CHECK(pair.read() == Read("last", End::kClosed));
    CHECK(pair.read() == Read("", End::kClosed));
  }
  SECTION("cut") {
    pair.send(pair.encrypted("last"));
    pair.other.close();
    CHECK(pair.read() == Read("last", End::kBroken));
  }
  SECTION("reset") {
    pair.other.set_option(asio::socket_base::linger(true, 0));
    pair.other.close();
    CHECK(pair.is_told_to_read());
    CHECK(pair.read().second == End::kBroken);
    // Neither raises a signal.
    for (int i = 0; i < 3; ++i) CHECK(pair.stream.write(bytes_of("question")).end == End::kBroken);
  }
  SECTION("forged") {
    std::string record = pair.encrypted("last");
    record.back() = static_cast<char>(record.back() ^ 1);
    pair.send(record);
    CHECK(pair.read() == Read("", End::kBroken));
    pair.send("more");
    CHECK(pair.read() == Read("", End::kBroken));
  }
  CHECK(pair.stream.write(bytes_of("question")).bytes == 0);
}

TEST_CASE("tls stream: the peer hears that the stream is closed", "[net]") {
  Ready ready;
  ready.pair.stream.close();
  CHECK(ready.pair.received().empty());
  CHECK((SSL_get_shutdown(ready.pair.ssl.get()) & SSL_RECEIVED_SHUTDOWN) != 0);
  CHECK(ready.pair.read().first.empty());
}

TEST_CASE("tls stream: a server that is silent, or speaks something else", "[net]") {
  const Identity root = authority("root");
  asio::ssl::context server = make_server({.identity = root});
  TlsPair pair(peer_of(root), server);
  CHECK(pair.stream.shake_hands().end == End::kAwaitsRead);
  CHECK(pair.stream.shake_hands().end == End::kAwaitsRead);
  CHECK(pair.stream.tls_problem("broker:9999").empty());
  std::string problem;
  SECTION("another protocol") {
    pair.send("HTTP/1.1 400 Bad Request\r\n\r\n");
    problem = "broker:9999 speaks no TLS; check the port";
  }
  SECTION("none") {
    pair.other.close();
    problem = "broker:9999 broke the TLS handshake off";
  }
  CHECK(pair.stream.shake_hands().end == End::kBroken);
  CHECK_THAT(pair.stream.tls_problem("broker:9999"), Contains(problem));
  // It stays said when the stream is closed.
  pair.stream.close();
  CHECK_THAT(pair.stream.tls_problem("broker:9999"), Contains(problem));
}

TEST_CASE("tls stream: who cannot prove to be the target is refused", "[net]") {
  const Identity root = authority("root");
  const Identity target = issued_by(root);
  asio::ssl::context server = make_server({.identity = target});
  const auto problem = [&](const std::shared_ptr<TlsPeer>& peer) {
    TlsPair pair(peer, server);
    CHECK(pair.shake_hands() == End::kBroken);
    return pair.stream.tls_problem("broker:9999");
  };
  CHECK_THAT(problem(peer_of(authority("other"))), Contains("of broker:9999 is not trusted"));
  const TlsClient client = client_with({trust(root)});
  CHECK_THAT(problem(peer_of(client, "127.0.0.2")), Contains("is for another host"));
  CHECK_THAT(problem(peer_of(client, "other.example")), Contains("is for another host"));
  TlsPair unchecked(peer_of(client, "127.0.0.2", false), server);
  CHECK(unchecked.shake_hands() == End::kSome);
}

TEST_CASE("tls stream: a client certificate that is wanted shows at the first read at the latest",
          "[net]") {
  const Identity root = authority("root");
  const Identity target = issued_by(root);
  const int version = GENERATE(TLS1_2_VERSION, TLS1_3_VERSION);
  asio::ssl::context server =
      make_server({.identity = target, .wants_client_of = &root, .version = version});
  TlsPair pair(peer_of(root), server);
  const bool is_lost = GENERATE(false, true);
  if (version == TLS1_2_VERSION) {
    if (is_lost) return;
    CHECK(pair.shake_hands() == End::kBroken);
    CHECK_THAT(pair.stream.tls_problem("broker:9999"),
               Contains("refuses the client certificate, or wants one and got none"));
    return;
  }
  if (!is_lost) {
    CHECK(pair.shake_hands() == End::kSome);
    CHECK(pair.read().second == End::kBroken);
    CHECK_THAT(pair.stream.tls_problem("broker:9999"),
               Contains("broker:9999 wants a client certificate; name a store"));
    return;
  }
  // The alert may get lost when the server closes with something unread.
  CHECK(pair.stream.shake_hands().end == End::kAwaitsRead);
  pair.take_in();
  SSL_do_handshake(pair.ssl.get());
  pair.send(pair.drain());
  CHECK(pair.stream.shake_hands().end == End::kSome);
  CHECK(pair.stream.write(bytes_of("question")).bytes == 8);
  pair.other.close();
  CHECK(pair.is_told_to_read());
  CHECK(pair.read().second == End::kBroken);
  CHECK_THAT(pair.stream.tls_problem("broker:9999"),
             Contains("most likely because it wants a client certificate"));
}

TEST_CASE("tls stream: the next connection to a peer resumes, one to another does not", "[net]") {
  const Identity root = authority("root");
  const Identity target = issued_by(root);
  asio::ssl::context server =
      make_server({.identity = target, .version = GENERATE(TLS1_2_VERSION, TLS1_3_VERSION)});
  const auto connect = [&](const std::shared_ptr<TlsPeer>& peer, bool is_cut = false) {
    TlsPair pair(peer, server);
    REQUIRE(pair.shake_hands() == End::kSome);
    pair.send(pair.encrypted("answer"));
    CHECK(pair.read().first == "answer");
    if (is_cut) {
      pair.other.close();
      CHECK(pair.read().second == End::kBroken);
    }
    pair.stream.close();
    return SSL_session_reused(pair.ssl.get()) == 1;
  };
  const std::shared_ptr<TlsPeer> peer = peer_of(root);
  CHECK_FALSE(connect(peer));
  CHECK(connect(peer));
  CHECK(connect(peer));
  CHECK_FALSE(connect(peer_of(root)));
  // What was cut off is not trusted to go on.
  CHECK(connect(peer, true));
  CHECK_FALSE(connect(peer));
  CHECK(connect(peer));
  peer->forget_session();
  CHECK_FALSE(connect(peer));
}

TEST_CASE("tls stream: a host that TLS cannot name is refused before anybody connects", "[net]") {
  const Identity root = authority("root");
  const Result<std::shared_ptr<TlsPeer>> made =
      TlsPeer::make(client_with({trust(root)}), std::string(300, 'a') + ".example", true);
  REQUIRE_FALSE(made.has_value());
  CHECK_THAT(made.error().text, Contains("cannot be used as a host name with TLS"));
}
