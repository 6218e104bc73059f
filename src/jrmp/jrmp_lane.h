#pragma once

#include <boost/asio/thread_pool.hpp>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "jmx/limits.h"
#include "jrmp/lane_times.h"
#include "net/tls_context.h"
#include "net/tls_peer.h"
#include "scrape/connector.h"

namespace jmxbridge {

/// Makes fast lanes. They share the threads on which names are resolved, and of TLS the JDK's
/// authorities alone. Thread-safe.
class JrmpLane : public WireLane {
 public:
  explicit JrmpLane(const Limits& limits, const LaneTimes& times = {});
  ~JrmpLane() override;

  Result<std::unique_ptr<Source>> make(const WireAddress& address, const TlsMaterial* tls,
                                       const Dial& dial) override;

 private:
  /// What a text of the JVM says, as long as the JVM keeps that text.
  struct Parsed {
    std::weak_ptr<const std::string> text;
    TlsAuthorities authorities;
  };

  Result<std::shared_ptr<TlsPeer>> make_peer(const std::string& host, const TlsMaterial& tls);
  Result<TlsAuthorities> authorities_of(const std::shared_ptr<const std::string>& text);

  const Limits limits_;
  const LaneTimes times_;
  const std::shared_ptr<asio::thread_pool> resolvers_;
  std::mutex mutex_;
  std::vector<Parsed> parsed_;
};

}  // namespace jmxbridge
