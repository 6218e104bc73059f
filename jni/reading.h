#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "jni/java_session.h"
#include "jni/read_lane.h"
#include "jni/record.h"
#include "jni/refs.h"
#include "scrape/source.h"

namespace jmxbridge {

/// Takes in what a reading brings, on the strand; exactly one call for each bean.
class BeanTaker {
 public:
  virtual ~BeanTaker() = default;
  /// The record lives during the call only, and so do the values that the decoder makes of it.
  virtual void answered(const BeanRecord& record, StreamDecoder& decoder) = 0;
  virtual void unanswered(std::uint32_t bean, BeanOutcome outcome) = 0;
};

/// One reading of many beans through lanes (io.jmxbridge.Run, Lane), on the strand of one call.
///
/// Few beans are read by one lane, more by two; when nothing has moved for a while another lane
/// goes on behind those that are stuck. At the deadline what is whole is handed over, and the beans
/// that the stuck lanes are at are told from those that nobody got to.
class Reading {
 public:
  /// `run` is the Java object; all references must outlive the coroutine.
  Reading(std::shared_ptr<JavaSession> session, JavaSession::Call& call, LanePool& pool,
          std::shared_ptr<const GlobalRef> run, std::uint32_t beans, BeanTaker& taker);

  /// Reads to the end or to the deadline. On an error every bean has been told of all the same.
  asio::awaitable<Result<void>> read();

 private:
  /// How a turn of a lane ended; the first three as io.jmxbridge.Lane has them.
  enum class End : std::uint8_t { kMore, kDone, kDeadline, kNeedsRoom, kFailed };

  struct Turn {
    End end = End::kMore;
    std::size_t room = 0;  ///< for kNeedsRoom
    Error error;           ///< for kFailed
  };

  struct LaneState {
    std::shared_ptr<ReadLane> lane;
    bool busy = false;
    std::optional<Turn> turn;  ///< that has ended and was not looked at
  };

  static Turn make_turn(JNIEnv& env, const JavaSession& session, ReadLane& lane, jobject run,
                        std::int64_t number, Deadline deadline);
  void add_lane();
  void start(std::size_t index);
  void look_at(std::size_t index, Turn turn);
  void take_in(ReadLane& lane);
  void look_for_life();
  bool is_busy() const;
  std::uint64_t progress() const;
  void finish();

  const std::shared_ptr<JavaSession> session_;
  JavaSession::Call& call_;
  LanePool& pool_;
  const std::shared_ptr<const GlobalRef> run_;
  const std::uint32_t beans_;
  BeanTaker& taker_;
  const Deadline started_;

  std::vector<LaneState> lanes_;
  std::vector<bool> told_;
  std::uint32_t answered_ = 0;
  std::int64_t last_answer_ = 0;  ///< on Java's clock
  bool looks_for_life_ = false;
  bool drained_ = false;  ///< every bean has been taken by some lane
  bool time_is_up_ = false;
  std::optional<Error> error_;
};

}  // namespace jmxbridge
