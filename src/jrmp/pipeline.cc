#include "jrmp/pipeline.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace jmxbridge {
namespace {

/// One connection is kinder to the target, and up to so many calls as fast.
constexpr std::size_t kCallsOfOneConnection = 500;
constexpr std::size_t kUsualConnections = KeptConnections::kMost;
constexpr std::size_t kMostConnections = 3;
/// More than that in one run, and the target is not worth the trouble.
constexpr std::uint32_t kMostReopened = 256;
/// What a connection in the middle of a run may take to be made again.
constexpr std::chrono::seconds kReopenTime{2};

constexpr std::chrono::milliseconds kShortestPatience{50};
/// A call that the deadline meets by chance is not stuck; one that took so long is.
constexpr std::chrono::milliseconds kStuckFor{250};

}  // namespace

Pipeline::Pipeline(WireConnector& connector, const Limits& limits, Bytes idle_call,
                   const LaneTimes& times)
    : connector_(connector),
      answers_(limits),
      idle_call_(std::move(idle_call)),
      times_(times),
      kept_(answers_, idle_call_),
      run_{.answers = answers_, .idle_call = idle_call_, .times = times_} {}

Pipeline::~Pipeline() {
  for (Lap& lap : laps_) lap.connection().close();
}

asio::awaitable<Result<void>> Pipeline::run(const CallList& list, AnswerSink& sink,
                                            Clock::time_point deadline) {
  begin_run(list, sink, deadline);
  Result<void> ended = co_await go_on();
  end_run();
  co_return ended;
}

void Pipeline::begin_run(const CallList& list, AnswerSink& sink, Clock::time_point deadline) {
  const Clock::time_point now = Clock::now();
  started_ = now;
  deadline_ = deadline;
  run_.list = &list;
  run_.sink = &sink;
  run_.patience = std::max<Clock::duration>(kShortestPatience, (deadline - now) / 4);
  run_.last_sign = now;
  run_.session_lost = false;
  has_looked_for_life_ = false;
  stuck_.clear();
  parked_item_.reset();
  reopened_ = 0;
  parts_.clear();
  if (list.size() > kCallsOfOneConnection) {
    const std::size_t middle = list.next_item(list.size() / kUsualConnections);
    if (middle < list.size()) parts_.push_back({middle, list.size()});
    parts_.push_back({0, middle});
  } else if (list.size() > 0) {
    parts_.push_back({0, list.size()});
  }
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
      const Lap::Part part = parts_.back();
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
    if (run_.session_lost) {
      co_return fail(ErrorKind::kSession,
                     fmt::format("{} was restarted, or has closed the session", connector_.text()));
    }
    const std::size_t laps = laps_.size();
    finish_laps();
    if (moved || laps_.size() < laps) continue;
    if (leave_stuck(now)) {
      most = kMostConnections - (kept_.has_parked() ? 1 : 0);
      continue;
    }
    if (is_sign_of_life_due()) {
      co_await look_for_life();
      continue;
    }
    Clock::time_point until = deadline_;
    for (Lap& lap : laps_) until = std::min(until, lap.prepare_wait(now));
    co_await waiter->wait(until);
  }
  co_return Result<void>();
}

asio::awaitable<Result<void>> Pipeline::start(Lap::Part part) {
  std::shared_ptr<Connection> connection = kept_.take();
  const bool was_idle = connection != nullptr;
  if (!was_idle) {
    const Clock::time_point until =
        laps_.empty() ? deadline_ : std::min(deadline_, Clock::now() + kReopenTime);
    Result<std::shared_ptr<Connection>> opened = co_await connector_.open(until);
    if (!opened) co_return fail(std::move(opened.error()));
    connection = std::move(*opened);
    run_.last_sign = Clock::now();
  }
  // It sends at once, so that the target has work while the next connection is made, which with
  // TLS may take a while.
  laps_.emplace_back(run_, std::move(connection), was_idle, part);
  co_return Result<void>();
}

asio::awaitable<Result<void>> Pipeline::mend_laps() {
  for (Lap& lap : laps_) {
    if (!lap.must_reopen() || lap.is_done()) continue;
    Result<void> reopened = co_await reopen(lap);
    if (!reopened) co_return reopened;
  }
  co_return Result<void>();
}

asio::awaitable<Result<void>> Pipeline::reopen(Lap& lap) {
  lap.connection().close();
  if (++reopened_ > kMostReopened) {
    co_return fail(
        fmt::format("{} has ended {} connections in one scrape; look at its log for "
                    "values that it cannot serialize",
                    connector_.text(), kMostReopened));
  }
  const Clock::time_point until = std::min(deadline_, Clock::now() + kReopenTime);
  Result<std::shared_ptr<Connection>> opened = co_await connector_.open(until);
  if (!opened) co_return fail(std::move(opened.error()));
  lap.reopen(std::move(*opened));
  co_return Result<void>();
}

bool Pipeline::pump_all() {
  bool moved = false;
  for (Lap& lap : laps_) moved = lap.pump() || moved;
  return moved;
}

void Pipeline::finish_laps() {
  for (std::size_t i = laps_.size(); i-- > 0;) {
    Lap& lap = laps_[i];
    if (!lap.is_done()) continue;
    if (lap.is_clean()) {
      kept_.keep(lap.take_connection());
    } else {
      lap.connection().close();
    }
    laps_.erase(laps_.begin() + static_cast<std::ptrdiff_t>(i));
  }
}

/// Leaves the laps alone that have waited too long for an answer: what is behind the call that the
/// target works on is for another connection. True if that makes something to do.
bool Pipeline::leave_stuck(Clock::time_point now) {
  bool found = false;
  for (Lap& lap : laps_) {
    if (lap.give_up_silent(now)) {
      found = true;
      continue;
    }
    if (lap.is_stuck() || !lap.awaits_answer() || now - lap.progress() < run_.patience) continue;
    const Lap::Part behind = lap.leave_stuck();
    if (behind.begin == behind.end) continue;
    parts_.push_back(behind);
    found = true;
  }
  return found;
}

/// True if nothing shows whether it is a call that holds up the target, or the target itself stands
/// still: every connection waits, and there is nothing more to ask for.
bool Pipeline::is_sign_of_life_due() const {
  if (has_looked_for_life_ || laps_.empty() || !parts_.empty()) return false;
  if (at_work() >= kMostConnections) return false;
  return std::all_of(laps_.begin(), laps_.end(),
                     [&](const Lap& lap) { return lap.is_stuck() && !is_outlived(lap); });
}

/// Greets the target once more: one that stands still does not greet back.
asio::awaitable<void> Pipeline::look_for_life() {
  has_looked_for_life_ = true;
  const Clock::time_point until = std::min(deadline_, Clock::now() + kReopenTime);
  Result<std::shared_ptr<Connection>> opened = co_await connector_.open(until);
  if (!opened) co_return;
  run_.last_sign = Clock::now();
  kept_.keep(std::move(*opened));
}

/// True if the target has worked while the lap waited.
bool Pipeline::is_outlived(const Lap& lap) const {
  return run_.last_sign - lap.progress() >= std::min<Clock::duration>(kStuckFor, run_.patience);
}

void Pipeline::note_stuck(Clock::time_point now) {
  const Clock::duration stuck_for = std::min<Clock::duration>(kStuckFor, run_.patience);
  for (const Lap& lap : laps_) {
    if (!lap.awaits_answer() || now - lap.progress() < stuck_for) continue;
    // Where the target has shown no life since, it is to blame and not the call, unless every
    // connection waits: several may be stuck behind one lock, and were none of them to blame, they
    // would hold up every run to come.
    if (!is_outlived(lap) && at_work() < kMostConnections) continue;
    stuck_.push_back({lap.next_call().item, lap.progress()});
  }
}

/// Keeps a connection whose call is stuck.
void Pipeline::park() {
  if (kept_.has_parked() || stuck_.empty()) return;
  const auto lap = std::find_if(laps_.begin(), laps_.end(), [&](const Lap& each) {
    return each.awaits_answer() && each.next_call().kind != CallKind::kOther &&
           each.next_call().item == stuck_.front().item;
  });
  if (lap == laps_.end()) return;
  parked_item_ = stuck_.front().item;
  kept_.park(lap->take_connection());
  laps_.erase(lap);
}

/// Where a connection that was kept from an earlier run has stayed silent, the way to the target
/// may have forgotten it, and with it all that were kept beside it: none of them may blame a bean.
void Pipeline::drop_forgotten() {
  const bool is_forgotten = std::any_of(laps_.begin(), laps_.end(), [](const Lap& lap) {
    return lap.was_idle() && lap.awaits_answer();
  });
  if (is_forgotten) kept_.drop_older_than(started_);
}

void Pipeline::end_run() {
  park();
  drop_forgotten();
  for (Lap& lap : laps_) lap.connection().close();
  laps_.clear();
  run_.list = nullptr;
  run_.sink = nullptr;
}

}  // namespace jmxbridge
