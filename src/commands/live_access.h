#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "commands/access_parts.h"
#include "http/access.h"
#include "scrape/self_metrics.h"

namespace jmxbridge {

/// How clients of the daemon's own port are let in now. Key stores, certificates and the web
/// configuration are looked at for each connection and request, and read again when they have
/// changed; what cannot be used leaves the old state in place, and a gauge and the log say so.
/// Callable from any thread.
class LiveAccess final : public AccessService {
 public:
  /// `web_config` is what `--web.config.file` names; empty: the configuration's `httpServer`
  /// counts.
  LiveAccess(std::string web_config, ReadServerKeys read, ProcessCounters& counters);
  ~LiveAccess() override;

  /// Takes what a configuration says of it; blocks while files are read. The error has the
  /// findings, and then nothing has changed.
  Result<void> use(const std::optional<HttpServerConfig>& server);

  asio::awaitable<std::shared_ptr<const Access>> current() override;

  /// Ends the threads; who waits for them gets no answer.
  void stop();

 private:
  class Reading;
  std::shared_ptr<Reading> reading_;
};

}  // namespace jmxbridge
