#include "jni/reading.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace jmxbridge {
namespace {

/// One connection is kinder to the target, and up to here as fast.
constexpr std::uint32_t kBeansOfOneLane = 32;
constexpr std::size_t kMostLanes = 4;
constexpr std::chrono::milliseconds kShortestPatience{50};
/// A bean that the deadline meets by chance is not blocked; one that took so long is.
constexpr std::chrono::milliseconds kBlockedFor{250};
/// As io.jmxbridge.Lane has them.
constexpr jint kMore = 0;
constexpr jint kDone = 1;
constexpr jint kDeadline = 2;

}  // namespace

Reading::Reading(std::shared_ptr<JavaSession> session, JavaSession::Call& call, LanePool& pool,
                 std::shared_ptr<const GlobalRef> run, std::uint32_t beans, BeanTaker& taker)
    : session_(std::move(session)),
      call_(call),
      pool_(pool),
      run_(std::move(run)),
      beans_(beans),
      taker_(taker),
      started_(std::chrono::steady_clock::now()),
      told_(beans) {}

asio::awaitable<Result<void>> Reading::read() {
  add_lane();
  if (beans_ > kBeansOfOneLane) add_lane();
  std::uint64_t seen = 0;
  Deadline patience = started_;
  while (is_busy() && !error_ && !time_is_up_) {
    if (call_.is_aborted()) break;
    const Deadline now = std::chrono::steady_clock::now();
    if (now >= call_.deadline()) {
      time_is_up_ = true;
      break;
    }
    if (const std::uint64_t is = progress(); is != seen || now >= patience) {
      const bool stuck = is == seen && patience != started_;
      if (stuck && !drained_ && lanes_.size() < kMostLanes) {
        add_lane();
      } else if (stuck) {
        look_for_life();
      }
      seen = is;
      patience =
          now + std::max<Deadline::duration>(kShortestPatience, (call_.deadline() - now) / 4);
    }
    co_await call_.wait(patience);
    for (std::size_t i = 0; i < lanes_.size(); i++) {
      if (!lanes_[i].turn) continue;
      const Turn turn = std::move(*lanes_[i].turn);
      lanes_[i].turn.reset();
      look_at(i, turn);
    }
  }
  // What an abort makes fail is no failure of the session.
  if (call_.is_aborted()) error_ = session_->aborted_error();
  finish();
  if (error_) co_return fail(std::move(*error_));
  if (time_is_up_) {
    co_return fail(
        ErrorKind::kDeadline,
        fmt::format(
            "{} answered for {} of {} MBeans in time; raise the scrape timeout, or see which "
            "MBeans are slow",
            session_->target().text(), answered_, beans_));
  }
  co_return Result<void>();
}

void Reading::add_lane() {
  lanes_.push_back({pool_.take(), false, std::nullopt});
  start(lanes_.size() - 1);
}

/// Makes a small call beside the beans that all lanes wait for: whether they hold up the target, or
/// the target itself stands still, shows nothing else.
void Reading::look_for_life() {
  if (std::exchange(looks_for_life_, true)) return;
  session_->runtime()->post(
      JavaRuntime::Work::kRead,
      [this, session = session_, wakeup = call_.wakeup(), number = call_.number(),
       deadline = call_.deadline()](JNIEnv& env) {
        if (session->is_given_up(number)) return;
        env.CallVoidMethod(session->object(), session->runtime()->api().session_keep,
                           static_cast<jlong>(number), to_java_nanos(deadline));
        const bool has_answered = env.ExceptionCheck() == JNI_FALSE;
        if (!has_answered) env.ExceptionClear();
        const std::int64_t now = to_java_nanos(std::chrono::steady_clock::now());
        wakeup->post([this, has_answered, now] {
          looks_for_life_ = false;
          if (has_answered) last_answer_ = std::max(last_answer_, now);
        });
      });
}

Reading::Turn Reading::make_turn(JNIEnv& env, const JavaSession& session, ReadLane& lane,
                                 jobject run, std::int64_t number, Deadline deadline) {
  const std::shared_ptr<JavaRuntime>& runtime = session.runtime();
  jint end = kDeadline;
  if (lane.prepare(runtime, env)) {
    end = env.CallIntMethod(lane.reader(), runtime->api().lane_read, run, lane.buffer(),
                            static_cast<jlong>(number), to_java_nanos(deadline));
  }
  Turn turn;
  if (env.ExceptionCheck()) {
    turn.end = End::kFailed;
    turn.error = session.take_error(env, deadline);
    if (turn.error.kind == ErrorKind::kDeadline) turn.end = End::kDeadline;
  } else if (end > kDeadline) {
    turn.end = End::kNeedsRoom;
    turn.room = static_cast<std::size_t>(end);
  } else {
    turn.end = end == kMore ? End::kMore : end == kDone ? End::kDone : End::kDeadline;
  }
  return turn;
}

void Reading::start(std::size_t index) {
  LaneState& state = lanes_[index];
  state.lane->start_turn();
  state.busy = true;
  // `this` is touched only by what the wakeup delivers, and so only while this reading is there.
  session_->runtime()->post(
      JavaRuntime::Work::kRead,
      [this, index, session = session_, lane = state.lane, run = run_, wakeup = call_.wakeup(),
       number = call_.number(), deadline = call_.deadline()](JNIEnv& env) {
        if (session->is_given_up(number)) return;
        Turn turn = make_turn(env, *session, *lane, run->get(), number, deadline);
        wakeup->post([this, index, turn = std::move(turn)] {
          lanes_[index].turn = turn;
          lanes_[index].busy = false;
        });
      });
}

void Reading::look_at(std::size_t index, Turn turn) {
  LaneState& state = lanes_[index];
  take_in(*state.lane);
  switch (turn.end) {
    case End::kMore:
      start(index);
      return;
    case End::kNeedsRoom:
      if (state.lane->reserve(turn.room)) {
        start(index);
        return;
      }
      error_ = Error{ErrorKind::kLimit,
                     fmt::format("An MBean of {} answers more bytes than the limit allows; exclude "
                                 "it with excludeObjectNames",
                                 session_->target().text())};
      break;
    case End::kDone:
      drained_ = true;
      pool_.give_back(std::move(state.lane));
      return;
    case End::kDeadline:
      // finish() looks at the bean that it was at.
      time_is_up_ = true;
      state.busy = true;
      return;
    case End::kFailed:
      if (!error_) error_ = std::move(turn.error);
      break;
  }
  state.lane = nullptr;
}

void Reading::take_in(ReadLane& lane) {
  std::span<const std::byte> bytes = lane.committed();
  last_answer_ = std::max(last_answer_, lane.answered_at());
  while (const std::optional<BeanRecord> record = next_bean(bytes)) {
    if (record->bean >= beans_ || told_[record->bean]) continue;
    told_[record->bean] = true;
    answered_++;
    taker_.answered(*record, lane.decoder());
  }
}

bool Reading::is_busy() const {
  return std::any_of(lanes_.begin(), lanes_.end(),
                     [](const LaneState& state) { return state.busy || state.turn; });
}

/// A number that changes when anything moves.
std::uint64_t Reading::progress() const {
  std::uint64_t sum = answered_;
  for (const LaneState& state : lanes_) {
    if (state.busy) sum += state.lane->committed().size();
  }
  return sum;
}

/// Tells of every bean that has not been told of, and lets go of lanes that are stuck.
void Reading::finish() {
  bool stuck = false;
  for (LaneState& state : lanes_) {
    if (!state.lane || !(state.busy || state.turn)) continue;
    stuck = true;
    state.lane->stop();
    take_in(*state.lane);
  }
  const Deadline now = std::chrono::steady_clock::now();
  const Deadline::duration blocked_for =
      std::min<Deadline::duration>(kBlockedFor, (call_.deadline() - started_) / 4);
  for (LaneState& state : lanes_) {
    if (!state.lane || !time_is_up_) continue;
    const std::int32_t bean = state.lane->bean();
    const std::int64_t since = state.lane->since();
    if (bean < 0 || static_cast<std::uint32_t>(bean) >= beans_ || told_[bean]) continue;
    if (to_java_nanos(now - blocked_for) < since) continue;
    // Where nothing has been answered since, the target is to blame and not the bean.
    if (last_answer_ <= since) continue;
    told_[bean] = true;
    taker_.unanswered(static_cast<std::uint32_t>(bean), BeanOutcome::kBlocked);
  }
  for (std::uint32_t bean = 0; bean < beans_; bean++) {
    if (!told_[bean]) taker_.unanswered(bean, BeanOutcome::kUnanswered);
  }
  if (stuck) call_.give_up();
}

}  // namespace jmxbridge
