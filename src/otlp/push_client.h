#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "config/open_telemetry_config.h"
#include "otlp/push_outcome.h"

namespace jmxbridge {

/// Sends requests to one receiver over a connection that it keeps. send() is for one thread;
/// abort() may be called from any.
class PushClient {
 public:
  explicit PushClient(const OpenTelemetryConfig& config);
  ~PushClient();
  PushClient(const PushClient&) = delete;
  PushClient& operator=(const PushClient&) = delete;

  /// Sends an ExportMetricsServiceRequest once and waits for the answer, by the deadline or the
  /// configured time-out, whichever is first. No proxy, no redirect; of an answer 1 MiB is taken.
  PushOutcome send(std::string_view request, std::chrono::steady_clock::time_point deadline);

  /// Ends the send() under way, and every later one until allow() is called.
  void abort();
  void allow();

  /// The receiver's URL for logs: what may be a secret is not in it.
  const std::string& shown_endpoint() const { return shown_endpoint_; }

 private:
  class Transfer;
  std::string shown_endpoint_;
  std::string no_library_;              ///< why there is no transfer_
  std::unique_ptr<Transfer> transfer_;  ///< null where libcurl cannot be opened
};

}  // namespace jmxbridge
