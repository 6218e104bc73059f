#pragma once

#include <array>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "jrmp/answer_reader.h"
#include "jrmp/call_list.h"
#include "jrmp/connection.h"
#include "jrmp/lane_times.h"
#include "jrmp/wire_connector.h"

namespace jmxbridge {

/// Why a call that was made has no answer that could be read.
enum class CallLoss : std::uint8_t {
  kNotSerializable,  ///< the target could not write the value
  kBroke,            ///< the connection ends whenever this call is made
  kUnreadable,       ///< its value cannot be decoded here
  kMisleading,       ///< its value says that it is longer than it is, so that nobody can read it
};

/// What a call brought; lives during AnswerSink::answered only.
struct Answer {
  bool threw = false;  ///< the value is what the call threw
  std::span<const std::byte> value;
  StreamDecoder& decoder;  ///< has read the value
};

/// Takes in the answers of a run, each call's once at most, in the order of the list where nothing
/// goes wrong.
class AnswerSink {
 public:
  virtual ~AnswerSink() = default;
  /// False: the session is lost, and the run ends.
  virtual bool answered(const Call& call, const Answer& answer) = 0;
  virtual void lost(const Call& call, CallLoss why, std::string_view detail) = 0;
  /// Asked before a value is read: how many of the bytes, at whose front it stands, are one that
  /// the sink has seen before and takes as answered herewith; 0 if that cannot be told.
  virtual std::size_t unchanged(const Call&, std::span<const std::byte>) { return 0; }
};

/// Makes many calls at once over few connections and survives what goes wrong on the way (design
/// section 5). Lives on its source's strand; one run at a time.
class Pipeline {
 public:
  using Clock = Waiter::Clock;

  /// How a run ended that did not end by the last answer.
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
  /// not heard of. Errors: kDeadline, kAborted, kSession, kLimit.
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
  bool still_waits();

  /// Between two runs: makes the idle call on a connection that has not been used for a while, so
  /// that the target keeps the session. Its answer is dropped when it is next used.
  void keep_alive();

 private:
  /// A connection's way through a part of the list.
  struct Lap {
    std::shared_ptr<Connection> connection;
    std::size_t next = 0;      ///< the first call without an answer
    std::size_t sent = 0;      ///< the first call that may not be sent yet
    std::size_t end = 0;       ///< behind the last call of the part
    std::size_t written = 0;   ///< bytes of the list that have been sent
    bool careful = false;      ///< one call at a time, to find the one that breaks the connection
    bool was_idle = false;     ///< kept from an earlier run, and nothing has come on it yet
    bool is_doubtful = false;  ///< the same, after a long time
    bool is_stuck = false;     ///< another lap goes on behind its next call
    bool must_reopen = false;
    bool has_answered = false;   ///< the connection it has now
    std::uint32_t answered = 0;  ///< since the lap became careful
    Clock::time_point progress;  ///< when the last answer came, or the first call was sent
    Clock::time_point moved;     ///< when bytes last came
    Clock::time_point paused;    ///< `moved` when a pause in an answer was last looked into
  };
  struct Part {
    std::size_t begin = 0;
    std::size_t end = 0;
  };

  asio::awaitable<Result<void>> go_on();
  asio::awaitable<Result<void>> start(Part part);
  asio::awaitable<Result<void>> reopen(Lap& lap);
  asio::awaitable<Result<void>> mend_laps();
  std::shared_ptr<Connection> take_idle();
  bool pump_all();
  bool pump(Lap& lap);
  void send(Lap& lap);
  bool take_answers(Lap& lap);
  bool take_answer(Lap& lap);
  bool take_unchanged(Lap& lap);
  void note_answer(Lap& lap, std::size_t size);
  bool skip(Lap& lap);
  bool look_into_pause(Lap& lap);
  void send_sentinel(Lap& lap);
  void lose(Lap& lap, CallLoss why, std::string_view detail);
  void lose_answer(Lap& lap, CallLoss why, std::string_view detail);
  static void pass_sentinel(Lap& lap);
  void note_broken(Lap& lap);
  void finish_laps();
  bool leave_stuck(Clock::time_point now);
  bool is_sign_of_life_due() const;
  bool is_outlived(const Lap& lap) const;
  asio::awaitable<void> look_for_life();
  void note_stuck(Clock::time_point now);
  Clock::time_point prepare_wait(Lap& lap, Clock::time_point now);
  std::size_t low_water(const Lap& lap, Clock::time_point now) const;
  bool drop_answers(Connection& connection);
  void park();
  void drop_forgotten();
  void end_run();

  WireConnector& connector_;
  AnswerReader answers_;
  const Bytes idle_call_;
  const LaneTimes times_;
  std::vector<std::shared_ptr<Connection>> idle_;
  std::shared_ptr<Connection> parked_;
  std::optional<std::uint32_t> parked_item_;  ///< of the last run

  // Of the run under way.
  const CallList* list_ = nullptr;
  AnswerSink* sink_ = nullptr;
  Clock::time_point started_;
  Clock::time_point deadline_;
  Clock::duration patience_{};
  std::vector<Lap> laps_;
  std::vector<Part> parts_;  ///< that no lap is on
  std::vector<Stuck> stuck_;
  std::optional<Error> error_;
  Clock::time_point last_sign_;  ///< of life: an answer, or a new connection
  bool has_looked_for_life_ = false;
  std::uint32_t reopened_ = 0;

  /// Bytes of an answer to each kind of call, as the last ones had them.
  std::array<std::size_t, kCallKinds> usual_answer_{};
};

}  // namespace jmxbridge
