#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "jmx/limits.h"
#include "jni/java_session.h"
#include "jni/read_lane.h"
#include "jni/session_keeper.h"
#include "scrape/source.h"

namespace jmxbridge {

/// The portable lane: reads through the JVM what the JVM can read (design section 5). Its own end
/// closes the session without waiting.
class PortableSource : public Source {
 public:
  PortableSource(std::shared_ptr<JavaSession> session, std::shared_ptr<LanePool> lanes,
                 const Limits& limits, const SourceTimes& times);

  asio::awaitable<Result<Changes>> changes(Deadline deadline) override;
  asio::awaitable<Result<std::vector<ObjectName>>> query(const ObjectName& pattern,
                                                         Deadline deadline) override;
  asio::awaitable<Result<void>> describe(std::span<const ObjectName> names, DescribeSink& sink,
                                         Deadline deadline) override;
  asio::awaitable<Result<void>> fetch(std::shared_ptr<const ReadList> reads, FetchSink& sink,
                                      Deadline deadline) override;
  void abort() override;

 private:
  using Ref = std::shared_ptr<const GlobalRef>;

  const std::shared_ptr<JavaSession> session_;
  const std::shared_ptr<SessionKeeper> keeper_;
  const std::shared_ptr<LanePool> lanes_;
  const Limits limits_;
  const std::chrono::milliseconds lost_rest_;
  std::shared_ptr<const ReadList> planned_;  ///< what plan_ was made of
  Ref plan_;
};

}  // namespace jmxbridge
