#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "http/access.h"
#include "http/configuration_service.h"
#include "http/scrape_service.h"

namespace jmxbridge {

/// Where and how the server answers.
struct HttpOptions {
  struct Address {
    /// Name or number; a name is bound at one address, IPv4 if it has one. Empty: every interface,
    /// IPv6 and IPv4.
    std::string host;
    std::uint16_t port = 0;  ///< 0: any free one
  };

  std::vector<Address> listen;
  std::string metrics_path = "/metrics";          ///< served beside /metrics, not instead of it
  std::chrono::milliseconds timeout_offset{500};  ///< taken off Prometheus' scrape time-out
  std::chrono::milliseconds default_timeout{60'000};
  std::size_t header_limit = 16 * 1024;
  std::size_t body_limit = 64 * 1024;
  /// How long a client may take to send a request, and to take in its answer.
  std::chrono::milliseconds idle_timeout{60'000};
  std::size_t max_connections = 512;  ///< what comes beyond is answered 503 and closed
  /// Metrics requests in work at once. What comes beyond is answered at once: 429 beyond `threads`,
  /// the peer's httpServer.threads.maximum, and 503 beyond `max_requests`; 0: no bound.
  std::size_t threads = 0;
  std::size_t max_requests = 0;
  /// The peer's httpServer.maximumRequestSeconds: a connection whose request is not answered in
  /// full by then is cut off, while its scrape goes on; 0: no bound.
  std::chrono::milliseconds max_request_time{0};
  /// How clients are let in; null: everyone, over plain connections.
  std::shared_ptr<AccessService> access;
  /// How long a client may take to begin to speak TLS.
  std::chrono::milliseconds handshake_timeout{10'000};
  /// Called for each connection and request that was turned away, from any thread; may be empty.
  std::function<void()> on_rejected;
  /// Called for each request without the right credentials, and for each client that fails to
  /// begin to speak TLS; as on_rejected.
  std::function<void()> on_unauthorized;
  std::function<void()> on_tls_failure;
};

/// The HTTP side of the daemon (specification section 10). Thread-safe once started.
///
/// The executor's context must have stopped, or drain() returned and its handlers run out, before
/// the server and the services are destroyed.
class HttpServer {
 public:
  HttpServer(const asio::io_context::executor_type& executor, HttpOptions options,
             ScrapeService& service, ConfigurationService& configuration);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  /// Binds and listens on every address, all or none; the error names the one that failed.
  Result<void> start();
  /// The ports in use, in the order of the options (they differ for port 0).
  std::vector<std::uint16_t> ports() const;

  /// `/-/ready` answers 503 from now on, nothing new is accepted, idle connections are closed and
  /// requests under way finish. Returns when the last is done, or at the deadline, at which the
  /// rest is cut off.
  asio::awaitable<void> drain(Deadline deadline);

  /// One line for each open connection and what it is doing, for the state dump.
  std::string dump() const;

 private:
  class Listener;
  std::shared_ptr<Listener> listener_;
};

}  // namespace jmxbridge
