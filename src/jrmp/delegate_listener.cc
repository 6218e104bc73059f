#include "jrmp/delegate_listener.h"

#include <utility>

#include "jrmp/single_call.h"

namespace jmxbridge {
namespace {

/// Notifications that one answer may hold.
constexpr std::int32_t kAtOnce = 1000;
/// More than this at once and a new query is cheaper than the list.
constexpr std::size_t kMostChanges = 20'000;

/// True for what says something of the call and nothing of the session.
bool is_of_the_call(const Error& error) {
  return error.kind == ErrorKind::kFailed || error.kind == ErrorKind::kMalformed;
}

}  // namespace

asio::awaitable<Result<Changes>> DelegateListener::changes(Deadline deadline) {
  if (!std::exchange(has_asked_, true)) co_return co_await listen(deadline);
  Changes changes;
  changes.listening = listening_;
  changes.unknown = !listening_;
  if (!listening_) co_return changes;
  while (true) {
    Result<Notifications> got = co_await fetch(next_, kAtOnce, deadline);
    if (!got && is_of_the_call(got.error())) co_return co_await restart(deadline);
    if (!got) co_return fail(std::move(got.error()));
    const bool is_whole = got->earliest <= next_ && got->list.size() == got->count;
    next_ = got->next;
    for (Notifications::One& one : got->list) {
      changes.list.push_back({one.registered, std::move(one.name)});
    }
    if (!is_whole || changes.list.size() > kMostChanges) co_return co_await restart(deadline);
    if (got->count < static_cast<std::size_t>(kAtOnce)) co_return changes;
  }
}

asio::awaitable<Result<Changes>> DelegateListener::listen(Deadline deadline) {
  SingleCall<bool> call([](StreamDecoder&) { return true; });
  requests_.listen_to_delegate(call.out());
  Result<bool> added = co_await call.run(pipeline_, deadline);
  if (!added && !is_of_the_call(added.error())) {
    has_asked_ = false;
    co_return fail(std::move(added.error()));
  }
  listening_ = added.has_value();
  if (!listening_) {
    Changes changes;
    changes.unknown = true;
    changes.listening = false;
    co_return changes;
  }
  co_return co_await restart(deadline);
}

/// Goes on with what happens from now on.
asio::awaitable<Result<Changes>> DelegateListener::restart(Deadline deadline) {
  Result<Notifications> now = co_await fetch(-1, 0, deadline);
  Changes changes;
  changes.unknown = true;
  if (now) {
    next_ = now->next;
  } else if (is_of_the_call(now.error())) {
    listening_ = false;
  } else {
    co_return fail(std::move(now.error()));
  }
  changes.listening = listening_;
  co_return changes;
}

asio::awaitable<Result<Notifications>> DelegateListener::fetch(std::int64_t from, std::int32_t most,
                                                               Deadline deadline) {
  SingleCall<Notifications> call([](StreamDecoder& decoder) { return decoder.notifications(); });
  requests_.fetch_notifications(from, most, 0, call.out());
  co_return co_await call.run(pipeline_, deadline);
}

}  // namespace jmxbridge
