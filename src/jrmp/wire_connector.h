#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "jmx/wire_address.h"
#include "jrmp/connection.h"
#include "jrmp/waiter.h"
#include "net/tls_peer.h"
#include "scrape/connector.h"

namespace jmxbridge {

/// Opens connections with one target. The dial policy is asked once, on a thread where it may wait
/// for name servers; what it admitted then is what is connected to.
class WireConnector {
 public:
  /// With `tls` its connections speak TLS.
  WireConnector(WireAddress address, std::shared_ptr<TlsPeer> tls, Dial dial,
                std::shared_ptr<asio::thread_pool> resolvers);

  const WireAddress& address() const { return address_; }
  /// `HOST:PORT`, for messages.
  std::string text() const;

  /// The first thing in each call of the source: makes the waiter, and forgets an earlier abort.
  void prepare(const asio::any_io_executor& executor);
  /// What coroutines of this source wait with; null before prepare().
  const std::shared_ptr<Waiter>& waiter() const { return waiter_; }

  /// A new connection. The error is a sentence; after the first connection it is of kind kSession,
  /// unless there was no time.
  asio::awaitable<Result<std::shared_ptr<Connection>>> open(Deadline deadline);

 private:
  asio::awaitable<Result<void>> resolve(Deadline deadline);

  const WireAddress address_;
  const std::shared_ptr<TlsPeer> tls_;
  const Dial dial_;
  const std::shared_ptr<asio::thread_pool> resolvers_;
  std::shared_ptr<Waiter> waiter_;
  std::vector<std::string> addresses_;
  bool has_connected_ = false;
};

}  // namespace jmxbridge
