#include "scrape/changeover.h"

#include <atomic>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>

#include "base/log.h"
#include "scrape/self_metrics.h"

namespace jmxbridge {
namespace {

/// How long a read that is outdated is still shared; one that lasts longer is that of a target
/// which does not answer.
constexpr std::chrono::seconds kShared{1};

}  // namespace

/// One plan in the making. The beans and the plan belong to the thread that makes it, until it is
/// back on the strand.
struct Changeover::Preparation {
  std::shared_ptr<const Snapshot> snapshot;
  Beans beans;
  Limits limits;
  std::unique_ptr<Plan> plan;
  std::atomic<bool> stopped = false;

  void make() {
    auto made = std::make_unique<Plan>(snapshot, limits, SelfMetrics::kNumbers);
    for (const auto& [name, info] : beans) {
      if (stopped) return;
      if (!info || !made->selection().takes(name)) continue;
      made->put(name, info);
      made->foresee(name);
    }
    beans = {};
    made->reads({}, /*watch_all=*/false);
    plan = std::move(made);
  }
};

Changeover::Changeover(Strand strand, const Limits& limits)
    : strand_(std::move(strand)), limits_(limits), patience_(strand_) {}

void Changeover::take(std::shared_ptr<const Snapshot> snapshot) {
  stop();
  due_ = Successor{std::move(snapshot), nullptr};
  wake();
}

void Changeover::prepare(std::shared_ptr<const Snapshot> snapshot, Beans beans) {
  stop();
  preparing_ = std::make_shared<Preparation>();
  preparing_->snapshot = std::move(snapshot);
  preparing_->beans = std::move(beans);
  preparing_->limits = limits_;
  asio::post(strand_.get_inner_executor(), [self = shared_from_this(), work = preparing_] {
    try {
      work->make();
    } catch (const std::exception& error) {
      // The read makes the plan then, as one without a preparation does.
      log::warn("The new configuration could not be prepared: {}", printable(error.what()));
    }
    asio::post(self->strand_, [self, work] { self->finish(work); });
  });
}

void Changeover::finish(const std::shared_ptr<Preparation>& work) {
  if (work != preparing_) return;
  preparing_.reset();
  hand_over({work->snapshot, std::move(work->plan)});
}

void Changeover::hand_over(Successor successor) {
  ready_ = std::move(successor);
  if (!reading_) {
    make_due();
    return;
  }
  patience_.expires_after(kShared);
  patience_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
    const std::shared_ptr<Changeover> self = weak.lock();
    if (self && !error) self->make_due();
  });
}

void Changeover::read_ends() {
  reading_ = false;
  make_due();
}

void Changeover::make_due() {
  if (!ready_) return;
  patience_.cancel();
  due_ = std::exchange(ready_, std::nullopt);
  wake();
}

asio::awaitable<void> Changeover::settled() {
  while (preparing_ || ready_) {
    const auto timer =
        std::make_shared<asio::steady_timer>(strand_, asio::steady_timer::time_point::max());
    waiters_.push_back(timer);
    boost::system::error_code ignored;
    co_await timer->async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
}

void Changeover::stop() {
  if (preparing_) preparing_->stopped = true;
  preparing_.reset();
  ready_.reset();
  patience_.cancel();
  wake();
}

void Changeover::wake() {
  for (const auto& waiter : std::exchange(waiters_, {})) waiter->cancel();
}

}  // namespace jmxbridge
