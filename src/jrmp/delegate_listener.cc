#include "jrmp/delegate_listener.h"

#include <utility>

#include "jrmp/single_call.h"

namespace jmxbridge {
namespace {

/// Notifications that one answer may hold.
constexpr std::int32_t kAtOnce = 1000;
/// More than this at once and a new query is cheaper than the list.
constexpr std::size_t kMostChanges = 20'000;

}  // namespace

asio::awaitable<Result<Changes>> DelegateListener::changes(Deadline deadline) {
  if (!std::exchange(has_asked_, true)) co_return co_await listen(deadline);
  if (!may_listen_) co_return unknown();
  Changes changes;
  // Where there was always a gap so far, whether there is one again comes first.
  std::int32_t most = is_listening() ? kAtOnce : 0;
  while (true) {
    Result<std::optional<Notifications>> answer = co_await fetch(next_, most, deadline);
    if (!answer) co_return fail(std::move(answer.error()));
    if (!*answer) co_return co_await restart(deadline);
    Notifications& got = **answer;
    const bool is_whole = got.earliest <= next_ && got.list.size() == got.count;
    if (!is_whole) co_return co_await note_gap(deadline);
    const bool is_all = got.count < static_cast<std::size_t>(most);
    next_ = got.next;
    most = kAtOnce;
    for (Notifications::One& one : got.list) {
      changes.list.push_back({one.registered, std::move(one.name)});
    }
    if (changes.list.size() > kMostChanges) co_return co_await note_gap(deadline);
    if (is_all) break;
  }
  gaps_ = 0;
  co_return changes;
}

asio::awaitable<Result<Changes>> DelegateListener::listen(Deadline deadline) {
  SingleCall<bool> call(calls_, [](StreamDecoder&) { return true; });
  requests_.listen_to_delegate(call.out());
  Result<bool> added = co_await call.run(pipeline_, deadline);
  if (!added && !call.was_answered()) {
    has_asked_ = false;
    co_return fail(std::move(added.error()));
  }
  if (added) co_return co_await restart(deadline);
  co_return unknown();
}

/// Something was missed.
asio::awaitable<Result<Changes>> DelegateListener::note_gap(Deadline deadline) {
  if (gaps_ < kGapsInARow) ++gaps_;
  co_return co_await restart(deadline);
}

/// Goes on with what happens from now on.
asio::awaitable<Result<Changes>> DelegateListener::restart(Deadline deadline) {
  Result<std::optional<Notifications>> now = co_await fetch(-1, 0, deadline);
  if (!now) {
    has_asked_ = false;
    co_return fail(std::move(now.error()));
  }
  may_listen_ = now->has_value();
  if (may_listen_) next_ = (*now)->next;
  co_return unknown();
}

Changes DelegateListener::unknown() const {
  Changes changes;
  changes.unknown = true;
  changes.listening = is_listening();
  return changes;
}

asio::awaitable<Result<std::optional<Notifications>>> DelegateListener::fetch(std::int64_t from,
                                                                              std::int32_t most,
                                                                              Deadline deadline) {
  SingleCall<Notifications> call(calls_,
                                 [](StreamDecoder& decoder) { return decoder.notifications(); });
  requests_.fetch_notifications(from, most, 0, call.out());
  Result<Notifications> got = co_await call.run(pipeline_, deadline);
  if (got) co_return std::optional(std::move(*got));
  if (call.was_answered()) co_return std::optional<Notifications>();
  co_return fail(std::move(got.error()));
}

}  // namespace jmxbridge
