#include "http/server.h"

#include <catch2/catch.hpp>
#include <string>
#include <thread>

#include "http_fixture.h"

namespace jmxbridge {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// A client that goes on with single bytes is cut off all the same.
void check_cut_off_byte_by_byte(Client& client) {
  const auto start = std::chrono::steady_clock::now();
  while (client.send("x") && std::chrono::steady_clock::now() - start < seconds(60)) {
    std::this_thread::sleep_for(milliseconds(20));
  }
  CHECK(std::chrono::steady_clock::now() - start < seconds(60));
}

TEST_CASE("server: a connection serves request after request", "[http]") {
  RunningServer server;
  Client client(server.port());
  for (int i = 0; i < 50; ++i) {
    REQUIRE(client.send("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"));
    const Reply reply = client.receive();
    REQUIRE(reply.status == 200);
    REQUIRE(reply.headers.count("connection") == 0);
  }
  CHECK(eventually([&] { return contains(server.server().dump(), "50 answered"); }));
}

TEST_CASE("server: pipelined requests are answered in their order", "[http]") {
  RunningServer server;
  server.service.delay = milliseconds(20);
  Client client(server.port());
  client.send(
      "GET /metrics HTTP/1.1\r\n\r\nHEAD / HTTP/1.1\r\n\r\n"
      "POST /metrics HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello"
      "GET /-/healthy HTTP/1.1\r\n\r\nGET /foo HTTP/1.1\r\nConnection: close\r\n\r\n");
  CHECK(contains(client.receive().body, "42.5"));
  CHECK(contains(client.receive(true).header("content-type"), "html"));
  CHECK(contains(client.receive().body, "42.5"));
  CHECK(client.receive().body == "Exporter is healthy.\n");
  CHECK(client.receive().status == 404);
  CHECK(client.at_end());
}

TEST_CASE("server: many small pipelined requests beyond its buffer are all answered", "[http]") {
  RunningServer server;
  Client client(server.port());
  constexpr int kCount = 3'000;
  std::string requests;
  for (int i = 0; i < kCount; ++i) requests += "GET /-/healthy HTTP/1.1\r\n\r\n";
  std::thread sender([&] { client.send(requests); });
  int answered = 0;
  while (answered < kCount && client.receive().status == 200) ++answered;
  sender.join();
  CHECK(answered == kCount);
}

TEST_CASE("server: the connection is closed when the client wants it or speaks 1.0", "[http]") {
  RunningServer server;
  for (const char* request :
       {"GET /-/healthy HTTP/1.1\r\nConnection: close\r\n\r\n", "GET /-/healthy HTTP/1.0\r\n\r\n",
        "GET /-/healthy HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"}) {
    INFO(request);
    Client client(server.port());
    client.send(request);
    const Reply reply = client.receive();
    CHECK(reply.status == 200);
    CHECK(reply.header("connection") == "close");
    CHECK(client.at_end());
  }
}

TEST_CASE("server: a request in single bytes is put together", "[http]") {
  RunningServer server;
  Client client(server.port());
  for (const char c : std::string("GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n")) {
    REQUIRE(client.send(std::string_view(&c, 1)));
  }
  CHECK(client.receive().status == 200);
}

TEST_CASE("server: malformed requests are answered 400 and the connection closed", "[http]") {
  RunningServer server;
  for (
      const char* request :
      {"\r\n\r\n\r\n",
       "GET\r\n\r\n",
       "GET /metrics\r\n\r\n",
       "GET  HTTP/1.1\r\n\r\n",
       "GET /metrics HTTP/2.0\r\n\r\n",
       "GET /metrics FTP/1.1\r\n\r\n",
       "GET /me trics HTTP/1.1\r\n\r\n",
       "G\x01T / HTTP/1.1\r\n\r\n",
       "GET /metrics HTTP/1.1\r\nNo colon\r\n\r\n",
       "GET /metrics HTTP/1.1\r\n: x\r\n\r\n",
       "GET /metrics HTTP/1.1\r\nA: b\x01\r\n\r\n",
       "\x16\x03\x01\x02\x05\x01\x01\xfc\x03\x03\r\n\r\n",
       "POST /metrics HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
       "POST /metrics HTTP/1.1\r\nContent-Length: 5x\r\n\r\n",
       "POST /metrics HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
       "POST /metrics HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
       "POST /metrics HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
       "POST /metrics HTTP/1.1\r\nContent-Length : 3\r\n\r\nabc",
       "POST /metrics HTTP/1.1\r\nContent-Length: +3\r\n\r\nabc",
       "POST /metrics HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
       "GET /metrics HTTP/1.1\r\nA: b\nContent-Length: 5\r\n\r\n",
       "GET /metrics HTTP/1.1\nHost: x\n\nGET /metrics HTTP/1.1\n\n",
       "POST /metrics HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"}) {
    INFO(request);
    Client client(server.port());
    client.send(request);
    const Reply reply = client.receive();
    CHECK(reply.status == 400);
    CHECK(reply.header("connection") == "close");
    CHECK(reply.header("x-frame-options") == "DENY");
    client.shut_down_sending();
    CHECK(client.at_end());
  }
  CHECK(server.service.deadlines().empty());
  CHECK(server.get("/-/healthy").status == 200);
}

TEST_CASE("server: a NUL is refused, and ends no text early", "[http]") {
  RunningServer server;
  for (const std::string& request : {std::string("GET /met\0rics HTTP/1.1\r\n\r\n", 26),
                                     std::string("GET /metrics HTTP/1.1\r\nA: b\0c\r\n\r\n", 33),
                                     std::string("GET /metrics HTTP/1.1\r\nA\0: b\r\n\r\n", 32)}) {
    Client client(server.port());
    client.send(request);
    CHECK(client.receive().status == 400);
  }
  CHECK(server.service.deadlines().empty());
}

TEST_CASE("server: a malformed target alone leaves the connection open", "[http]") {
  RunningServer server;
  Client client(server.port());
  client.send("GET /%zz HTTP/1.1\r\n\r\nGET /-/healthy HTTP/1.1\r\n\r\n");
  CHECK(client.receive().status == 400);
  CHECK(client.receive().status == 200);
}

TEST_CASE("server: one empty line before a request is passed over", "[http]") {
  RunningServer server;
  Client client(server.port());
  client.send("\r\nGET /-/healthy HTTP/1.1\r\n\r\n\r\nGET /-/healthy HTTP/1.1\r\n\r\n");
  CHECK(client.receive().status == 200);
  CHECK(client.receive().status == 200);
  client.send("\r\n");
  client.send("GET /-/healthy HTTP/1.1\r\n\r\n");
  CHECK(client.receive().status == 200);
}

TEST_CASE("server: an empty line may arrive in two parts", "[http]") {
  RunningServer server;
  Client client(server.port());
  // Several times, as the first part need not have been read when the second one comes.
  for (int i = 0; i < 10; ++i) {
    client.send("\r");
    std::this_thread::sleep_for(milliseconds(5));
    client.send("\nGET /-/healthy HTTP/1.1\r\n\r\n");
    CHECK(client.receive().status == 200);
  }
  client.send("\r");
  std::this_thread::sleep_for(milliseconds(5));
  client.send("GET /-/healthy HTTP/1.1\r\n\r\n");
  CHECK(client.receive().status == 400);
}

TEST_CASE("server: a transfer coding other than chunked is answered 501", "[http]") {
  RunningServer server;
  for (const char* codings :
       {"gzip", "gzip, chunked", "gzip\r\nTransfer-Encoding: chunked", "identity"}) {
    INFO(codings);
    Client client(server.port());
    client.send(std::string("POST /metrics HTTP/1.1\r\nTransfer-Encoding: ") + codings +
                "\r\n\r\n0\r\n\r\n");
    const Reply reply = client.receive();
    CHECK(reply.status == 501);
    CHECK(reply.header("connection") == "close");
    client.shut_down_sending();
    CHECK(client.at_end());
  }
  CHECK(server.service.deadlines().empty());
}

TEST_CASE("server: a header beyond its limit is answered 431, at the limit it is not", "[http]") {
  RunningServer server;
  const std::string start = "GET /-/healthy HTTP/1.1\r\nX: ";
  const std::string end = "\r\n\r\n";
  const std::size_t limit = HttpOptions().header_limit;
  const std::string fitting = start + std::string(limit - start.size() - end.size(), 'x') + end;
  const std::string longer = start + std::string(limit - start.size() - end.size() + 1, 'x') + end;
  const std::string many_fields = [&] {
    std::string text = "GET /-/healthy HTTP/1.1\r\n";
    while (text.size() < limit) text += "X-Field: yes\r\n";
    return text + end;
  }();
  const std::string target = "GET /" + std::string(limit, 'x') + " HTTP/1.1\r\n\r\n";
  const std::string endless = "GET / HTTP/1.1\r\nX: " + std::string(1'000'000, 'x');

  CHECK(Client(server.port()).connected());
  {
    Client client(server.port());
    client.send(fitting);
    CHECK(client.receive().status == 200);
  }
  for (const std::string* request : {&longer, &many_fields, &target, &endless}) {
    INFO(request->size());
    Client client(server.port());
    client.send(*request);
    const Reply reply = client.receive();
    CHECK(reply.status == 431);
    CHECK(reply.header("connection") == "close");
  }
  // In parts, so that the parser takes in one field after the other.
  Client client(server.port());
  client.send("GET /-/healthy HTTP/1.1\r\n");
  Reply reply;
  for (std::size_t sent = 0; sent < 3 * limit; sent += 1'014) {
    client.send("X-Field: " + std::string(1'003, 'x') + "\r\n");
    std::this_thread::sleep_for(milliseconds(1));
  }
  client.send("\r\n");
  CHECK(client.receive().status == 431);
}

TEST_CASE("server: a body beyond its limit is answered 413, at the limit it is not", "[http]") {
  RunningServer server;
  const std::size_t limit = HttpOptions().body_limit;
  const auto with_length = [](std::size_t length) {
    return "POST /metrics HTTP/1.1\r\nContent-Length: " + std::to_string(length) + "\r\n\r\n" +
           std::string(length, 'b');
  };
  {
    Client client(server.port());
    client.send(with_length(limit));
    CHECK(client.receive().status == 200);
    client.send("GET /-/healthy HTTP/1.1\r\n\r\n");
    CHECK(client.receive().status == 200);
  }
  {
    Client client(server.port());
    client.send(with_length(limit + 1));
    CHECK(client.receive().status == 413);
    client.shut_down_sending();
    CHECK(client.at_end());
  }
  {
    Client client(server.port());
    client.send("POST /metrics HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n");
    std::string chunk = "4000\r\n" + std::string(0x4000, 'c') + "\r\n";
    for (int i = 0; i < 5; ++i) client.send(chunk);
    CHECK(client.receive().status == 413);
  }
  Client client(server.port());
  client.send("POST /metrics HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n");
  CHECK(client.receive().status == 400);
}

TEST_CASE("server: a chunked body is taken in and ignored", "[http]") {
  RunningServer server;
  Client client(server.port());
  client.send(
      "POST /metrics HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
      "GET /-/healthy HTTP/1.1\r\n\r\n");
  CHECK(client.receive().status == 200);
  CHECK(client.receive().body == "Exporter is healthy.\n");
}

TEST_CASE("server: a client that waits for 100 Continue gets it, unless it is refused", "[http]") {
  RunningServer server;
  {
    Client client(server.port());
    client.send("POST /metrics HTTP/1.1\r\nContent-Length: 5\r\nExpect: 100-Continue\r\n\r\n");
    CHECK(client.receive().status == 100);
    client.send("hello");
    CHECK(client.receive().status == 200);
  }
  Client client(server.port());
  client.send("POST /metrics HTTP/1.1\r\nContent-Length: 70000\r\nExpect: 100-continue\r\n\r\n");
  CHECK(client.receive().status == 413);
}

TEST_CASE("server: idle and slow clients are cut off after the idle time", "[http]") {
  HttpOptions options;
  options.idle_timeout = milliseconds(500);
  RunningServer server(options);
  SECTION("a client that sends nothing") {
    Client client(server.port());
    CHECK(client.at_end());
  }
  SECTION("a client that is idle between requests") {
    Client client(server.port());
    client.send("GET /-/healthy HTTP/1.1\r\n\r\n");
    CHECK(client.receive().status == 200);
    CHECK(client.at_end());
  }
  SECTION("a client that sends a header byte by byte without an end") {
    Client client(server.port());
    client.send("GET /-/healthy HTTP/1.1\r\nX: ");
    check_cut_off_byte_by_byte(client);
  }
  SECTION("a client that sends its body byte by byte") {
    Client client(server.port());
    client.send("POST /metrics HTTP/1.1\r\nContent-Length: 60000\r\n\r\n");
    check_cut_off_byte_by_byte(client);
  }
  SECTION("a client that does not send its body") {
    Client client(server.port());
    client.send("POST /metrics HTTP/1.1\r\nContent-Length: 5\r\n\r\nhel");
    CHECK(client.at_end());
  }
  SECTION("a client that does not take in its answer") { check_cut_off_in_its_answer(server); }
  SECTION("but not one whose scrape takes longer") {
    server.service.delay = milliseconds(800);
    CHECK(server.get("/metrics").status == 200);
  }
  CHECK(eventually([&] { return server.server().dump().empty(); }));
}

TEST_CASE("server: clients that vanish in the middle do no harm", "[http]") {
  RunningServer server;
  server.service.set(large_result(4'000'000));
  server.service.delay = milliseconds(20);
  for (int i = 0; i < 20; ++i) {
    Client nothing(server.port());
    Client half_header(server.port());
    half_header.send("GET /metr");
    Client half_body(server.port());
    half_body.send("POST /metrics HTTP/1.1\r\nContent-Length: 10\r\n\r\nhel");
    Client no_reader(server.port(), 4096);
    no_reader.send("GET /metrics HTTP/1.1\r\n\r\n");
    Client half_closed(server.port());
    half_closed.send("GET /metr");
    half_closed.shut_down_sending();
    CHECK(half_closed.at_end());
  }
  CHECK(eventually([&] { return server.server().dump().empty(); }));
  CHECK(server.get("/-/healthy").status == 200);
}

TEST_CASE("server: a client that has closed its sending side still gets its answer", "[http]") {
  RunningServer server;
  server.service.delay = milliseconds(50);
  Client client(server.port());
  client.send("GET /metrics HTTP/1.1\r\n\r\n");
  client.shut_down_sending();
  CHECK(client.receive().status == 200);
  CHECK(client.at_end());
}

}  // namespace
}  // namespace jmxbridge
