#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "http/request.h"

namespace jmxbridge {

/// What a path is answered with.
enum class RouteKind : std::uint8_t { kLanding, kMetrics, kHealthy, kReady, kReload, kConfig };

struct Route {
  std::string path;
  RouteKind kind = RouteKind::kLanding;
  bool takes_longer_paths = false;  ///< also every path that begins with `path`
  bool takes_get = true;            ///< GET and HEAD
  bool takes_post = false;

  bool takes(HttpMethod method) const;
  /// The value of an `Allow` header.
  std::string_view allowed() const;
};

/// The table of paths (specification 10.1). Immutable; safe to share between threads.
class Router {
 public:
  /// `metrics_path` is served beside `/metrics`; a missing leading `/` is added, and neither `/`
  /// nor a path that is in the table has an effect.
  explicit Router(std::string_view metrics_path);

  /// The route with the longest path that takes in the decoded `path`, or null. Letter case counts.
  const Route* match(std::string_view path) const;

  const std::vector<Route>& routes() const { return routes_; }

 private:
  std::vector<Route> routes_;
};

}  // namespace jmxbridge
