#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "scrape/connector.h"
#include "scrape/source.h"

namespace jmxbridge {

/// Which lane may read a target.
enum class LaneChoice : std::uint8_t {
  kAuto,      ///< the fast one where it can, else the portable one
  kPortable,  ///< the portable one only
  kFast,      ///< the fast one only
};

struct LaneSettings {
  WireLane* wire = nullptr;  ///< makes the fast lane; null: there is only the portable one
  LaneChoice choice = LaneChoice::kAuto;
  /// A fast lane that did not work is tried again after that long, and after twice as long each
  /// further time, up to 64 times. Only tests have another.
  std::chrono::milliseconds fast_rest{60'000};
};

/// The lanes of one session, as one source: what the fast lane cannot read is read through the JVM.
/// Lives on its target's strand.
class Lanes : public Source {
 public:
  Lanes(Session session, const LaneSettings& settings, const Dial& dial);

  /// "fast" or "portable".
  std::string_view name() const { return fast_ ? "fast" : "portable"; }
  /// Why the portable lane serves although the fast one was wanted; else empty. May be hostile.
  const std::string& reason() const { return reason_; }
  /// MBeans that are read through the JVM beside the fast lane.
  std::size_t portable_beans() const { return others_.size(); }

  asio::awaitable<Result<Changes>> changes(Deadline deadline) override;
  asio::awaitable<Result<std::vector<ObjectName>>> query(const ObjectName& pattern,
                                                         Deadline deadline) override;
  asio::awaitable<Result<void>> describe(std::span<const ObjectName> names, DescribeSink& sink,
                                         Deadline deadline) override;
  asio::awaitable<Result<void>> fetch(std::shared_ptr<const ReadList> reads, FetchSink& sink,
                                      Deadline deadline) override;
  void abort() override;

 private:
  /// A part of a read list, and where its beans stand in the whole.
  struct Part {
    std::shared_ptr<const ReadList> reads;
    std::vector<std::uint32_t> positions;
  };

  void leave_fast(std::string reason);
  void split(const std::shared_ptr<const ReadList>& reads);
  static Part part_of(const ReadList& reads, std::vector<std::uint32_t> positions);
  Source& main() { return fast_ ? *fast_ : *portable_; }

  std::unique_ptr<Source> portable_;  ///< before the fast lane, which needs its session
  std::unique_ptr<Source> fast_;
  std::unique_ptr<Source> resting_;  ///< the fast lane, until it is tried again
  std::chrono::milliseconds longest_rest_;
  std::chrono::milliseconds rest_;
  Deadline try_again_;
  LaneChoice choice_;
  std::string reason_;
  bool is_proven_ = false;  ///< the fast lane has worked in this session

  std::set<ObjectName> others_;            ///< that the fast lane cannot read
  std::shared_ptr<const ReadList> whole_;  ///< what the parts were made of
  Part fast_part_;
  Part other_part_;
};

}  // namespace jmxbridge
