#include "http/listen.h"

#include <arpa/inet.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <string>

#include "free_port.h"
#include "http_fixture.h"

namespace jmxbridge {
namespace {

std::string problem_at(const std::string& host, std::uint16_t port) {
  asio::io_context context;
  const Result<asio::ip::tcp::acceptor> acceptor = listen_at(context.get_executor(), {host, port});
  return acceptor ? "" : acceptor.error().text;
}

bool host_has_ipv6() {
  const int fd = ::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return false;
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_addr = in6addr_loopback;
  const bool has = ::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
  ::close(fd);
  return has;
}

bool answers_over_ipv6(std::uint16_t port) {
  const int fd = ::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_port = htons(port);
  address.sin6_addr = in6addr_loopback;
  const bool connected =
      ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
  ::close(fd);
  return connected;
}

TEST_CASE("listen: no host means every interface, IPv4 and IPv6", "[http]") {
  HttpOptions options;
  options.listen = {{"", 0}};
  RunningServer server(options);
  CHECK(server.get("/-/healthy").status == 200);
  if (host_has_ipv6()) CHECK(answers_over_ipv6(server.port()));
}

TEST_CASE("listen: the IPv4 wildcard and numbers in brackets are taken", "[http]") {
  CHECK(problem_at("0.0.0.0", 0).empty());
  if (host_has_ipv6()) {
    CHECK(problem_at("[::1]", 0).empty());
    CHECK(problem_at("::", 0).empty());
  }
}

TEST_CASE("listen: a name is bound at its IPv4 address", "[http]") {
  HttpOptions options;
  options.listen = {{"localhost", 0}};
  RunningServer server(options);
  CHECK(server.get("/-/healthy").status == 200);
}

TEST_CASE("listen: several addresses have their ports in the order of the options", "[http]") {
  HttpOptions options;
  options.listen = {{"127.0.0.1", 0}, {"127.0.0.1", 0}};
  RunningServer server(options);
  const std::vector<std::uint16_t> ports = server.server().ports();
  REQUIRE(ports.size() == 2);
  CHECK(ports[0] != ports[1]);
  for (const std::uint16_t port : ports) {
    Client client(port);
    client.send("GET /-/healthy HTTP/1.0\r\n\r\n");
    CHECK(client.receive().status == 200);
  }
}

TEST_CASE("listen: a port in use is named, with what to do, and nothing stays bound", "[http]") {
  RunningServer running;
  asio::io_context context;
  FakeService service;
  FakeConfiguration configuration;
  const std::uint16_t taken = running.port();
  const std::uint16_t unused = free_port();
  HttpOptions options;
  options.listen = {{"127.0.0.1", unused}, {"127.0.0.1", taken}};
  HttpServer second(context.get_executor(), options, service, configuration);
  const Result<void> started = second.start();
  REQUIRE_FALSE(started.has_value());
  CHECK(contains(started.error().text, "127.0.0.1:" + std::to_string(taken)));
  CHECK(contains(started.error().text, "port is in use"));
  CHECK(contains(started.error().text, "choose another port"));
  CHECK(problem_at("127.0.0.1", unused).empty());
}

TEST_CASE("listen: an address of another host and an unknown name are explained", "[http]") {
  CHECK(contains(problem_at("192.0.2.1", 0), "no interface of this host"));
  // A label this long is in no DNS, so that nobody is asked for it.
  const std::string unknown = problem_at(std::string(64, 'x'), 9404);
  CHECK(contains(unknown, "cannot be resolved"));
  CHECK(contains(unknown, ":9404"));
}

TEST_CASE("listen: a server that is destroyed while it listens stops listening", "[http]") {
  asio::io_context context;
  FakeService service;
  FakeConfiguration configuration;
  std::uint16_t port = 0;
  {
    HttpOptions options;
    options.listen = {{"127.0.0.1", 0}};
    HttpServer server(context.get_executor(), options, service, configuration);
    REQUIRE(server.start().has_value());
    port = server.ports().front();
    context.poll();
  }
  context.restart();
  context.run();
  CHECK_FALSE(Client(port).connected());
}

}  // namespace
}  // namespace jmxbridge
