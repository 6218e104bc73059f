#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "exposition/page.h"
#include "scrape/connector.h"
#include "scrape/lanes.h"
#include "scrape/self_metrics.h"
#include "scrape/snapshot.h"

namespace jmxbridge {

/// One finished scrape: a page and the numbers that go into it. Immutable; safe to share.
struct ScrapeResult {
  std::shared_ptr<const Page> page;
  std::vector<double> values;
};

/// How a target stands, for the landing page and the state dump. Texts may be hostile: escape them.
struct TargetStatus {
  std::string name;
  bool up = false;
  std::string lane;                ///< "fast" or "portable", or empty without a session
  std::string lane_reason;         ///< why the portable lane serves, where the fast one was wanted
  std::size_t portable_beans = 0;  ///< read through the JVM beside the fast lane
  std::string last_error;          ///< empty when the last scrape went well
  std::uint32_t beans = 0;         ///< in the inventory
  std::uint32_t samples = 0;       ///< in the last page, without the daemon's own
  std::chrono::milliseconds last_duration{0};
  std::uint64_t scrapes = 0;
  std::uint64_t sessions_opened = 0;
  bool scraping = false;  ///< a read is under way
  std::vector<std::string> set_aside_beans;
};

/// One JMX server to read, with all that is remembered of it between scrapes (design section 4).
///
/// Runs on a strand of its own; every public function may be called from any thread.
class Target {
 public:
  /// `name` stands in logs and pages, so it holds no secret. The endpoint's kind and dial are kept;
  /// a remote target's address, login and TLS are those of the snapshot in use.
  Target(const asio::io_context::executor_type& executor, std::string name, Connector& connector,
         Endpoint endpoint, std::shared_ptr<const Snapshot> snapshot, ProcessCounters& counters,
         const LaneSettings& lanes = {});
  ~Target();
  Target(const Target&) = delete;
  Target& operator=(const Target&) = delete;

  /// Reads the target, or joins the read that is under way. Returns by the deadline, always with a
  /// page: with what has answered by then, or with the daemon's own families alone.
  asio::awaitable<std::shared_ptr<const ScrapeResult>> scrape(Deadline deadline);

  /// Uses another configuration from the next scrape on; the inventory stays. If there are many
  /// MBeans or rules, those that come until it is prepared are served with the one in use.
  void use(std::shared_ptr<const Snapshot> snapshot);
  /// Returns when the next scrape is made with what use() was given last.
  asio::awaitable<void> settled();

  TargetStatus status() const;

  /// Ends what is under way and closes the session; the target cannot be used afterwards.
  asio::awaitable<void> close();

 private:
  class Scraper;
  std::shared_ptr<Scraper> scraper_;
};

}  // namespace jmxbridge
