#include "http/server.h"

#include <sys/resource.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <thread>

#include "http_fixture.h"

namespace jmxbridge {
namespace {

using std::chrono::milliseconds;

TEST_CASE("server: a hundred clients at once are all served", "[http]") {
  RunningServer server;
  server.service.delay = milliseconds(5);
  std::atomic<int> served{0};
  std::vector<std::thread> clients;
  for (int i = 0; i < 100; ++i) {
    clients.emplace_back([&] {
      Client client(server.port());
      for (int k = 0; k < 5; ++k) {
        client.send("GET /metrics?name[]=t_obj_A_Value HTTP/1.1\r\nAccept-Encoding: gzip\r\n\r\n");
        if (client.receive().header("content-encoding") == "gzip") ++served;
      }
    });
  }
  for (std::thread& client : clients) client.join();
  CHECK(served == 500);
}

TEST_CASE("server: connections beyond the bound are answered 503 and counted", "[http]") {
  std::atomic<int> rejected{0};
  HttpOptions options;
  options.max_connections = 2;
  options.on_rejected = [&] { ++rejected; };
  RunningServer server(options);
  Client first(server.port());
  Client second(server.port());
  for (Client* client : {&first, &second}) {
    client->send("GET /-/healthy HTTP/1.1\r\n\r\n");
    CHECK(client->receive().status == 200);
  }
  {
    Client third(server.port());
    third.send("GET /-/healthy HTTP/1.1\r\n\r\n");
    const Reply reply = third.receive();
    CHECK(reply.status == 503);
    CHECK(reply.header("connection") == "close");
    CHECK(rejected == 1);
  }
  // Many that do not even go away are dropped in the end.
  std::vector<std::unique_ptr<Client>> crowd;
  for (std::size_t i = 0; i < 100; ++i) crowd.push_back(std::make_unique<Client>(server.port()));
  CHECK(eventually([&] { return rejected == 101; }));
  crowd.clear();
  first.send("GET /-/healthy HTTP/1.1\r\nConnection: close\r\n\r\n");
  CHECK(first.receive().status == 200);
  CHECK(eventually([&] { return server.get("/-/healthy").status == 200; }));
}

TEST_CASE("server: beyond the peer's threads metrics are 429 at once, all else is answered",
          "[http]") {
  std::atomic<int> rejected{0};
  HttpOptions options;
  options.threads = 2;
  options.max_requests = 40;
  options.metrics_path = "/custom";
  options.on_rejected = [&] { ++rejected; };
  RunningServer server(options);
  server.service.hold = true;
  Client first(server.port());
  Client second(server.port());
  for (Client* client : {&first, &second}) client->send("GET /metrics HTTP/1.1\r\n\r\n");
  REQUIRE(eventually([&] { return server.service.under_way == 2; }));
  for (const char* path : {"/metrics", "/metrics?debug=x", "/custom"}) {
    INFO(path);
    const Reply reply = server.get(path);
    CHECK(reply.status == 429);
    CHECK(reply.body.empty());
    CHECK(reply.header("content-length") == "0");
    CHECK(reply.headers.count("content-type") == 0);
    CHECK(reply.header("x-frame-options") == "DENY");
  }
  CHECK(rejected == 3);
  CHECK(server.get("/").status == 200);
  CHECK(server.get("/-/healthy").status == 200);
  server.service.hold = false;
  CHECK(first.receive().status == 200);
  CHECK(second.receive().status == 200);
  CHECK(eventually([&] { return server.get("/metrics").status == 200; }));
}

TEST_CASE("server: beyond the bound of requests metrics are 503", "[http]") {
  std::atomic<int> rejected{0};
  HttpOptions options;
  options.threads = 9;
  options.max_requests = 1;
  options.on_rejected = [&] { ++rejected; };
  RunningServer server(options);
  server.service.hold = true;
  Client first(server.port());
  first.send("GET /metrics HTTP/1.1\r\n\r\n");
  REQUIRE(eventually([&] { return server.service.under_way == 1; }));
  const Reply reply = server.get("/metrics");
  CHECK(reply.status == 503);
  CHECK(contains(reply.body, "Too many scrapes"));
  CHECK(rejected == 1);
  server.service.hold = false;
  CHECK(first.receive().status == 200);
}

TEST_CASE("server: a request is in work until its answer is taken in", "[http]") {
  HttpOptions options;
  options.max_requests = 1;
  RunningServer server(options);
  server.service.set(large_result(20'000'000));
  {
    Client slow(server.port(), 4096);
    slow.send("GET /metrics HTTP/1.1\r\n\r\n");
    REQUIRE(eventually([&] { return contains(server.server().dump(), "takes in an answer"); }));
    CHECK(server.get("/metrics").status == 503);
  }
  server.service.set(small_result());
  CHECK(eventually([&] { return server.get("/metrics").status == 200; }));
}

TEST_CASE("server: a request that takes longer than it may is cut off, its scrape goes on",
          "[http]") {
  HttpOptions options;
  options.max_request_time = milliseconds(1'000);
  RunningServer server(options);
  SECTION("while it is scraped for") {
    server.service.hold = true;
    Client client(server.port());
    client.send("GET /metrics HTTP/1.1\r\n\r\n");
    CHECK(client.receive().status == 0);
    CHECK(server.service.under_way == 1);
    server.service.hold = false;
    CHECK(eventually([&] { return server.service.under_way == 0; }));
  }
  SECTION("while its answer is taken in") { check_cut_off_in_its_answer(server); }
  SECTION("but a connection may stay longer") {
    Client client(server.port());
    for (int i = 0; i < 4; ++i) {
      client.send("GET /metrics HTTP/1.1\r\n\r\n");
      CHECK(client.receive().status == 200);
      std::this_thread::sleep_for(milliseconds(350));
    }
  }
  CHECK(eventually([&] { return server.server().dump().empty(); }));
}

TEST_CASE("server: accepting goes on after the process ran out of file descriptors",
          "[http][descriptors]") {
  RunningServer server;
  // An accept() that is under way keeps a descriptor for the first connection it meets, whatever
  // the limit: the second one finds none.
  Client first;
  Client second;
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
  rlimit none = before;
  none.rlim_cur = 0;
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
  for (Client* client : {&first, &second}) {
    client->connect(server.port());
    client->send("GET /-/healthy HTTP/1.1\r\n\r\n");
  }
  std::this_thread::sleep_for(milliseconds(80));
  const std::string dump = server.server().dump();
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
  CHECK(std::count(dump.begin(), dump.end(), '\n') <= 1);
  CHECK(first.receive().status == 200);
  CHECK(second.receive().status == 200);
}

}  // namespace
}  // namespace jmxbridge
