#include "http/server.h"

#include <catch2/catch.hpp>
#include <string>
#include <thread>

#include "http_fixture.h"

namespace jmxbridge {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST_CASE("server: draining closes idle connections and lets requests finish", "[http]") {
  RunningServer server;
  server.service.hold = true;
  Client idle(server.port());
  idle.send("GET /-/ready HTTP/1.1\r\n\r\n");
  CHECK(idle.receive().status == 200);
  Client fresh(server.port());
  Client busy(server.port());
  busy.send("GET /metrics HTTP/1.1\r\n\r\n");
  REQUIRE(eventually([&] { return server.service.under_way == 1; }));

  std::future<void> drained = server.drain(seconds(60));
  CHECK(idle.at_end());
  CHECK(fresh.at_end());
  CHECK(drained.wait_for(milliseconds(0)) == std::future_status::timeout);
  CHECK(eventually([&] { return !Client(server.port()).connected(); }));

  server.service.hold = false;
  const Reply last = busy.receive();
  CHECK(last.status == 200);
  CHECK(contains(last.body, "42.5"));
  CHECK(last.header("connection") == "close");
  CHECK(busy.at_end());
  CHECK(drained.wait_for(seconds(60)) == std::future_status::ready);
}

TEST_CASE("server: the answer under way at a drain is its connection's last", "[http]") {
  RunningServer server;
  server.service.hold = true;
  Client client(server.port());
  client.send("GET /metrics HTTP/1.1\r\n\r\nGET /-/healthy HTTP/1.1\r\n\r\n");
  REQUIRE(eventually([&] { return server.service.under_way == 1; }));
  std::future<void> drained = server.drain(seconds(60));
  // Until the drain has begun, the answer would not say so.
  REQUIRE(eventually([&] { return !Client(server.port()).connected(); }));
  server.service.hold = false;
  CHECK(client.receive().header("connection") == "close");
  client.shut_down_sending();
  CHECK(client.at_end());
  CHECK(drained.wait_for(seconds(60)) == std::future_status::ready);
}

TEST_CASE("server: a request that had come in part is answered, and readiness is 503 by then",
          "[http]") {
  RunningServer server;
  Client client(server.port());
  client.send("GET /-/ready HTTP/1.1\r\nX:");
  REQUIRE(eventually([&] { return contains(server.server().dump(), "http client"); }));
  std::this_thread::sleep_for(milliseconds(50));
  std::future<void> drained = server.drain(seconds(60));
  CHECK(drained.wait_for(milliseconds(100)) == std::future_status::timeout);
  client.send(" y\r\n\r\n");
  const Reply reply = client.receive();
  CHECK(reply.status == 503);
  CHECK(contains(reply.body, "shutting down"));
  CHECK(reply.header("connection") == "close");
  CHECK(drained.wait_for(seconds(60)) == std::future_status::ready);
}

TEST_CASE("server: a drain returns at its deadline and cuts the rest off", "[http]") {
  RunningServer server;
  server.service.hold = true;
  Client busy(server.port());
  busy.send("GET /metrics HTTP/1.1\r\n\r\n");
  REQUIRE(eventually([&] { return server.service.under_way == 1; }));
  std::future<void> drained = server.drain(milliseconds(100));
  CHECK(drained.wait_for(seconds(60)) == std::future_status::ready);
  CHECK(busy.receive().status == 0);
}

TEST_CASE("server: a drain without connections returns at once, also a second one", "[http]") {
  RunningServer server;
  std::future<void> first = server.drain(seconds(60));
  std::future<void> second = server.drain(seconds(60));
  CHECK(first.wait_for(seconds(60)) == std::future_status::ready);
  CHECK(second.wait_for(seconds(60)) == std::future_status::ready);
}

}  // namespace
}  // namespace jmxbridge
