#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>

#include "jrmp/answer_reader.h"
#include "jrmp/answer_sink.h"
#include "jrmp/answer_sizes.h"
#include "jrmp/call_list.h"
#include "jrmp/connection.h"
#include "jrmp/lane_times.h"
#include "jrmp/requests.h"

namespace jmxbridge {

/// What the laps of a run share.
struct RunState {
  using Clock = Connection::Clock;

  AnswerReader& answers;
  const Bytes& idle_call;
  const LaneTimes& times;
  AnswerSizes sizes{};  ///< of this run and those before

  const CallList* list = nullptr;
  AnswerSink* sink = nullptr;
  Clock::duration patience{};     ///< how long an answer is waited for before others go on
  Clock::time_point last_sign{};  ///< of life: an answer, or a new connection
  bool session_lost = false;      ///< by what an answer says; ends the run
};

/// A connection's way through a part of a run's calls: sends them, takes in their answers, and
/// finds the next answer behind one that cannot be read. Where that takes another connection, it
/// waits to be given one.
///
/// Not thread-safe: lives on its source's strand.
class Lap {
 public:
  using Clock = Connection::Clock;

  /// Calls of the list, from `begin` to the one before `end`.
  struct Part {
    std::size_t begin = 0;
    std::size_t end = 0;
  };

  /// Begins to send. `was_idle`: the connection was kept from an earlier run. The run's state must
  /// outlive it.
  Lap(RunState& run, std::shared_ptr<Connection> connection, bool was_idle, Part part);

  /// Sends what can be sent and takes in what has come; false if there was nothing to do.
  bool pump();
  /// Goes on over another connection with the first call that has no answer.
  void reopen(std::shared_ptr<Connection> connection);
  /// Waits for the one answer that the target works on, and no more; what is behind that call is
  /// for another connection, and returned.
  Part leave_stuck();
  /// Has the connection replaced if it has been silent for too long to be trusted: after a long
  /// time without use, or while an answer that cannot be read is skipped. True if so.
  bool give_up_silent(Clock::time_point now);
  /// Has the waiter woken when there is enough to read; returns when to look again without that.
  Clock::time_point prepare_wait(Clock::time_point now);

  Connection& connection() { return *connection_; }
  std::shared_ptr<Connection> take_connection() { return std::move(connection_); }

  bool is_done() const { return next_ >= end_; }
  bool must_reopen() const { return must_reopen_; }
  bool awaits_answer() const { return sent_ > next_; }
  /// The first call without an answer, unless is_done().
  const Call& next_call() const { return (*run_->list)[next_]; }
  /// When the last answer came, or the first call was sent.
  Clock::time_point progress() const { return progress_; }
  /// True if the connection was kept from an earlier run, and nothing has come on it yet.
  bool was_idle() const { return was_idle_; }
  bool is_stuck() const { return is_stuck_; }
  /// Of one that is done: whether its connection can serve another run.
  bool is_clean() const;

 private:
  bool goes_on() const { return !is_done() && !must_reopen_ && !run_->session_lost; }
  void send();
  bool take_answers();
  bool take_answer();
  void take_whole(const AnswerReader::Look& seen);
  bool take_unchanged();
  void note_answer(std::size_t size);
  bool skip();
  bool has_paused() const;
  bool look_into_pause();
  void send_sentinel();
  void pass_sentinel();
  void lose(CallLoss why, std::string_view detail);
  void lose_answer(CallLoss why, std::string_view detail);
  void note_broken();
  std::size_t low_water(Clock::time_point now) const;

  RunState* run_;
  std::shared_ptr<Connection> connection_;
  std::size_t next_;         ///< the first call without an answer
  std::size_t sent_;         ///< the first call that may not be sent yet
  std::size_t end_;          ///< behind the last call of the part
  std::size_t written_;      ///< bytes of the list that have been sent
  bool is_careful_ = false;  ///< one call at a time, to find the one that breaks the connection
  bool was_idle_;
  bool is_doubtful_ = false;  ///< was_idle_, and that after a long time
  bool is_stuck_ = false;     ///< another lap goes on behind its next call
  bool must_reopen_ = false;
  bool has_answered_ = false;   ///< the connection it has now
  std::uint32_t answered_ = 0;  ///< since the lap became careful
  Clock::time_point progress_;
  Clock::time_point moved_;   ///< when bytes last came
  Clock::time_point paused_;  ///< `moved_` when a pause in an answer was last looked into
};

}  // namespace jmxbridge
