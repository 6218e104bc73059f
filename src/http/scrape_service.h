#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>

#include "scrape/target.h"

namespace jmxbridge {

/// What the server asks of the rest of the daemon. Callable from any thread; outlives the server.
class ScrapeService {
 public:
  virtual ~ScrapeService() = default;

  /// Reads the target, or joins the read that is under way; returns by the deadline with a page.
  /// A null result or an exception is answered with status 500.
  virtual asio::awaitable<std::shared_ptr<const ScrapeResult>> scrape(Deadline deadline) = 0;

  /// How the target stands, for the landing page.
  virtual TargetStatus status() const = 0;
};

}  // namespace jmxbridge
