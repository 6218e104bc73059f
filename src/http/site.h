#pragma once

#include <atomic>
#include <utility>

#include "http/connections.h"
#include "http/name_filter.h"
#include "http/page_buffers.h"
#include "http/request_bound.h"
#include "http/router.h"
#include "http/server.h"

namespace jmxbridge {

/// What the connections of one server share. Its parts are immutable or thread-safe.
struct Site {
  Site(HttpOptions given, ScrapeService& scrape_service,
       ConfigurationService& configuration_service)
      : options(std::move(given)),
        router(options.metrics_path),
        service(scrape_service),
        configuration(configuration_service),
        bound(options.threads, options.max_requests),
        connections(options.max_connections) {}

  const HttpOptions options;
  const Router router;
  ScrapeService& service;
  ConfigurationService& configuration;
  RequestBound bound;
  PageBufferPool buffers;
  FilteredPages filtered;
  Connections connections;
  std::atomic<bool> draining{false};
};

}  // namespace jmxbridge
