#include "jrmp/jrmp_source.h"

#include <fmt/format.h>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <utility>

#include "jrmp/delegate_listener.h"
#include "jrmp/describe_run.h"
#include "jrmp/names_query.h"
#include "jrmp/pipeline.h"

namespace jmxbridge {
namespace {

/// More than are read may be known by so many.
constexpr std::size_t kKnownBeans = 10'000;

Bytes idle_call(const Requests& requests) {
  Bytes call;
  requests.get_default_domain(call);
  return call;
}

}  // namespace

/// What speaks with the target. A timer that is late may outlive the source, but not this.
struct JrmpSource::Wire : public std::enable_shared_from_this<Wire> {
  Wire(WireConnector wire_connector, const Limits& limits, const LaneTimes& lane_times)
      : times(lane_times),
        requests(wire_connector.address().object_id),
        connector(std::move(wire_connector)),
        pipeline(connector, limits, idle_call(requests), times),
        listener(requests, pipeline),
        names(requests, pipeline) {}

  /// From now on makes a small call whenever there was none for a while.
  void keep_alive() {
    if (!timer) timer = std::make_unique<asio::steady_timer>(connector.waiter()->executor());
    timer->expires_after(times.keep_alive);
    timer->async_wait([weak = weak_from_this()](const boost::system::error_code& cancelled) {
      const std::shared_ptr<Wire> self = weak.lock();
      if (cancelled || !self) return;
      self->pipeline.keep_alive();
      self->keep_alive();
    });
  }

  const LaneTimes times;
  const Requests requests;
  WireConnector connector;
  Pipeline pipeline;
  DelegateListener listener;
  NamesQuery names;
  std::unique_ptr<asio::steady_timer> timer;
};

JrmpSource::JrmpSource(WireConnector connector, const Limits& limits, const LaneTimes& times)
    : wire_(std::make_shared<Wire>(std::move(connector), limits, times)),
      lost_rest_(times.lost_rest),
      fetch_run_(lessons_, marks_, lost_rest_) {}

JrmpSource::~JrmpSource() = default;

asio::awaitable<void> JrmpSource::prepare() {
  wire_->connector.prepare(co_await asio::this_coro::executor);
  wire_->keep_alive();
  if (!waiter_) {
    const std::lock_guard lock(mutex_);
    waiter_ = wire_->connector.waiter();
  }
}

asio::awaitable<Result<Changes>> JrmpSource::changes(Deadline deadline) {
  co_await prepare();
  Result<Changes> changes = co_await wire_->listener.changes(deadline);
  if (!changes) co_return fail(in_time(std::move(changes.error()), 0, 0));
  forget(*changes);
  co_return changes;
}

/// A bean that is registered anew has to be learned anew.
void JrmpSource::forget(const Changes& changes) {
  if (changes.unknown && changes.listening) {
    lessons_.clear();
    plan_.reset();
  }
  for (const Change& change : changes.list) {
    marks_.forget(change.name);
    if (lessons_.erase(change.name) > 0) plan_.reset();
    if (waits_ == change.name) {
      waits_.reset();
      plan_.reset();
    }
  }
}

asio::awaitable<Result<std::vector<ObjectName>>> JrmpSource::query(const ObjectName& pattern,
                                                                   Deadline deadline) {
  co_await prepare();
  Result<std::vector<ObjectName>> names =
      co_await wire_->names.ask(pattern, !wire_->listener.is_listening(), deadline);
  if (!names) co_return fail(in_time(std::move(names.error()), 0, 0));
  co_return names;
}

asio::awaitable<Result<void>> JrmpSource::describe(std::span<const ObjectName> names,
                                                   DescribeSink& sink, Deadline deadline) {
  if (names.empty()) co_return Result<void>();
  co_await prepare();
  look_at_parked();
  DescribeRun run(names, sink, marks_, lessons_);
  CallList calls;
  run.add_calls(wire_->requests, waits_, calls);
  Result<void> ended = co_await wire_->pipeline.run(calls, run, deadline);
  run.finish(wire_->pipeline.stuck());
  if (run.has_forgotten()) plan_.reset();
  if (const auto item = wire_->pipeline.parked_item()) waits_ = names[*item];
  if (!ended) co_return fail(in_time(std::move(ended.error()), run.answered_beans(), names.size()));
  co_return ended;
}

asio::awaitable<Result<void>> JrmpSource::fetch(std::shared_ptr<const ReadList> reads,
                                                FetchSink& sink, Deadline deadline) {
  if (reads->empty()) co_return Result<void>();
  co_await prepare();
  look_at_parked();
  ask_for_a_lost_one();
  if (!plan_ || plan_->reads() != reads) make_plan(reads);
  fetch_run_.begin(*plan_, sink);
  Result<void> ended = co_await wire_->pipeline.run(plan_->calls(), fetch_run_, deadline);
  if (ended && !fetch_run_.single().empty()) ended = co_await fetch_singly(deadline);
  fetch_run_.finish(wire_->pipeline.stuck());
  if (fetch_run_.has_learned()) plan_.reset();
  if (const auto item = wire_->pipeline.parked_item()) {
    waits_ = (*reads)[*item].name;
    plan_.reset();
  }
  if (!ended) {
    co_return fail(in_time(std::move(ended.error()), fetch_run_.answered_beans(), reads->size()));
  }
  co_return ended;
}

void JrmpSource::make_plan(const std::shared_ptr<const ReadList>& reads) {
  // Where nobody tells of beans that are gone, what is known of them must not heap up.
  const std::size_t most = 2 * reads->size() + kKnownBeans;
  if (marks_.size() > most) marks_.clear();
  if (lessons_.size() > most) lessons_.clear();
  plan_ = std::make_unique<FetchPlan>(wire_->requests, reads, lessons_, waits_);
}

/// A bean with an unanswered call is asked by nobody until it answers, or the session ends.
void JrmpSource::look_at_parked() {
  if (wire_->pipeline.still_waits() || !waits_) return;
  waits_.reset();
  plan_.reset();
}

/// An attribute that was lost is asked for again when its time has come: one in a fetch, because
/// each may cost a connection.
void JrmpSource::ask_for_a_lost_one() {
  const auto now = std::chrono::steady_clock::now();
  if (now < look_at_lessons_) return;
  look_at_lessons_ = now + lost_rest_;
  for (auto& [name, bean] : lessons_) {
    for (auto& [attribute, lesson] : bean.attributes) {
      if (!lesson.loss) continue;
      if (lesson.ask_again <= now) {
        lesson.loss.reset();
        plan_.reset();
        look_at_lessons_ = now;
        return;
      }
      look_at_lessons_ = std::min(look_at_lessons_, lesson.ask_again);
    }
  }
}

asio::awaitable<Result<void>> JrmpSource::fetch_singly(Deadline deadline) {
  CallList calls;
  for (const std::uint32_t bean : fetch_run_.single()) {
    add_single_calls(wire_->requests, *plan_->reads(), bean, lessons_, calls);
  }
  fetch_run_.begin_single(calls);
  co_return co_await wire_->pipeline.run(calls, fetch_run_, deadline);
}

void JrmpSource::abort() {
  std::shared_ptr<Waiter> waiter;
  {
    const std::lock_guard lock(mutex_);
    waiter = waiter_;
  }
  if (waiter) waiter->abort();
}

/// Puts the end of the time into words.
Error JrmpSource::in_time(Error error, std::uint32_t answered, std::size_t of) const {
  if (error.kind != ErrorKind::kDeadline) return error;
  error.text = of == 0 ? fmt::format(
                             "{} did not answer in time; raise the scrape timeout, or check "
                             "the target",
                             wire_->connector.text())
                       : fmt::format(
                             "{} answered for {} of {} MBeans in time; raise the scrape "
                             "timeout, or see which MBeans are slow",
                             wire_->connector.text(), answered, of);
  return error;
}

}  // namespace jmxbridge
