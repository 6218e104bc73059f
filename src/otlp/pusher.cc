#include "otlp/pusher.h"

#include <pthread.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/strand.hpp>
#include <boost/uuid/uuid_generators.hpp>
#include <boost/uuid/uuid_io.hpp>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstdint>
#include <exception>
#include <mutex>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "base/log.h"
#include "otlp/metrics_request.h"
#include "otlp/push_client.h"
#include "otlp/start_times.h"

namespace jmxbridge {
namespace {

using Clock = std::chrono::steady_clock;
using Kind = PushOutcome::Kind;
using std::chrono::milliseconds;

// A collection has its interval, within these.
constexpr std::chrono::seconds kLeastCollectTime{10};
constexpr std::chrono::seconds kMostCollectTime{60};
/// How much later than its deadline a collection may come.
constexpr milliseconds kCollectSlack{500};
// Pauses between tries of one push, each half as long again.
constexpr milliseconds kFirstPause{1000};
constexpr milliseconds kLongestPause{5000};
constexpr int kMostTries = 5;
/// No receiver silences the daemon for longer.
constexpr std::chrono::minutes kMostWait{10};

std::uint64_t nanoseconds_now() {
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(
                                        std::chrono::system_clock::now().time_since_epoch())
                                        .count());
}

void block_sigpipe() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

}  // namespace

class Pusher::Worker : public std::enable_shared_from_this<Pusher::Worker> {
 public:
  Worker(asio::any_io_executor executor, Collect collect, ProcessCounters& counters)
      : executor_(std::move(executor)), collect_(std::move(collect)), counters_(counters) {}

  void use(std::optional<OpenTelemetryConfig> config) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (config == wanted_) return;
    wanted_ = std::move(config);
    ++wanted_number_;
    // Joined by whoever owns this.
    if (!thread_.joinable() && !stop_at_) thread_ = std::thread([this] { run(); });
    wake_.notify_all();
  }

  void stop(Deadline deadline) {
    const std::lock_guard<std::mutex> lock(mutex_);
    stop_at_ = stop_at_ ? std::min(*stop_at_, deadline) : deadline;
    if (client_) client_->abort();
    wake_.notify_all();
  }

  void join() {
    if (thread_.joinable()) thread_.join();
  }

 private:
  void run() {
    block_sigpipe();
    try {
      while (wait_until_due()) {
        push(Clock::now() +
                 std::clamp<Clock::duration>(config_.interval, kLeastCollectTime, kMostCollectTime),
             std::max(config_.interval, config_.timeout));
        plan_next();
      }
      flush();
    } catch (const std::exception& error) {
      log::error("Metrics are no longer pushed: {}; restart the daemon.", printable(error.what()));
    }
  }

  /// True when a push is due; false when it is time to stop.
  bool wait_until_due() {
    std::unique_lock<std::mutex> lock(mutex_);
    while (!stop_at_) {
      if (number_ != wanted_number_) take_wanted();
      if (!client_) {
        wake_.wait(lock);
      } else if (Clock::now() < due_) {
        wake_.wait_until(lock, due_);
      } else {
        return true;
      }
    }
    return false;
  }

  /// Under the lock.
  void take_wanted() {
    number_ = wanted_number_;
    client_.reset();
    state_.reset();
    if (!wanted_) {
      log::info("Metrics are not pushed any more, as the configuration says.");
      return;
    }
    config_ = *wanted_;
    config_.resource_attributes.try_emplace("service.instance.id", instance_id_);
    client_ = std::make_unique<PushClient>(config_);
    due_ = Clock::now() + config_.interval;
    not_before_ = {};
  }

  /// The next push keeps to the interval; those that have passed by are left out.
  void plan_next() {
    const Clock::time_point now = Clock::now();
    due_ += config_.interval;
    if (due_ < now) due_ += (now - due_) / config_.interval * config_.interval + config_.interval;
    due_ = std::max(due_, not_before_);
  }

  void flush() {
    Clock::time_point end;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      end = *stop_at_;
      // What was asked for just before the end counts, too.
      if (number_ != wanted_number_) take_wanted();
      if (!client_) return;
      client_->allow();
    }
    const Clock::time_point now = Clock::now();
    if (now >= end) return;
    is_last_ = true;
    push(now + (end - now) / 2, end - now);
  }

  /// Collects and sends. With its tries the push ends within `time`; what goes wrong ends it alone.
  void push(Deadline collect_by, Clock::duration time) {
    try {
      collect_and_send(collect_by, time);
    } catch (const std::exception& error) {
      note({Kind::kRefused, "inside", "the daemon itself failed", error.what(),
            "give it more memory"});
    }
  }

  void collect_and_send(Deadline collect_by, Clock::duration time) {
    const Deadline end = Clock::now() + time;
    const std::shared_ptr<const ScrapeResult> result = collect(collect_by);
    if (!result || !result->page) return;
    const MetricsFrame frame{.resource_attributes = config_.resource_attributes,
                             .preserve_names = config_.preserve_names,
                             .time = nanoseconds_now(),
                             .own_slots = SelfMetrics::kNumbers};
    std::vector<std::string> requests =
        metrics_requests(result->page->families(), result->values, frame, starts_);
    PushOutcome worst;
    for (const std::string& request : requests) {
      PushOutcome outcome = send(request, end);
      if (outcome.kind == Kind::kAborted) return;
      if (outcome.kind > worst.kind) worst = std::move(outcome);
      // What is down or busy is so for the rest, too.
      if (worst.kind == Kind::kRetry) break;
    }
    note(worst);
  }

  /// The page, or null: also if the time to stop comes first.
  std::shared_ptr<const ScrapeResult> collect(Deadline deadline) {
    std::uint64_t number = 0;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      number = ++collection_;
      is_collected_ = false;
      collected_.reset();
    }
    asio::co_spawn(asio::make_strand(executor_), collect_(deadline),
                   [self = shared_from_this(), number](const std::exception_ptr& failure,
                                                       std::shared_ptr<const ScrapeResult> result) {
                     self->take_collected(number, failure, std::move(result));
                   });
    std::unique_lock<std::mutex> lock(mutex_);
    wake_.wait_until(lock, deadline + kCollectSlack,
                     [this] { return is_collected_ || (stop_at_ && !is_last_); });
    return std::exchange(collected_, nullptr);
  }

  void take_collected(std::uint64_t number, const std::exception_ptr& failure,
                      std::shared_ptr<const ScrapeResult> result) {
    if (failure) {
      try {
        std::rethrow_exception(failure);
      } catch (const std::exception& error) {
        log::error("Nothing could be collected to push: {}", printable(error.what()));
      }
    }
    const std::lock_guard<std::mutex> lock(mutex_);
    if (number != collection_) return;
    is_collected_ = true;
    collected_ = std::move(result);
    wake_.notify_all();
  }

  /// Sends one request until it is taken or refused, or its tries or time are used up.
  PushOutcome send(std::string_view request, Deadline end) {
    milliseconds pause = kFirstPause;
    for (int tries = 1;; ++tries) {
      PushOutcome outcome = client_->send(request, end);
      if (outcome.kind != Kind::kRetry || is_last_) return outcome;
      const milliseconds wait = std::max(asked_wait(outcome), with_jitter(pause));
      const Clock::time_point again = Clock::now() + wait;
      if (outcome.wait) not_before_ = again;
      if (tries == kMostTries || again >= end) return outcome;
      if (!sleep_until(again)) return outcome;
      pause = std::min(pause * 3 / 2, kLongestPause);
    }
  }

  static milliseconds asked_wait(const PushOutcome& outcome) {
    return std::min<milliseconds>(outcome.wait.value_or(milliseconds(0)), kMostWait);
  }

  /// So that daemons which lost their receiver together do not come back together.
  milliseconds with_jitter(milliseconds pause) {
    std::uniform_real_distribution<double> factor(0.8, 1.2);
    return milliseconds(
        static_cast<std::int64_t>(static_cast<double>(pause.count()) * factor(random_)));
  }

  /// False if the time to stop, or another configuration, comes first.
  bool sleep_until(Clock::time_point time) {
    std::unique_lock<std::mutex> lock(mutex_);
    return !wake_.wait_until(lock, time, [this] { return stop_at_ || number_ != wanted_number_; });
  }

  /// Counts a push, and logs where the state is another than before.
  void note(const PushOutcome& outcome) {
    const bool is_taken = outcome.kind == Kind::kTaken;
    const bool is_partly = outcome.kind == Kind::kPartly;
    PushCounters& pushes = counters_.pushes;
    ++(is_taken ? pushes.taken : is_partly ? pushes.partly_taken : pushes.failed);
    if (state_ == outcome.reason) return;
    state_ = outcome.reason;
    const std::string& endpoint = client_->shown_endpoint();
    if (is_taken) {
      log::info("Metrics are pushed to {}.", endpoint);
    } else if (is_partly) {
      log::warn("Metrics are pushed to {}, but {}.", endpoint,
                outcome_text(outcome, config_.headers));
    } else {
      log::warn("Metrics cannot be pushed to {}: {}.", endpoint,
                outcome_text(outcome, config_.headers));
    }
  }

  const asio::any_io_executor executor_;
  const Collect collect_;
  ProcessCounters& counters_;
  std::thread thread_;

  std::mutex mutex_;
  std::condition_variable wake_;
  // Under the mutex.
  std::optional<OpenTelemetryConfig> wanted_;
  std::uint64_t wanted_number_ = 0;
  std::optional<Deadline> stop_at_;
  std::unique_ptr<PushClient> client_;  ///< changed by the thread alone
  std::uint64_t collection_ = 0;
  bool is_collected_ = false;
  std::shared_ptr<const ScrapeResult> collected_;

  // The thread's own.
  /// Keeps the series of daemons apart that push under one service name.
  const std::string instance_id_ = to_string(boost::uuids::random_generator()());
  std::uint64_t number_ = 0;
  OpenTelemetryConfig config_;
  Clock::time_point due_;
  Clock::time_point not_before_;
  bool is_last_ = false;
  StartTimes starts_;
  std::optional<std::string> state_;  ///< the reason of the last outcome
  std::minstd_rand random_{std::random_device()()};
};

Pusher::Pusher(asio::any_io_executor executor, Collect collect, ProcessCounters& counters)
    : worker_(std::make_shared<Worker>(std::move(executor), std::move(collect), counters)) {}

Pusher::~Pusher() {
  stop(Clock::now());
  join();
}

void Pusher::use(std::optional<OpenTelemetryConfig> config) { worker_->use(std::move(config)); }
void Pusher::stop(Deadline deadline) { worker_->stop(deadline); }
void Pusher::join() { worker_->join(); }

}  // namespace jmxbridge
