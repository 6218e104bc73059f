#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <vector>

#include "jmx/limits.h"
#include "jni/java_vm.h"
#include "scrape/connector.h"
#include "scrape/source.h"

namespace jmxbridge {

class JavaSession;
class JdkAuthorityText;
class LanePool;
class RefusedLogins;

/// Opens sessions through the embedded JVM. Thread-safe.
class JvmConnector : public Connector {
 public:
  JvmConnector(JavaVm java, const Limits& limits, const SourceTimes& times = {});
  ~JvmConnector() override;

  asio::awaitable<Result<Session>> open(const Endpoint& endpoint, Deadline deadline) override;

  /// Closes every session that is open, all at once, and waits until that is done; false if it
  /// takes longer. For the end of the process: call it, flush the log, then _Exit().
  bool close_all(std::chrono::milliseconds within = std::chrono::seconds(2));

 private:
  void remember(const std::shared_ptr<JavaSession>& session);

  const JavaVm java_;
  const Limits limits_;
  const SourceTimes times_;
  const std::shared_ptr<LanePool> lanes_;
  const std::shared_ptr<JdkAuthorityText> authorities_;
  const std::shared_ptr<RefusedLogins> refused_;
  std::mutex mutex_;
  std::vector<std::weak_ptr<JavaSession>> sessions_;
};

}  // namespace jmxbridge
