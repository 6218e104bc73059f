#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/result.h"
#include "jrmp/answer_reader.h"
#include "jrmp/answer_sink.h"
#include "jrmp/call_list.h"
#include "jrmp/kept_connections.h"
#include "jrmp/lane_times.h"
#include "jrmp/lap.h"
#include "jrmp/wire_connector.h"

namespace jmxbridge {

/// Makes many calls at once over few connections and survives what goes wrong on the way (design
/// section 5). Lives on its source's strand; one run at a time.
class Pipeline {
 public:
  using Clock = Waiter::Clock;

  /// An item whose call holds the target up.
  struct Stuck {
    std::uint32_t item = 0;
    Clock::time_point since;
  };

  /// `idle_call`: a request that every target answers at once and with few bytes. It is made where
  /// only the fact that there is an answer is of use.
  Pipeline(WireConnector& connector, const Limits& limits, Bytes idle_call,
           const LaneTimes& times = {});
  /// Closes its connections, which something that waits may still hold.
  ~Pipeline();
  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;

  /// Makes the calls of the list. What is not answered when it returns with an error, the sink has
  /// not heard of. Errors: kDeadline, kAborted, kSession, and kFailed where the target ends too
  /// many connections or the first one cannot be made.
  asio::awaitable<Result<void>> run(const CallList& list, AnswerSink& sink,
                                    Clock::time_point deadline);

  /// After a run that ended at its deadline: the items that hold the target up, by all that the
  /// run has shown. The time says how long they have.
  const std::vector<Stuck>& stuck() const { return stuck_; }

  /// After a run: the item whose call is left unanswered on a connection that is kept for it, so
  /// that the target is not asked the same again by more and more threads. One at most, from the
  /// run that it was found in until still_waits() is false.
  std::optional<std::uint32_t> parked_item() const { return parked_item_; }
  /// Between two runs: whether that call is unanswered even now.
  bool still_waits() { return kept_.still_waits(); }

  /// Between two runs: makes the idle call on a connection that has not been used for a while, so
  /// that the target keeps the session. Its answer is dropped when it is next used.
  void keep_alive() { kept_.keep_alive(); }

 private:
  void begin_run(const CallList& list, AnswerSink& sink, Clock::time_point deadline);
  asio::awaitable<Result<void>> go_on();
  asio::awaitable<Result<void>> start(Lap::Part part);
  asio::awaitable<Result<void>> mend_laps();
  asio::awaitable<Result<void>> reopen(Lap& lap);
  bool pump_all();
  void finish_laps();
  bool leave_stuck(Clock::time_point now);
  bool is_sign_of_life_due() const;
  asio::awaitable<void> look_for_life();
  bool is_outlived(const Lap& lap) const;
  void note_stuck(Clock::time_point now);
  std::size_t at_work() const { return laps_.size() + (kept_.has_parked() ? 1 : 0); }
  void park();
  void drop_forgotten();
  void end_run();

  WireConnector& connector_;
  AnswerReader answers_;
  const Bytes idle_call_;
  const LaneTimes times_;
  KeptConnections kept_;
  std::optional<std::uint32_t> parked_item_;  ///< of the last run

  // Of the run under way.
  RunState run_;
  Clock::time_point started_;
  Clock::time_point deadline_;
  std::vector<Lap> laps_;
  std::vector<Lap::Part> parts_;  ///< that no lap is on
  std::vector<Stuck> stuck_;
  bool has_looked_for_life_ = false;
  std::uint32_t reopened_ = 0;
};

}  // namespace jmxbridge
