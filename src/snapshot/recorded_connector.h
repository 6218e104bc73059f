#pragma once

#include <memory>
#include <vector>

#include "scrape/connector.h"
#include "snapshot/recording.h"

namespace jmxbridge {

/// Opens sessions with a target that exists only as snapshots: each scrape of a session sees the
/// next of them, and from then on the last. Everything completes at once, without threads.
///
/// What the snapshots lack is no failure of a scrape: a bean that was not read answers with an
/// error, an attribute without value is one that threw.
class RecordedConnector : public Connector {
 public:
  /// At least one.
  explicit RecordedConnector(std::vector<std::shared_ptr<const Recording>> recordings)
      : recordings_(std::move(recordings)) {}

  asio::awaitable<Result<Session>> open(const Endpoint& endpoint, Deadline deadline) override;

 private:
  std::vector<std::shared_ptr<const Recording>> recordings_;
};

}  // namespace jmxbridge
