#include "jrmp/pipeline.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <utility>

namespace jmxbridge {
namespace {

using namespace std::chrono_literals;

/// Calls that may be outstanding on a connection; more are sent when half of them are answered.
constexpr std::size_t kWindow = 512;
/// One connection is kinder to the target, and up to so many calls as fast.
constexpr std::size_t kCallsOfOneConnection = 500;
constexpr std::size_t kUsualConnections = 2;
constexpr std::size_t kMostConnections = 3;
/// More than that in one run, and the target is not worth the trouble.
constexpr std::uint32_t kMostReopened = 256;
/// A target that does not answer so many calls which keep its session is left alone.
constexpr std::uint32_t kMostToDrop = 16;
/// What a connection in the middle of a run may take to be made again.
constexpr std::chrono::seconds kReopenTime{2};
/// How long more bytes than one are awaited before what is there is looked at.
constexpr std::chrono::milliseconds kLowWaterTime{5};
constexpr std::size_t kHighestLowWater = std::size_t{32} * 1024;
constexpr std::size_t kLowestLowWater = 1024;
constexpr std::size_t kAverageOver = 16;
/// Behind an answer that was read, up to the next one, there may be so many bytes that belong to
/// neither: a class can write its data in other ways than its description says.
constexpr std::size_t kMostBetween = 4096;

constexpr std::chrono::milliseconds kShortestPatience{50};
/// A call that the deadline meets by chance is not stuck; one that took so long is.
constexpr std::chrono::milliseconds kStuckFor{250};

}  // namespace

Pipeline::Pipeline(WireConnector& connector, const Limits& limits, Bytes idle_call,
                   const LaneTimes& times)
    : connector_(connector), answers_(limits), idle_call_(std::move(idle_call)), times_(times) {}

Pipeline::~Pipeline() {
  for (const std::shared_ptr<Connection>& connection : idle_) connection->close();
  for (const Lap& lap : laps_) lap.connection->close();
  if (parked_) parked_->close();
}

void Pipeline::keep_alive() {
  // A second connection is cheap to make again, and costs the target a thread.
  while (idle_.size() > 1) {
    idle_.back()->close();
    idle_.pop_back();
  }
  if (idle_.empty()) return;
  Connection& connection = *idle_.front();
  if (connection.to_skip == 0) (void)drop_answers(connection);
  if (connection.to_drop >= kMostToDrop) return;
  if (connection.send(bytes_of(idle_call_)) == idle_call_.size()) {
    ++connection.to_drop;
  } else {
    connection.close();
  }
}

asio::awaitable<Result<void>> Pipeline::run(const CallList& list, AnswerSink& sink,
                                            Clock::time_point deadline) {
  const Clock::time_point now = Clock::now();
  list_ = &list;
  sink_ = &sink;
  started_ = now;
  deadline_ = deadline;
  patience_ = std::max<Clock::duration>(kShortestPatience, (deadline - now) / 4);
  last_sign_ = now;
  has_looked_for_life_ = false;
  stuck_.clear();
  parked_item_.reset();
  reopened_ = 0;
  error_.reset();
  parts_.clear();
  if (list.size() > kCallsOfOneConnection) {
    const std::size_t middle = list.next_item(list.size() / kUsualConnections);
    if (middle < list.size()) parts_.push_back({middle, list.size()});
    parts_.push_back({0, middle});
  } else if (list.size() > 0) {
    parts_.push_back({0, list.size()});
  }
  Result<void> ended = co_await go_on();
  end_run();
  co_return ended;
}

asio::awaitable<Result<void>> Pipeline::go_on() {
  const std::shared_ptr<Waiter> waiter = connector_.waiter();
  std::size_t most = kUsualConnections;
  while (!laps_.empty() || !parts_.empty()) {
    if (waiter->is_aborted()) {
      co_return fail(ErrorKind::kAborted,
                     fmt::format("Reading {} was ended from here", connector_.text()));
    }
    const Clock::time_point now = Clock::now();
    if (now >= deadline_) {
      note_stuck(now);
      co_return fail(ErrorKind::kDeadline, "the deadline has come");
    }
    if (!parts_.empty() && laps_.size() < most) {
      const Part part = parts_.back();
      parts_.pop_back();
      Result<void> started = co_await start(part);
      if (started) continue;
      // With another connection at work, this one can be done without.
      if (laps_.empty()) co_return started;
      parts_.push_back(part);
      most = laps_.size();
    }
    const bool moved = pump_all();
    Result<void> mended = co_await mend_laps();
    if (!mended) co_return mended;
    if (error_) co_return fail(std::move(*std::exchange(error_, std::nullopt)));
    const std::size_t laps = laps_.size();
    finish_laps();
    if (moved || laps_.size() < laps) continue;
    if (leave_stuck(now)) {
      most = kMostConnections - (parked_ ? 1 : 0);
      continue;
    }
    if (is_sign_of_life_due()) {
      co_await look_for_life();
      continue;
    }
    Clock::time_point until = deadline_;
    for (Lap& lap : laps_) until = std::min(until, prepare_wait(lap, now));
    co_await waiter->wait(until);
  }
  co_return Result<void>();
}

std::shared_ptr<Connection> Pipeline::take_idle() {
  while (!idle_.empty()) {
    std::shared_ptr<Connection> connection = std::move(idle_.back());
    idle_.pop_back();
    // Between two runs nothing comes but what is to be dropped, and the end.
    (void)connection->receive();
    const bool is_quiet = connection->in().empty() || connection->to_drop > 0;
    if (!connection->is_lost() && is_quiet) return connection;
    connection->close();
  }
  return nullptr;
}

asio::awaitable<Result<void>> Pipeline::start(Part part) {
  Lap lap;
  lap.connection = take_idle();
  lap.was_idle = lap.connection != nullptr;
  if (!lap.was_idle) {
    const Clock::time_point until =
        laps_.empty() ? deadline_ : std::min(deadline_, Clock::now() + kReopenTime);
    Result<std::shared_ptr<Connection>> opened = co_await connector_.open(until);
    if (!opened) co_return fail(std::move(opened.error()));
    lap.connection = std::move(*opened);
    last_sign_ = Clock::now();
  }
  lap.next = lap.sent = part.begin;
  lap.end = part.end;
  lap.written = list_->offset(part.begin);
  lap.progress = lap.moved = Clock::now();
  lap.is_doubtful = lap.was_idle && lap.progress - lap.connection->last_used > times_.long_idle;
  laps_.push_back(std::move(lap));
  // The target has work while the next connection is made, which with TLS may take a while.
  send(laps_.back());
  co_return Result<void>();
}

asio::awaitable<Result<void>> Pipeline::mend_laps() {
  for (Lap& lap : laps_) {
    if (!lap.must_reopen || lap.next >= lap.end) continue;
    Result<void> reopened = co_await reopen(lap);
    if (!reopened) co_return reopened;
  }
  co_return Result<void>();
}

asio::awaitable<Result<void>> Pipeline::reopen(Lap& lap) {
  lap.connection->close();
  if (++reopened_ > kMostReopened) {
    co_return fail(
        fmt::format("{} has ended {} connections in one scrape; look at its log for "
                    "values that it cannot serialize",
                    connector_.text(), kMostReopened));
  }
  const Clock::time_point until = std::min(deadline_, Clock::now() + kReopenTime);
  Result<std::shared_ptr<Connection>> opened = co_await connector_.open(until);
  if (!opened) co_return fail(std::move(opened.error()));
  lap.connection = std::move(*opened);
  lap.sent = lap.next;
  lap.written = list_->offset(lap.next);
  lap.must_reopen = lap.has_answered = false;
  lap.was_idle = lap.is_doubtful = lap.is_stuck = false;
  lap.progress = lap.moved = last_sign_ = Clock::now();
  send(lap);
  co_return Result<void>();
}

bool Pipeline::pump_all() {
  bool moved = false;
  for (Lap& lap : laps_) moved = pump(lap) || moved;
  return moved;
}

bool Pipeline::pump(Lap& lap) {
  send(lap);
  bool moved = false;
  bool has_more = true;
  while (has_more && lap.next < lap.end && !lap.must_reopen && !error_) {
    const bool received = lap.connection->receive();
    has_more = received && lap.connection->has_more();
    if (received) lap.moved = Clock::now();
    moved = received || moved;
    moved = take_answers(lap) || moved;
    send(lap);
  }
  if (moved) lap.moved = Clock::now();
  const bool is_done = lap.next >= lap.end || lap.must_reopen || error_;
  if (!is_done && lap.connection->is_lost()) {
    note_broken(lap);
    return true;
  }
  return moved;
}

void Pipeline::send(Lap& lap) {
  // What is behind a call that is stuck has been given to another connection.
  if (lap.is_stuck) return;
  const std::size_t window = lap.careful ? 1 : kWindow;
  if (lap.sent < lap.end && lap.sent - lap.next <= window / 2) {
    lap.sent = std::min(lap.end, lap.next + window);
  }
  const std::size_t to = list_->offset(lap.sent);
  if (lap.written < to) lap.written += lap.connection->send(list_->bytes(lap.written, to));
}

bool Pipeline::take_answers(Lap& lap) {
  bool taken = false;
  while (lap.next < std::min(lap.sent, lap.end) && !lap.must_reopen && !error_ &&
         !lap.connection->in().empty()) {
    if (!take_answer(lap)) break;
    taken = true;
    send(lap);
  }
  if (taken) last_sign_ = lap.progress = Clock::now();
  return taken;
}

bool Pipeline::take_answer(Lap& lap) {
  using Front = AnswerReader::Front;
  Connection& connection = *lap.connection;
  const bool was_cut = connection.is_cut();
  const Clock::time_point before = was_cut ? Clock::now() : Clock::time_point();
  if (connection.to_skip > 0) return skip(lap);
  if (was_cut && !connection.is_lost() && !connection.is_worth_a_look(before)) {
    return look_into_pause(lap);
  }
  if (take_unchanged(lap)) return true;
  const AnswerReader::Look seen = answers_.look(connection.in().bytes());
  switch (seen.front) {
    case Front::kWhole: {
      lap.was_idle = lap.is_doubtful = false;
      lap.has_answered = true;
      connection.note_whole();
      if (connection.to_drop > 0) {
        --connection.to_drop;
        connection.in().take(seen.size);
        return true;
      }
      const Call& call = (*list_)[lap.next++];
      const Answer answer{seen.threw, seen.value, answers_.decoder()};
      if (!sink_->answered(call, answer)) {
        error_ =
            Error{ErrorKind::kSession,
                  fmt::format("{} was restarted, or has closed the session", connector_.text())};
      }
      note_answer(lap, seen.size);
      return true;
    }
    case Front::kCut: {
      const Clock::time_point now = Clock::now();
      connection.note_cut(was_cut ? before : now, now);
      return look_into_pause(lap);
    }
    case Front::kEndsHere:
      lose_answer(lap, CallLoss::kNotSerializable, seen.problem);
      lap.must_reopen = true;
      return true;
    case Front::kUnreadable:
      lose_answer(lap, CallLoss::kUnreadable, seen.problem);
      connection.in().take(1);
      connection.to_skip = answers_.limits().answer_bytes;
      (void)skip(lap);
      return true;
    case Front::kNoAnswer:
      // On a connection that has brought no answer yet, something else speaks.
      if (!lap.has_answered) break;
      connection.to_skip = kMostBetween;
      (void)skip(lap);
      return true;
  }
  note_broken(lap);
  return true;
}

bool Pipeline::take_unchanged(Lap& lap) {
  Connection& connection = *lap.connection;
  if (connection.to_drop > 0) return false;
  const std::span<const std::byte> bytes = connection.in().bytes();
  const std::span<const std::byte> value = AnswerReader::returned(bytes);
  if (value.empty()) return false;
  const std::size_t size = sink_->unchanged((*list_)[lap.next], value);
  if (size == 0) return false;
  ++lap.next;
  lap.was_idle = lap.is_doubtful = false;
  lap.has_answered = true;
  connection.note_whole();
  note_answer(lap, bytes.size() - value.size() + size);
  return true;
}

void Pipeline::note_answer(Lap& lap, std::size_t size) {
  lap.connection->in().take(size);
  pass_sentinel(lap);
  if (lap.careful && ++lap.answered >= kWindow) lap.careful = false;
  std::size_t& usual = usual_answer_[static_cast<std::size_t>((*list_)[lap.next - 1].kind)];
  usual = usual == 0 ? size : (usual * (kAverageOver - 1) + size) / kAverageOver;
}

/// Goes on at what looks like the next answer, once that has come.
bool Pipeline::skip(Lap& lap) {
  Connection& connection = *lap.connection;
  InBuffer& in = connection.in();
  if (const std::optional<std::size_t> at = answers_.find_next(in.bytes())) {
    in.take(*at);
    connection.to_skip = 0;
    return true;
  }
  if (lap.sent == lap.next) send_sentinel(lap);
  const std::size_t useless = in.bytes().size() - AnswerReader::undecided(in.bytes());
  in.take(useless);
  if (useless < connection.to_skip) {
    connection.to_skip -= useless;
    return false;
  }
  lap.must_reopen = true;
  return true;
}

/// Has an answer that cannot be read followed by one that can: by its head the end of the first is
/// known. Where the sentinel cannot be sent, a new connection is the next best thing.
void Pipeline::send_sentinel(Lap& lap) {
  Connection& connection = *lap.connection;
  const bool is_between = lap.written == list_->offset(lap.sent);
  if (!is_between || connection.send(bytes_of(idle_call_)) != idle_call_.size()) {
    lap.must_reopen = true;
  } else if (lap.sent == lap.next) {
    ++connection.to_drop;
  } else {
    connection.has_sentinel = true;
  }
}

/// An answer that is cut off and does not go on may have been there in full for long: a class that
/// writes other data than its description says is not understood. If another answer stands behind
/// it, that is so; where none is to come, one is asked for.
bool Pipeline::look_into_pause(Lap& lap) {
  Connection& connection = *lap.connection;
  if (connection.is_lost() || lap.paused == lap.moved) return false;
  if (Clock::now() - lap.moved < times_.cut_pause) return false;
  lap.paused = lap.moved;
  if (const std::optional<std::size_t> at =
          answers_.find_next(connection.in().bytes().subspan(1))) {
    lose_answer(lap, CallLoss::kMisleading,
                "the target's answer cannot be decoded: it says that it is longer than it is");
    connection.in().take(*at + 1);
    return true;
  }
  const bool is_last = lap.sent == lap.next + 1 && lap.written == list_->offset(lap.sent);
  if (is_last && connection.to_drop == 0 && !connection.has_sentinel) send_sentinel(lap);
  return false;
}

void Pipeline::lose(Lap& lap, CallLoss why, std::string_view detail) {
  const Call& call = (*list_)[lap.next++];
  lap.careful = false;
  lap.was_idle = false;
  lap.connection->note_whole();
  pass_sentinel(lap);
  sink_->lost(call, why, detail);
}

/// Loses the call whose answer is at the front, or nothing where nobody waits for that answer.
void Pipeline::lose_answer(Lap& lap, CallLoss why, std::string_view detail) {
  if (lap.connection->to_drop == 0) {
    lose(lap, why, detail);
    return;
  }
  --lap.connection->to_drop;
  lap.connection->note_whole();
}

/// The answer before the sentinel's is done with.
void Pipeline::pass_sentinel(Lap& lap) {
  if (std::exchange(lap.connection->has_sentinel, false)) ++lap.connection->to_drop;
}

/// The connection has ended before its answers did.
void Pipeline::note_broken(Lap& lap) {
  lap.must_reopen = true;
  if (lap.sent == lap.next) return;
  if (lap.was_idle) return;  // it had ended before, and nobody had noticed
  if (lap.careful || lap.is_stuck) {
    lose(lap, CallLoss::kBroke, "the target broke its answer off");
    return;
  }
  lap.careful = true;
  lap.answered = 0;
}

void Pipeline::finish_laps() {
  for (std::size_t i = laps_.size(); i-- > 0;) {
    Lap& lap = laps_[i];
    if (lap.next < lap.end) continue;
    const bool is_clean = lap.sent == lap.next && !lap.must_reopen && !lap.connection->is_lost() &&
                          (lap.connection->in().empty() || lap.connection->to_drop > 0);
    if (is_clean && idle_.size() < kUsualConnections) {
      lap.connection->set_low_water(1);
      if (lap.connection->to_drop == 0) lap.connection->in().clear();
      lap.connection->last_used = Clock::now();
      idle_.push_back(std::move(lap.connection));
    } else {
      lap.connection->close();
    }
    laps_.erase(laps_.begin() + static_cast<std::ptrdiff_t>(i));
  }
}

/// Leaves the laps alone that have waited too long for an answer: what is behind the call that the
/// target works on is for another connection. True if that makes something to do.
bool Pipeline::leave_stuck(Clock::time_point now) {
  bool found = false;
  for (Lap& lap : laps_) {
    const bool is_silent = lap.is_doubtful && now - lap.progress >= times_.idle_answer;
    const bool is_lost = lap.connection->to_skip > 0 && now - lap.progress >= patience_;
    if (is_silent || is_lost) {
      lap.must_reopen = found = true;
      continue;
    }
    if (lap.is_stuck || lap.sent == lap.next || now - lap.progress < patience_) continue;
    lap.is_stuck = true;
    const std::size_t behind = std::min(lap.end, list_->next_item(lap.next));
    if (behind < lap.end) {
      parts_.push_back({behind, lap.end});
      found = true;
    }
    lap.end = behind;
  }
  return found;
}

/// True if nothing shows whether it is a call that holds up the target, or the target itself stands
/// still: every connection waits, and there is nothing more to ask for.
bool Pipeline::is_sign_of_life_due() const {
  if (has_looked_for_life_ || laps_.empty() || !parts_.empty()) return false;
  if (laps_.size() + (parked_ ? 1 : 0) >= kMostConnections) return false;
  return std::all_of(laps_.begin(), laps_.end(),
                     [&](const Lap& lap) { return lap.is_stuck && !is_outlived(lap); });
}

/// Greets the target once more: one that stands still does not greet back.
asio::awaitable<void> Pipeline::look_for_life() {
  has_looked_for_life_ = true;
  const Clock::time_point until = std::min(deadline_, Clock::now() + kReopenTime);
  Result<std::shared_ptr<Connection>> opened = co_await connector_.open(until);
  if (!opened) co_return;
  last_sign_ = Clock::now();
  if (idle_.size() < kUsualConnections) {
    idle_.push_back(std::move(*opened));
  } else {
    (*opened)->close();
  }
}

/// True if the target has worked while the lap waited.
bool Pipeline::is_outlived(const Lap& lap) const {
  return last_sign_ - lap.progress >= std::min<Clock::duration>(kStuckFor, patience_);
}

void Pipeline::note_stuck(Clock::time_point now) {
  const Clock::duration stuck_for = std::min<Clock::duration>(kStuckFor, patience_);
  for (const Lap& lap : laps_) {
    if (lap.sent == lap.next || now - lap.progress < stuck_for) continue;
    // Where the target has shown no life since, it is to blame and not the call, unless every
    // connection waits: several may be stuck behind one lock, and were none of them to blame, they
    // would hold up every run to come.
    const std::size_t at_work = laps_.size() + (parked_ ? 1 : 0);
    if (!is_outlived(lap) && at_work < kMostConnections) continue;
    stuck_.push_back({(*list_)[lap.next].item, lap.progress});
  }
}

Pipeline::Clock::time_point Pipeline::prepare_wait(Lap& lap, Clock::time_point now) {
  const std::size_t least = low_water(lap, now);
  Clock::time_point until = Clock::time_point::max();
  if (least > 1) until = lap.moved + kLowWaterTime;
  if (!lap.is_stuck && lap.sent > lap.next) until = std::min(until, lap.progress + patience_);
  if (lap.is_doubtful) until = std::min(until, lap.progress + times_.idle_answer);
  if (lap.connection->is_cut() && lap.paused != lap.moved) {
    until = std::min(until, lap.moved + times_.cut_pause);
  }
  if (lap.connection->is_cut() && lap.connection->has_grown()) {
    until = std::min(until, lap.connection->look_again());
  }
  lap.connection->set_low_water(least);
  lap.connection->watch_reading();
  return until;
}

/// How many bytes are worth waking up for.
std::size_t Pipeline::low_water(const Lap& lap, Clock::time_point now) const {
  if (lap.careful || now - lap.moved >= kLowWaterTime) return 1;
  const CallKind kind = (*list_)[std::min(lap.next, list_->size() - 1)].kind;
  const std::size_t expected =
      usual_answer_[static_cast<std::size_t>(kind)] * (lap.sent - lap.next);
  const std::size_t least = std::bit_floor(expected / 2);
  return least < kLowestLowWater ? 1 : std::min(least, kHighestLowWater);
}

/// Keeps a connection whose call is stuck.
void Pipeline::park() {
  if (parked_ || stuck_.empty()) return;
  const auto lap = std::find_if(laps_.begin(), laps_.end(), [&](const Lap& each) {
    if (each.next >= each.sent) return false;
    const Call& call = (*list_)[each.next];
    return call.kind != CallKind::kOther && call.item == stuck_.front().item;
  });
  if (lap == laps_.end()) return;
  parked_item_ = stuck_.front().item;
  parked_ = std::move(lap->connection);
  laps_.erase(lap);
}

bool Pipeline::still_waits() {
  if (!parked_) return false;
  if (drop_answers(*parked_) && !parked_->is_lost()) return true;
  parked_->close();
  parked_.reset();
  return false;
}

/// Reads what has come and takes off the answers that nobody waits for. False if what stands behind
/// them is no part of an answer.
bool Pipeline::drop_answers(Connection& connection) {
  using Front = AnswerReader::Front;
  while (connection.receive()) {
    if (connection.in().bytes().size() > answers_.limits().answer_bytes) return false;
  }
  AnswerReader::Look seen = answers_.look(connection.in().bytes());
  while (seen.front == Front::kWhole && connection.to_drop > 0) {
    --connection.to_drop;
    connection.in().take(seen.size);
    seen = answers_.look(connection.in().bytes());
  }
  return seen.front == Front::kCut;
}

/// Where a connection that was kept from an earlier run has stayed silent, the way to the target
/// may have forgotten it, and with it all that were kept beside it: none of them may blame a bean.
void Pipeline::drop_forgotten() {
  const bool is_forgotten = std::any_of(laps_.begin(), laps_.end(), [](const Lap& lap) {
    return lap.was_idle && lap.sent > lap.next;
  });
  if (!is_forgotten) return;
  std::erase_if(idle_, [&](const std::shared_ptr<Connection>& connection) {
    const bool is_older = connection->last_used < started_;
    if (is_older) connection->close();
    return is_older;
  });
}

void Pipeline::end_run() {
  park();
  drop_forgotten();
  for (Lap& lap : laps_) lap.connection->close();
  laps_.clear();
  list_ = nullptr;
  sink_ = nullptr;
}

}  // namespace jmxbridge
