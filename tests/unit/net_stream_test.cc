#include "net/stream.h"

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch.hpp>
#include <string>

using namespace jmxbridge;
namespace asio = boost::asio;
using asio::ip::tcp;
using End = Moved::End;

namespace {

/// A stream that is connected, and the other end of it.
struct Pair {
  Pair() {
    REQUIRE(stream.start_connect("127.0.0.1", acceptor.local_endpoint().port()).empty());
    acceptor.accept(other);
    wait(true);
    REQUIRE(stream.finish_connect().empty());
  }

  void wait(bool writing) {
    bool is_ready = false;
    const auto ready = [&](const boost::system::error_code&) { is_ready = true; };
    if (writing) {
      stream.when_writable(ready);
    } else {
      stream.when_readable(ready);
    }
    context.restart();
    while (!is_ready) context.run_one();
  }

  asio::io_context context;
  tcp::acceptor acceptor{context, {asio::ip::make_address_v4("127.0.0.1"), 0}};
  tcp::socket other{context};
  Stream stream{context.get_executor()};
  std::array<std::byte, 64> bytes{};
};

}  // namespace

TEST_CASE("stream: nothing to read does not block, and what comes is told", "[net]") {
  Pair pair;
  CHECK(pair.stream.read(pair.bytes).end == End::kAwaitsRead);
  asio::write(pair.other, asio::buffer("abc", 3));
  pair.wait(false);
  const Moved moved = pair.stream.read(pair.bytes);
  CHECK(moved.end == End::kSome);
  CHECK(moved.bytes == 3);
}

TEST_CASE("stream: the end is told from a break, and told below the low-water mark", "[net]") {
  Pair pair;
  pair.stream.set_low_water(1000);
  const bool resets = GENERATE(false, true);
  if (resets) pair.other.set_option(asio::socket_base::linger(true, 0));
  pair.other.close();
  pair.wait(false);
  CHECK(pair.stream.read(pair.bytes).end == (resets ? End::kBroken : End::kClosed));
}

TEST_CASE("stream: what the peer does not take is not sent", "[net]") {
  Pair pair;
  const std::string large(1 << 20, 'x');
  const auto bytes = std::as_bytes(std::span<const char>(large));
  Moved moved{End::kSome, 0};
  std::size_t sent = 0;
  for (int i = 0; i < 1000 && moved.end == End::kSome; ++i) {
    moved = pair.stream.write(bytes);
    sent += moved.bytes;
  }
  CHECK(moved.end == End::kAwaitsWrite);
  CHECK(sent > 0);
}

TEST_CASE("stream: an address that cannot be connected to says why", "[net]") {
  asio::io_context context;
  Stream stream(context.get_executor());
  CHECK(stream.start_connect("no address", 1) == "the address cannot be read");
  std::uint16_t port = 0;
  {
    const tcp::acceptor acceptor(context, {asio::ip::make_address_v4("127.0.0.1"), 0});
    port = acceptor.local_endpoint().port();
  }
  std::string problem = stream.start_connect("127.0.0.1", port);
  if (problem.empty()) {
    bool is_ready = false;
    stream.when_writable([&](const boost::system::error_code&) { is_ready = true; });
    while (!is_ready) context.run_one();
    problem = stream.finish_connect();
  }
  CHECK(problem == "it refused the connection");
}
