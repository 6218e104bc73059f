#include "http/router.h"

#include <catch2/catch.hpp>
#include <optional>
#include <string>

namespace jmxbridge {
namespace {

std::optional<RouteKind> kind_of(const Router& router, std::string_view path) {
  const Route* route = router.match(path);
  return route == nullptr ? std::nullopt : std::optional(route->kind);
}

TEST_CASE("router: metrics and health take every path that begins with theirs", "[http]") {
  const Router router("/metrics");
  for (const char* path : {"/metrics", "/metricsfoo", "/metrics/", "/metrics/x", "/metrics//"}) {
    INFO(path);
    CHECK(kind_of(router, path) == RouteKind::kMetrics);
  }
  CHECK(kind_of(router, "/-/healthy") == RouteKind::kHealthy);
  CHECK(kind_of(router, "/-/healthyish") == RouteKind::kHealthy);
}

TEST_CASE("router: the landing page and readiness have exactly one path", "[http]") {
  const Router router("/metrics");
  CHECK(kind_of(router, "/") == RouteKind::kLanding);
  CHECK(kind_of(router, "/-/ready") == RouteKind::kReady);
  CHECK(kind_of(router, "/-/ready/") == std::nullopt);
}

TEST_CASE("router: other paths have no route, and letter case counts", "[http]") {
  const Router router("/metrics");
  for (const char* path :
       {"", "/foo", "/METRICS", "/Metrics", "/metric", "metrics", "/-/", "/-/reload/", "/configs",
        "/favicon.ico", "*", "//", "//metrics", "/-/Healthy"}) {
    INFO(path);
    CHECK(kind_of(router, path) == std::nullopt);
  }
  CHECK(router.match(std::string_view("/\0metrics", 9)) == nullptr);
}

TEST_CASE("router: a metrics path of one's own is served beside the usual one", "[http]") {
  const Router router("/custom/path");
  CHECK(kind_of(router, "/metrics") == RouteKind::kMetrics);
  CHECK(kind_of(router, "/custom/path") == RouteKind::kMetrics);
  CHECK(kind_of(router, "/custom/pathology") == RouteKind::kMetrics);
  CHECK(kind_of(router, "/custom") == std::nullopt);
}

TEST_CASE("router: a missing slash is added to the metrics path", "[http]") {
  CHECK(kind_of(Router("custom"), "/custom") == RouteKind::kMetrics);
}

TEST_CASE("router: the root and taken paths have no effect as metrics path", "[http]") {
  for (const char* path :
       {"/", "", "/metrics", "metrics", "/-/healthy", "/-/ready", "/-/reload", "/config"}) {
    INFO(path);
    const Router router(path);
    CHECK(router.routes().size() == 6);
    CHECK(kind_of(router, "/") == RouteKind::kLanding);
    CHECK(kind_of(router, "/-/healthy") == RouteKind::kHealthy);
    CHECK(kind_of(router, "/-/ready") == RouteKind::kReady);
    CHECK(kind_of(router, "/-/reload") == RouteKind::kReload);
    CHECK(kind_of(router, "/config") == RouteKind::kConfig);
  }
}

TEST_CASE("router: the longest path that fits wins", "[http]") {
  const Router router("/-/health");
  CHECK(kind_of(router, "/-/health") == RouteKind::kMetrics);
  CHECK(kind_of(router, "/-/healthx") == RouteKind::kMetrics);
  CHECK(kind_of(router, "/-/healthy") == RouteKind::kHealthy);
  CHECK(kind_of(router, "/-/healthyx") == RouteKind::kHealthy);
}

TEST_CASE("router: GET and HEAD are taken everywhere but by a reload, POST by it and metrics",
          "[http]") {
  const Router router("/custom");
  for (const Route& route : router.routes()) {
    INFO(route.path);
    const bool metrics = route.kind == RouteKind::kMetrics;
    const bool reload = route.kind == RouteKind::kReload;
    CHECK(route.takes(HttpMethod::kGet) == !reload);
    CHECK(route.takes(HttpMethod::kHead) == !reload);
    CHECK(route.takes(HttpMethod::kPost) == (metrics || reload));
    CHECK_FALSE(route.takes(HttpMethod::kOther));
    CHECK(route.allowed() == (reload ? "POST" : metrics ? "GET, HEAD, POST" : "GET, HEAD"));
  }
}

}  // namespace
}  // namespace jmxbridge
