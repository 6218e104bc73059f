#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>

#include "base/result.h"
#include "scrape/target.h"

namespace jmxbridge {

/// What the server asks of the rest of the daemon. Callable from any thread; outlives the server.
class ScrapeService {
 public:
  virtual ~ScrapeService() = default;

  /// Reads the target, or joins the read that is under way; returns by the deadline with a page.
  /// An error is answered with status 500 and its text; a null result or an exception with 500.
  virtual asio::awaitable<Result<std::shared_ptr<const ScrapeResult>>> scrape(
      Deadline deadline) = 0;

  /// How the target stands, for the landing page.
  virtual TargetStatus status() const = 0;
};

}  // namespace jmxbridge
