#include "http/server.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <string>

#include "http_fixture.h"

namespace jmxbridge {
namespace {

using std::chrono::milliseconds;

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

}  // namespace
}  // namespace jmxbridge
