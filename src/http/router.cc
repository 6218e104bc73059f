#include "http/router.h"

#include <algorithm>

namespace jmxbridge {

bool Route::takes(HttpMethod method) const {
  switch (method) {
    case HttpMethod::kGet:
    case HttpMethod::kHead:
      return takes_get;
    case HttpMethod::kPost:
      return takes_post;
    case HttpMethod::kOther:
      break;
  }
  return false;
}

std::string_view Route::allowed() const {
  if (!takes_get) return "POST";
  return takes_post ? "GET, HEAD, POST" : "GET, HEAD";
}

Router::Router(std::string_view metrics_path) {
  routes_ = {
      {.path = "/", .kind = RouteKind::kLanding},
      {.path = "/metrics",
       .kind = RouteKind::kMetrics,
       .takes_longer_paths = true,
       .takes_post = true},
      {.path = "/-/healthy", .kind = RouteKind::kHealthy, .takes_longer_paths = true},
      {.path = "/-/ready", .kind = RouteKind::kReady},
      {.path = "/-/reload", .kind = RouteKind::kReload, .takes_get = false, .takes_post = true},
      {.path = "/config", .kind = RouteKind::kConfig},
  };
  std::string custom(metrics_path);
  if (!custom.starts_with('/')) custom.insert(0, 1, '/');
  const bool taken = std::any_of(routes_.begin(), routes_.end(),
                                 [&](const Route& route) { return route.path == custom; });
  if (!taken) {
    routes_.push_back({.path = std::move(custom),
                       .kind = RouteKind::kMetrics,
                       .takes_longer_paths = true,
                       .takes_post = true});
  }
}

const Route* Router::match(std::string_view path) const {
  const Route* best = nullptr;
  for (const Route& route : routes_) {
    const bool takes = route.takes_longer_paths ? path.starts_with(route.path) : path == route.path;
    if (takes && (best == nullptr || best->path.size() < route.path.size())) best = &route;
  }
  return best;
}

}  // namespace jmxbridge
