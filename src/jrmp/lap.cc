#include "jrmp/lap.h"

#include <algorithm>
#include <bit>
#include <optional>
#include <span>

namespace jmxbridge {
namespace {

/// Calls that may be outstanding on a connection; more are sent when half of them are answered.
constexpr std::size_t kWindow = 512;
/// How long more bytes than one are awaited before what is there is looked at.
constexpr std::chrono::milliseconds kLowWaterTime{5};
constexpr std::size_t kHighestLowWater = std::size_t{32} * 1024;
constexpr std::size_t kLowestLowWater = 1024;
/// Behind an answer that was read, up to the next one, there may be so many bytes that belong to
/// neither: a class can write its data in other ways than its description says.
constexpr std::size_t kMostBetween = 4096;

}  // namespace

Lap::Lap(RunState& run, std::shared_ptr<Connection> connection, bool was_idle, Part part)
    : run_(&run),
      connection_(std::move(connection)),
      next_(part.begin),
      sent_(part.begin),
      end_(part.end),
      written_(run.list->offset(part.begin)),
      was_idle_(was_idle) {
  progress_ = moved_ = Clock::now();
  is_doubtful_ = was_idle_ && progress_ - connection_->last_used > run.times.long_idle;
  send();
}

void Lap::reopen(std::shared_ptr<Connection> connection) {
  connection_ = std::move(connection);
  sent_ = next_;
  written_ = run_->list->offset(next_);
  must_reopen_ = has_answered_ = false;
  was_idle_ = is_doubtful_ = is_stuck_ = false;
  progress_ = moved_ = run_->last_sign = Clock::now();
  send();
}

bool Lap::pump() {
  send();
  bool moved = false;
  bool has_more = true;
  while (has_more && goes_on()) {
    const bool received = connection_->receive();
    has_more = received && connection_->has_more();
    if (received) moved_ = Clock::now();
    moved = received || moved;
    moved = take_answers() || moved;
    send();
  }
  if (moved) moved_ = Clock::now();
  if (goes_on() && connection_->is_lost()) {
    note_broken();
    return true;
  }
  return moved;
}

void Lap::send() {
  // What is behind a call that is stuck has been given to another connection.
  if (is_stuck_) return;
  const std::size_t window = is_careful_ ? 1 : kWindow;
  if (sent_ < end_ && sent_ - next_ <= window / 2) sent_ = std::min(end_, next_ + window);
  const std::size_t to = run_->list->offset(sent_);
  if (written_ < to) written_ += connection_->send(run_->list->bytes(written_, to));
}

bool Lap::take_answers() {
  bool taken = false;
  while (goes_on() && awaits_answer() && !connection_->in().empty()) {
    if (!take_answer()) break;
    taken = true;
    send();
  }
  if (taken) run_->last_sign = progress_ = Clock::now();
  return taken;
}

/// Does what there is to do at the front of the bytes; false if more must come first.
bool Lap::take_answer() {
  using Front = AnswerReader::Front;
  Connection& connection = *connection_;
  const bool was_cut = connection.is_cut();
  const Clock::time_point before = was_cut ? Clock::now() : Clock::time_point();
  if (connection.to_skip > 0) return skip();
  if (was_cut && !connection.is_lost() && !connection.is_worth_a_look(before)) {
    // In a pause no answer is judged whose last bytes nobody has looked at: they may be its end.
    if (!connection.has_grown() || !has_paused()) return look_into_pause();
  }
  if (take_unchanged()) return true;
  const AnswerReader::Look seen = run_->answers.look(connection.in().bytes());
  switch (seen.front) {
    case Front::kWhole:
      take_whole(seen);
      return true;
    case Front::kCut: {
      const Clock::time_point now = Clock::now();
      connection.note_cut(was_cut ? before : now, now);
      return look_into_pause();
    }
    case Front::kEndsHere:
      lose_answer(CallLoss::kNotSerializable, seen.problem);
      must_reopen_ = true;
      return true;
    case Front::kUnreadable:
      lose_answer(CallLoss::kUnreadable, seen.problem);
      connection.in().take(1);
      connection.to_skip = run_->answers.limits().answer_bytes;
      (void)skip();
      return true;
    case Front::kNoAnswer:
      // On a connection that has brought no answer yet, something else speaks.
      if (!has_answered_) break;
      connection.to_skip = kMostBetween;
      (void)skip();
      return true;
  }
  note_broken();
  return true;
}

void Lap::take_whole(const AnswerReader::Look& seen) {
  was_idle_ = is_doubtful_ = false;
  has_answered_ = true;
  connection_->note_whole();
  if (connection_->to_drop > 0) {
    --connection_->to_drop;
    connection_->in().take(seen.size);
    return;
  }
  const Call& call = (*run_->list)[next_++];
  const Answer answer{seen.threw, seen.value, run_->answers.decoder()};
  if (!run_->sink->answered(call, answer)) run_->session_lost = true;
  note_answer(seen.size);
}

/// Takes in an answer that the sink knows by its bytes; false if it is none.
bool Lap::take_unchanged() {
  if (connection_->to_drop > 0) return false;
  const std::span<const std::byte> bytes = connection_->in().bytes();
  const std::span<const std::byte> value = AnswerReader::returned(bytes);
  if (value.empty()) return false;
  const std::size_t size = run_->sink->unchanged(next_call(), value);
  if (size == 0) return false;
  ++next_;
  was_idle_ = is_doubtful_ = false;
  has_answered_ = true;
  connection_->note_whole();
  note_answer(bytes.size() - value.size() + size);
  return true;
}

void Lap::note_answer(std::size_t size) {
  connection_->in().take(size);
  pass_sentinel();
  if (is_careful_ && ++answered_ >= kWindow) is_careful_ = false;
  run_->sizes.note((*run_->list)[next_ - 1].kind, size);
}

/// Goes on at what looks like the next answer, once that has come.
bool Lap::skip() {
  InBuffer& in = connection_->in();
  if (const std::optional<std::size_t> at = run_->answers.find_next(in.bytes())) {
    in.take(*at);
    connection_->to_skip = 0;
    return true;
  }
  if (!awaits_answer()) send_sentinel();
  const std::size_t useless = in.bytes().size() - AnswerReader::undecided(in.bytes());
  in.take(useless);
  if (useless < connection_->to_skip) {
    connection_->to_skip -= useless;
    return false;
  }
  must_reopen_ = true;
  return true;
}

/// Has an answer that cannot be read followed by one that can: by its head the end of the first is
/// known. Where the sentinel cannot be sent, a new connection is the next best thing.
void Lap::send_sentinel() {
  const bool is_between = written_ == run_->list->offset(sent_);
  if (!is_between || connection_->send(bytes_of(run_->idle_call)) != run_->idle_call.size()) {
    must_reopen_ = true;
  } else if (!awaits_answer()) {
    ++connection_->to_drop;
  } else {
    connection_->has_sentinel = true;
  }
}

/// The answer before the sentinel's is done with.
void Lap::pass_sentinel() {
  if (std::exchange(connection_->has_sentinel, false)) ++connection_->to_drop;
}

/// True once for each pause of the connection.
bool Lap::has_paused() const {
  return paused_ != moved_ && Clock::now() - moved_ >= run_->times.cut_pause;
}

/// An answer that is cut off and does not go on may have been there in full for long: a class that
/// writes other data than its description says is not understood. If another answer stands behind
/// it, that is so; where none is to come, one is asked for.
bool Lap::look_into_pause() {
  Connection& connection = *connection_;
  if (connection.is_lost() || !has_paused()) return false;
  paused_ = moved_;
  if (const std::optional<std::size_t> at =
          run_->answers.find_next(connection.in().bytes().subspan(1))) {
    lose_answer(CallLoss::kMisleading,
                "the target's answer cannot be decoded: it says that it is longer than it is");
    connection.in().take(*at + 1);
    return true;
  }
  const bool is_last = sent_ == next_ + 1 && written_ == run_->list->offset(sent_);
  if (is_last && connection.to_drop == 0 && !connection.has_sentinel) send_sentinel();
  return false;
}

void Lap::lose(CallLoss why, std::string_view detail) {
  const Call& call = (*run_->list)[next_++];
  is_careful_ = false;
  was_idle_ = false;
  connection_->note_whole();
  pass_sentinel();
  run_->sink->lost(call, why, detail);
}

/// Loses the call whose answer is at the front, or nothing where nobody waits for that answer.
void Lap::lose_answer(CallLoss why, std::string_view detail) {
  if (connection_->to_drop == 0) {
    lose(why, detail);
    return;
  }
  --connection_->to_drop;
  connection_->note_whole();
}

/// The connection has ended before its answers did.
void Lap::note_broken() {
  must_reopen_ = true;
  if (!awaits_answer()) return;
  if (was_idle_) return;  // it had ended before, and nobody had noticed
  if (is_careful_ || is_stuck_) {
    lose(CallLoss::kBroke, "the target broke its answer off");
    return;
  }
  is_careful_ = true;
  answered_ = 0;
}

Lap::Part Lap::leave_stuck() {
  is_stuck_ = true;
  const std::size_t behind = std::min(end_, run_->list->next_item(next_));
  return {.begin = behind, .end = std::exchange(end_, behind)};
}

bool Lap::give_up_silent(Clock::time_point now) {
  const Clock::duration silence = now - progress_;
  const bool is_forgotten = is_doubtful_ && silence >= run_->times.idle_answer;
  const bool is_astray = connection_->to_skip > 0 && silence >= run_->patience;
  if (!is_forgotten && !is_astray) return false;
  must_reopen_ = true;
  return true;
}

bool Lap::is_clean() const {
  return !awaits_answer() && !must_reopen_ && !connection_->is_lost() &&
         (connection_->in().empty() || connection_->to_drop > 0);
}

Lap::Clock::time_point Lap::prepare_wait(Clock::time_point now) {
  const std::size_t least = low_water(now);
  Clock::time_point until = Clock::time_point::max();
  if (least > 1) until = moved_ + kLowWaterTime;
  if (!is_stuck_ && awaits_answer()) until = std::min(until, progress_ + run_->patience);
  if (is_doubtful_) until = std::min(until, progress_ + run_->times.idle_answer);
  if (connection_->is_cut() && paused_ != moved_) {
    until = std::min(until, moved_ + run_->times.cut_pause);
  }
  if (connection_->is_cut() && connection_->has_grown()) {
    until = std::min(until, connection_->look_again());
  }
  connection_->set_low_water(least);
  connection_->watch_reading();
  return until;
}

/// How many bytes are worth waking up for.
std::size_t Lap::low_water(Clock::time_point now) const {
  if (is_careful_ || now - moved_ >= kLowWaterTime) return 1;
  const CallList& list = *run_->list;
  const CallKind kind = list[std::min(next_, list.size() - 1)].kind;
  const std::size_t expected = run_->sizes.usual(kind) * (sent_ - next_);
  const std::size_t least = std::bit_floor(expected / 2);
  return least < kLowestLowWater ? 1 : std::min(least, kHighestLowWater);
}

}  // namespace jmxbridge
