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
using std::chrono::seconds;

TEST_CASE("server: the routes answer as the specification says", "[http]") {
  RunningServer server;
  const Reply healthy = server.get("/-/healthy");
  CHECK(healthy.status == 200);
  CHECK(healthy.body == "Exporter is healthy.\n");
  CHECK(healthy.body.size() == 21);
  CHECK(healthy.header("content-type") == "text/plain; charset=utf-8");
  CHECK(server.get("/-/healthyfoo").body == healthy.body);

  const Reply landing = server.get("/");
  CHECK(landing.status == 200);
  CHECK(landing.header("content-type") == "text/html; charset=utf-8");
  CHECK(contains(landing.header("content-security-policy"), "default-src 'none'"));
  CHECK(contains(landing.body, "<a href=\"/metrics\">"));

  CHECK(server.get("/-/ready").status == 200);
  CHECK(contains(server.get("/-/ready").body, "ready"));

  for (const char* path :
       {"/metrics", "/metricsfoo", "/metrics/x", "/%6detrics", "http://any-host/metrics"}) {
    INFO(path);
    const Reply metrics = server.get(path);
    CHECK(metrics.status == 200);
    CHECK(contains(metrics.body, "t_obj_A_Value 42.5\n"));
    CHECK(metrics.header("content-type") == "text/plain; version=0.0.4; charset=utf-8");
  }
  for (const char* path :
       {"/foo", "/METRICS", "/-/reload/", "/config/", "metrics", "//metrics", "*"}) {
    INFO(path);
    const Reply missing = server.get(path);
    CHECK(missing.status == 404);
    CHECK(contains(missing.body, "/metrics"));
    CHECK(contains(missing.body, "/-/healthy"));
  }
}

TEST_CASE("server: a metrics path of one's own answers beside the usual one", "[http]") {
  HttpOptions options;
  options.metrics_path = "custom";
  RunningServer server(options);
  const Reply custom = server.get("/custom?name[]=t_obj_A_Value");
  CHECK(custom.status == 200);
  CHECK(contains(custom.body, "t_obj_A_Value 42.5\n"));
  CHECK_FALSE(contains(custom.body, "jmx_scrape_error"));
  CHECK(custom.header("x-frame-options") == "DENY");
  CHECK(server.get("/metrics").status == 200);
  CHECK(contains(server.get("/nothing").body, "/custom"));
}

TEST_CASE("server: every answer carries its length, a date and the security headers", "[http]") {
  RunningServer server;
  for (const char* path :
       {"/", "/metrics", "/-/healthy", "/-/ready", "/foo", "/%zz", "/metrics?debug=x"}) {
    INFO(path);
    const Reply reply = server.get(path);
    CHECK(reply.header("content-length") == std::to_string(reply.body.size()));
    CHECK(reply.header("x-content-type-options") == "nosniff");
    CHECK(reply.header("x-frame-options") == "DENY");
    CHECK(reply.header("date").size() == 29);
    CHECK(reply.header("date").ends_with(" GMT"));
    CHECK(reply.headers.count("server") == 0);
    CHECK(reply.header("connection") == "close");
  }
}

TEST_CASE("server: methods other than GET and HEAD are refused, but metrics take POST", "[http]") {
  RunningServer server;
  CHECK(server.ask("POST", "/metrics", "Content-Length: 0\r\n").status == 200);
  for (const char* method : {"PUT", "DELETE", "OPTIONS", "FOO", "TRACE"}) {
    INFO(method);
    const Reply metrics = server.ask(method, "/metrics");
    CHECK(metrics.status == 405);
    CHECK(metrics.header("allow") == "GET, HEAD, POST");
  }
  for (const char* path : {"/", "/-/healthy", "/-/ready"}) {
    const Reply reply = server.ask("POST", path, "Content-Length: 0\r\n");
    CHECK(reply.status == 405);
    CHECK(reply.header("allow") == "GET, HEAD");
  }
  CHECK(server.ask("PUT", "/foo").status == 404);
  CHECK(server.service.deadlines().size() == 1);
}

TEST_CASE("server: HEAD answers with the headers of GET and no body", "[http]") {
  RunningServer server;
  for (const char* headers : {"", "Accept-Encoding: gzip\r\n"}) {
    for (const char* path : {"/", "/metrics", "/-/healthy", "/foo"}) {
      INFO(path << ' ' << headers);
      const Reply get = server.get(path, headers);
      Client client(server.port());
      client.send("HEAD " + std::string(path) + " HTTP/1.1\r\n" + headers +
                  "Connection: close\r\n\r\n");
      Reply head = client.receive(true);
      CHECK(head.status == get.status);
      CHECK(client.at_end());
      head.headers.erase("date");
      auto expected = get.headers;
      expected.erase("date");
      CHECK(head.headers == expected);
    }
  }
}

TEST_CASE("server: the format goes by the first Accept line only", "[http]") {
  RunningServer server;
  const std::string open = "application/openmetrics-text; version=1.0.0; charset=utf-8";
  CHECK(server.get("/metrics", "Accept: application/openmetrics-text\r\n").header("content-type") ==
        open);
  CHECK(server.get("/metrics", "accept: text/plain;q=1, application/openmetrics-text;q=0\r\n")
            .header("content-type") == open);
  const std::string text = "text/plain; version=0.0.4; charset=utf-8";
  for (const char* headers : {"", "Accept: */*\r\n", "Accept: image/png\r\n", "Accept:\r\n",
                              "Accept: text/plain\r\nAccept: application/openmetrics-text\r\n",
                              "Accept: Application/OpenMetrics-Text\r\n"}) {
    INFO(headers);
    CHECK(server.get("/metrics", headers).header("content-type") == text);
  }
}

TEST_CASE("server: every Accept-Encoding line counts, and so do its weights", "[http]") {
  RunningServer server;
  for (const char* headers :
       {"Accept-Encoding: gzip\r\n", "Accept-Encoding: br\r\nAccept-Encoding: GZIP\r\n",
        "Accept-Encoding: gzip;q=1.0\r\n", "Accept-Encoding: deflate, gzip;q=0.5\r\n"}) {
    INFO(headers);
    const Reply reply = server.get("/metrics", headers);
    CHECK(reply.header("content-encoding") == "gzip");
    CHECK(reply.body.substr(0, 2) == "\x1f\x8b");
  }
  for (const char* headers : {"", "Accept-Encoding: br\r\n", "Accept-Encoding: gzip;q=0\r\n"}) {
    INFO(headers);
    const Reply reply = server.get("/metrics", headers);
    CHECK(reply.header("content-encoding").empty());
    CHECK(contains(reply.body, "42.5"));
  }
  const Reply landing = server.get("/", "Accept-Encoding: gzip\r\n");
  CHECK(landing.header("content-encoding").empty());
}

TEST_CASE("server: name filters, debug and malformed queries", "[http]") {
  RunningServer server;
  const Reply none = server.get("/metrics?name[]=t_obj_A");
  CHECK(none.status == 200);
  CHECK(none.body.empty());
  CHECK(server.get("/metrics?name%5B%5D=x", "Accept: application/openmetrics-text\r\n").body ==
        "# EOF\n");

  const Reply debug = server.get("/metrics?debug=openmetrics", "Accept-Encoding: gzip\r\n");
  CHECK(debug.status == 200);
  CHECK(debug.header("content-type") == "text/plain; charset=utf-8");
  CHECK(debug.header("content-encoding").empty());
  CHECK(debug.body.ends_with("# EOF\n"));

  const Reply unknown = server.get("/metrics?debug=true");
  CHECK(unknown.status == 500);
  CHECK(unknown.header("content-type") == "text/plain; charset=utf-8");
  CHECK(std::count(unknown.body.begin(), unknown.body.end(), '\n') == 1);

  CHECK(server.get("/metrics?name[]=%zz").status == 400);
  CHECK(server.get("/%zz").status == 400);
  // Debug belongs to metrics; elsewhere it is a parameter like any other.
  CHECK(server.get("/-/healthy?debug=true").status == 200);
}

TEST_CASE("server: a scrape's deadline is the header's time less the offset", "[http]") {
  RunningServer server;
  const auto time_given = [&](std::string_view headers) {
    const auto before = std::chrono::steady_clock::now();
    CHECK(server.get("/metrics", headers).status == 200);
    const auto after = std::chrono::steady_clock::now();
    const Deadline deadline = server.service.deadlines().back();
    // The true value lies between the two.
    return std::pair(deadline - after, deadline - before);
  };
  const auto within = [&](std::string_view headers, milliseconds expected) {
    INFO(headers);
    const auto [low, high] = time_given(headers);
    CHECK(low <= expected);
    CHECK(expected <= high);
  };
  within("X-Prometheus-Scrape-Timeout-Seconds: 10\r\n", milliseconds(9'500));
  within("x-prometheus-scrape-timeout-seconds:1\r\n", milliseconds(750));
  within("", milliseconds(60'000));
  within("X-Prometheus-Scrape-Timeout-Seconds: soon\r\n", milliseconds(60'000));
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
  options.idle_timeout = milliseconds(150);
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
    const auto start = std::chrono::steady_clock::now();
    while (client.send("x") && std::chrono::steady_clock::now() - start < seconds(5)) {
      std::this_thread::sleep_for(milliseconds(20));
    }
    CHECK(std::chrono::steady_clock::now() - start < seconds(5));
  }
  SECTION("a client that sends its body byte by byte") {
    Client client(server.port());
    client.send("POST /metrics HTTP/1.1\r\nContent-Length: 60000\r\n\r\n");
    const auto start = std::chrono::steady_clock::now();
    while (client.send("x") && std::chrono::steady_clock::now() - start < seconds(5)) {
      std::this_thread::sleep_for(milliseconds(20));
    }
    CHECK(std::chrono::steady_clock::now() - start < seconds(5));
  }
  SECTION("a client that does not send its body") {
    Client client(server.port());
    client.send("POST /metrics HTTP/1.1\r\nContent-Length: 5\r\n\r\nhel");
    CHECK(client.at_end());
  }
  SECTION("a client that does not take in its answer") {
    server.service.set(large_result(20'000'000));
    Client client(server.port(), 4096);
    client.send("GET /metrics HTTP/1.1\r\n\r\n");
    CHECK(eventually([&] { return contains(server.server().dump(), "takes in an answer"); }));
    CHECK(eventually([&] { return server.server().dump().empty(); }));
    CHECK(client.drop_all() < 20'000'000);
  }
  SECTION("but not one whose scrape takes longer") {
    server.service.delay = milliseconds(400);
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

TEST_CASE("server: a failure inside is a 500 without its details, and only that", "[http]") {
  RunningServer server;
  Client client(server.port());
  server.service.throws = true;
  client.send("GET /metrics HTTP/1.1\r\n\r\n");
  const Reply failed = client.receive();
  CHECK(failed.status == 500);
  CHECK(failed.header("content-type") == "text/plain; charset=utf-8");
  CHECK_FALSE(contains(failed.body, "secret"));
  server.service.throws = false;
  server.service.set(std::shared_ptr<const ScrapeResult>());
  client.send("GET /metrics HTTP/1.1\r\n\r\n");
  CHECK(client.receive().status == 500);
  server.service.set(small_result());
  client.send("GET /metrics HTTP/1.1\r\n\r\n");
  CHECK(client.receive().status == 200);
}

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

TEST_CASE("server: a reload takes POST alone and says what is wrong", "[http]") {
  RunningServer server;
  for (const char* method : {"GET", "HEAD", "PUT"}) {
    INFO(method);
    const Reply refused = server.ask(method, "/-/reload");
    CHECK(refused.status == 405);
    CHECK(refused.header("allow") == "POST");
  }
  CHECK(server.configuration.reloads == 0);
  const Reply worked = server.ask("POST", "/-/reload", "Content-Length: 0\r\n");
  CHECK(worked.status == 200);
  CHECK(worked.body == "The configuration was read again.\n");
  server.configuration.is_wrong = true;
  const Reply failed = server.ask("POST", "/-/reload", "Content-Length: 0\r\n");
  CHECK(failed.status == 500);
  CHECK(failed.header("content-type") == "text/plain; charset=utf-8");
  CHECK(failed.body == "The configuration is wrong.\nc.yml:1:1: error: x: y\n");
  CHECK(server.configuration.reloads == 2);
}

TEST_CASE("server: the configuration is shown as text and not to be stored", "[http]") {
  RunningServer server;
  const Reply shown = server.get("/config");
  CHECK(shown.status == 200);
  CHECK(shown.header("content-type") == "text/plain; charset=utf-8");
  CHECK(shown.header("cache-control") == "no-store");
  CHECK(shown.header("x-frame-options") == "DENY");
  CHECK(contains(shown.body, "password: \"<secret>\""));
  CHECK(server.ask("POST", "/config", "Content-Length: 0\r\n").status == 405);
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
  SECTION("while its answer is taken in") {
    server.service.set(large_result(20'000'000));
    Client client(server.port(), 4096);
    client.send("GET /metrics HTTP/1.1\r\n\r\n");
    CHECK(eventually([&] { return contains(server.server().dump(), "takes in an answer"); }));
    CHECK(eventually([&] { return server.server().dump().empty(); }));
    CHECK(client.drop_all() < 20'000'000);
  }
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

TEST_CASE("server: protobuf and escaping are negotiated", "[http]") {
  RunningServer server;
  const std::string accept =
      "Accept: application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;"
      "encoding=delimited;q=0.7,text/plain;escaping=dots;q=0.3\r\n";
  const Reply reply = server.get("/metrics?name[]=t_obj_A_Value", accept);
  CHECK(reply.header("content-type") ==
        "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; "
        "encoding=delimited");
  CHECK(reply.body.substr(0, 20) == "\x23\n\x10t__obj__A__Value\x12");
  CHECK(server.get("/metrics?name[]=t_obj_A_Value", "Accept: a;escaping=dots\r\n").body ==
        "# TYPE t__obj__A__Value untyped\nt__obj__A__Value 42.5\n");
  const Reply debug = server.get("/metrics?debug=prometheus-protobuf&name[]=t_obj_A_Value",
                                 "Accept-Encoding: gzip\r\n");
  CHECK(debug.header("content-type") == "text/plain; charset=utf-8");
  CHECK(debug.body ==
        "name: \"t_obj_A_Value\"\nhelp: \"\"\ntype: UNTYPED\nmetric {\n  untyped {\n"
        "    value: 42.5\n  }\n}\n");
}

TEST_CASE("server: the dump has a line for each connection", "[http]") {
  RunningServer server;
  server.service.hold = true;
  Client idle(server.port());
  Client scraping(server.port());
  scraping.send("GET /metrics?x=1 HTTP/1.1\r\n\r\n");
  CHECK(eventually([&] {
    const std::string dump = server.server().dump();
    return contains(dump, "http client 127.0.0.1:") && contains(dump, "waits for a request") &&
           contains(dump, "is being answered /metrics?x=1");
  }));
  const std::string dump = server.server().dump();
  CHECK(std::count(dump.begin(), dump.end(), '\n') == 2);
}

TEST_CASE("server: accepting goes on after the process ran out of file descriptors", "[http]") {
  RunningServer server;
  Client client;
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
  const int next = ::dup(STDIN_FILENO);
  ::close(next);
  rlimit none_left = before;
  none_left.rlim_cur = static_cast<rlim_t>(next);
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &none_left) == 0);
  client.connect(server.port());
  client.send("GET /-/healthy HTTP/1.1\r\n\r\n");
  std::this_thread::sleep_for(milliseconds(80));
  const std::string dump = server.server().dump();
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
  CHECK(dump.empty());
  CHECK(client.receive().status == 200);
}

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

  std::future<void> drained = server.drain(seconds(30));
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
  CHECK(drained.wait_for(seconds(5)) == std::future_status::ready);
}

TEST_CASE("server: the answer under way at a drain is its connection's last", "[http]") {
  RunningServer server;
  server.service.hold = true;
  Client client(server.port());
  client.send("GET /metrics HTTP/1.1\r\n\r\nGET /-/healthy HTTP/1.1\r\n\r\n");
  REQUIRE(eventually([&] { return server.service.under_way == 1; }));
  std::future<void> drained = server.drain(seconds(30));
  // Until the drain has begun, the answer would not say so.
  REQUIRE(eventually([&] { return !Client(server.port()).connected(); }));
  server.service.hold = false;
  CHECK(client.receive().header("connection") == "close");
  client.shut_down_sending();
  CHECK(client.at_end());
  CHECK(drained.wait_for(seconds(5)) == std::future_status::ready);
}

TEST_CASE("server: a request that had come in part is answered, and readiness is 503 by then",
          "[http]") {
  RunningServer server;
  Client client(server.port());
  client.send("GET /-/ready HTTP/1.1\r\nX:");
  REQUIRE(eventually([&] { return contains(server.server().dump(), "http client"); }));
  std::this_thread::sleep_for(milliseconds(50));
  std::future<void> drained = server.drain(seconds(10));
  CHECK(drained.wait_for(milliseconds(100)) == std::future_status::timeout);
  client.send(" y\r\n\r\n");
  const Reply reply = client.receive();
  CHECK(reply.status == 503);
  CHECK(contains(reply.body, "shutting down"));
  CHECK(reply.header("connection") == "close");
  CHECK(drained.wait_for(seconds(5)) == std::future_status::ready);
}

TEST_CASE("server: a drain returns at its deadline and cuts the rest off", "[http]") {
  RunningServer server;
  server.service.hold = true;
  Client busy(server.port());
  busy.send("GET /metrics HTTP/1.1\r\n\r\n");
  REQUIRE(eventually([&] { return server.service.under_way == 1; }));
  std::future<void> drained = server.drain(milliseconds(100));
  CHECK(drained.wait_for(seconds(5)) == std::future_status::ready);
  CHECK(busy.receive().status == 0);
}

TEST_CASE("server: a drain without connections returns at once, also a second one", "[http]") {
  RunningServer server;
  std::future<void> first = server.drain(seconds(10));
  std::future<void> second = server.drain(seconds(10));
  CHECK(first.wait_for(seconds(5)) == std::future_status::ready);
  CHECK(second.wait_for(seconds(5)) == std::future_status::ready);
}

}  // namespace
}  // namespace jmxbridge
