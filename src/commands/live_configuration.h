#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "commands/watched_file.h"
#include "http/configuration_service.h"
#include "scrape/self_metrics.h"
#include "scrape/snapshot.h"
#include "scrape/source.h"

namespace jmxbridge {

/// The configuration in use, and the three ways in which its file is read again: when a signal or a
/// request says so, and when the file has changed (specification 2.5 with verdicts Q26 and Q27). A
/// file that cannot be used leaves the old configuration in place; a counter, a gauge and the log
/// say so. What there is to say about the rules of one that can is worked out once it is in use.
/// Callable from any thread; files are read one after another, on the executor given.
class LiveConfiguration final : public ConfigurationService {
 public:
  /// Called with each configuration that is to take the place of the one before. On an error, which
  /// has findings one a line, the old one stays.
  using Use = std::function<Result<void>(std::shared_ptr<const Snapshot>)>;
  /// Returns when what was handed to Use last is what scrapes are made with.
  using Settled = std::function<asio::awaitable<void>()>;

  /// `file` is the one that `snapshot` was read from; nothing: there is none to read again. `told`:
  /// what the log says of it already, which is not said again while it stays so.
  LiveConfiguration(const asio::any_io_executor& executor, std::optional<WatchedFile> file,
                    std::shared_ptr<const Snapshot> snapshot, ProcessCounters& counters, Use use,
                    Settled settled, std::vector<std::string> told = {});
  ~LiveConfiguration() override;
  LiveConfiguration(const LiveConfiguration&) = delete;
  LiveConfiguration& operator=(const LiveConfiguration&) = delete;

  std::shared_ptr<const Snapshot> snapshot() const;

  /// Returns when scrapes are made with the new configuration, or it cannot be used.
  asio::awaitable<Result<void>> reload() override;
  std::string text() const override;

  /// Reads the file again if it has changed. Returns when the new configuration is handed on, or by
  /// the deadline, and then the reading goes on. Only for callers on a strand.
  asio::awaitable<void> refresh(Deadline deadline);

  /// The same without waiting.
  void start_refresh();
  void start_reload();

 private:
  class Reading;
  std::shared_ptr<Reading> reading_;
};

}  // namespace jmxbridge
