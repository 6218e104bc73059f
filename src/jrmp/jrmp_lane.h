#pragma once

#include <boost/asio/thread_pool.hpp>
#include <memory>

#include "jmx/limits.h"
#include "scrape/connector.h"

namespace jmxbridge {

/// Makes fast lanes. They share the threads on which names are resolved. Thread-safe.
class JrmpLane : public WireLane {
 public:
  explicit JrmpLane(const Limits& limits);
  ~JrmpLane() override;

  Result<std::unique_ptr<Source>> make(const WireAddress& address, const TlsMaterial* tls,
                                       const Dial& dial) override;

 private:
  const Limits limits_;
  const std::shared_ptr<asio::thread_pool> resolvers_;
};

}  // namespace jmxbridge
