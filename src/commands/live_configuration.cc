#include "commands/live_configuration.h"

#include <sys/resource.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <ctime>
#include <exception>
#include <mutex>
#include <utility>
#include <vector>

#include "base/log.h"
#include "commands/configuration.h"
#include "config/masked_text.h"

namespace jmxbridge {
namespace {

/// As `nice` starts a program.
constexpr int kJudgingNiceness = 10;

constexpr auto kAsTuple = asio::as_tuple(asio::use_awaitable);

void tell_of_reload() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%lld",
             static_cast<long long>(now.tv_sec) * 1'000'000 + now.tv_nsec / 1000);
}

void log_failure(const std::exception_ptr& failure) {
  if (!failure) return;
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& error) {
    log::error("The configuration could not be read again: {}", printable(error.what()));
  }
}

}  // namespace

/// What the work on the strand stands on; it keeps this alive.
class LiveConfiguration::Reading {
 public:
  Reading(const asio::any_io_executor& executor, std::optional<WatchedFile> file,
          std::shared_ptr<const Snapshot> snapshot, ProcessCounters& counters, Use use,
          Settled settled, std::vector<std::string> told)
      : strand_(asio::make_strand(executor)),
        file_(std::move(file)),
        counters_(counters),
        use_(std::move(use)),
        settled_(std::move(settled)),
        told_(std::move(told)),
        snapshot_(std::move(snapshot)) {}

  const asio::any_io_executor& strand() const { return strand_; }
  bool has_file() const { return file_.has_value(); }

  std::shared_ptr<const Snapshot> snapshot() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return snapshot_;
  }

  /// Both run on the strand. All who ask for a reload while one is under way share the next, so
  /// that there are never more than two configurations beside the one in use, however many ask.
  static asio::awaitable<Result<void>> reload(std::shared_ptr<Reading> self) {
    if (!self->next_) self->next_ = std::make_shared<Round>(self->strand_);
    const std::shared_ptr<Round> round = self->next_;
    if (!self->goes_round_) {
      self->goes_round_ = true;
      asio::co_spawn(self->strand_, go_round(self), asio::detached);
    }
    while (!round->outcome && !round->failure) co_await round->done.async_wait(kAsTuple);
    if (round->failure) std::rethrow_exception(round->failure);
    co_return *round->outcome;
  }
  /// Calls `handed_on` as soon as scrapes need not wait any longer.
  static asio::awaitable<void> refresh(std::shared_ptr<Reading> self,
                                       std::function<void()> handed_on) {
    if (!self->file_ || !self->file_->has_changed()) {
      handed_on();
      co_return;
    }
    log::info("The configuration {} has changed.", printable(self->file_->path()));
    tell_of_reload();
    LoadedSnapshot loaded{nullptr, Report(std::string())};
    // What is wrong stands in the log; the file is tried again when it changes.
    static_cast<void>(self->read(loaded));
    handed_on();
    co_await finish(self, loaded);
  }

 private:
  /// A reading that was asked for, and who waits for it.
  struct Round {
    explicit Round(const asio::any_io_executor& strand)
        : done(strand, std::chrono::steady_clock::time_point::max()) {}

    asio::steady_timer done;  ///< cancelled when there is one of the two
    std::optional<Result<void>> outcome;
    std::exception_ptr failure;
  };

  /// One round after another, for as long as some are asked for.
  static asio::awaitable<void> go_round(std::shared_ptr<Reading> self) {
    while (self->next_) {
      // Those who stand in the queue already come along.
      co_await asio::post(self->strand_, asio::use_awaitable);
      const std::shared_ptr<Round> round = std::exchange(self->next_, nullptr);
      try {
        tell_of_reload();
        LoadedSnapshot loaded{nullptr, Report(std::string())};
        Result<void> outcome = self->read(loaded);
        co_await finish(self, loaded);
        round->outcome = std::move(outcome);
      } catch (const std::exception&) {
        round->failure = std::current_exception();
      }
      round->done.cancel();
    }
    self->goes_round_ = false;
  }

  Result<void> read(LoadedSnapshot& loaded) {
    if (!file_) {
      std::string text = "There is no configuration to read again; start with --config.file.";
      log::warn("{}", text);
      return fail(std::move(text));
    }
    if (file_->is_pipe()) {
      std::string text = "The configuration " + printable(file_->path()) +
                         " was read from a pipe, which gives it once; start with a file to change "
                         "it while the daemon runs.";
      log::warn("{}", text);
      return fail(std::move(text));
    }
    file_->note();
    loaded = load_unjudged(file_->path());
    Result<void> used;
    if (loaded.snapshot) used = use_(loaded.snapshot);
    const bool usable = loaded.snapshot && used;
    counters_.config_last_reload_successful = usable;
    if (usable) {
      take(loaded.snapshot);
      return {};
    }
    loaded.snapshot.reset();
    std::vector<std::string> findings = log_findings(loaded.report, {});
    if (!used) {
      findings.push_back(printable(used.error().text, kLongestFinding));
      log::warn("{}", findings.back());
    }
    ++counters_.config_reload_failure;
    std::string text = "The configuration " + printable(file_->path()) +
                       " is wrong, so the old one stays: correct what is listed.";
    log::error("{}", text);
    for (const std::string& line : findings) text += "\n" + line;
    return fail(std::move(text));
  }

  /// Waits until what was read is in use, and then judges its rules, on a thread of its own:
  /// neither a scrape nor the next look at the file waits for that.
  static asio::awaitable<void> finish(std::shared_ptr<Reading> self, LoadedSnapshot& loaded) {
    if (loaded.snapshot) {
      co_await self->settled_();
      asio::thread_pool aside(1);
      asio::awaitable<void> judging = judge_aside(loaded);
      co_await asio::co_spawn(aside, std::move(judging), asio::use_awaitable);
      self->told_ = log_findings(loaded.report, self->told_);
      log::info("The configuration {} was read again.", printable(loaded.report.file()));
    }
    sd_notify(0, "READY=1");
  }

  static asio::awaitable<void> judge_aside(LoadedSnapshot& loaded) {
    // Scrapes go first where there are few processors.
    setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), kJudgingNiceness);
    judge(loaded);
    co_return;
  }

  /// All findings; those of `told` are not logged again.
  static std::vector<std::string> log_findings(const Report& report,
                                               const std::vector<std::string>& told) {
    std::vector<std::string> lines = lines_to_log(report);
    for (std::string& line : lines) {
      line = printable(line, kLongestFinding);
      if (std::find(told.begin(), told.end(), line) == told.end()) log::warn("{}", line);
    }
    return lines;
  }

  void take(std::shared_ptr<const Snapshot> snapshot) {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      snapshot_ = std::move(snapshot);
    }
    ++counters_.config_reload_success;
    counters_.config_loaded_at_ms = now_in_milliseconds();
  }

  const asio::any_io_executor strand_;
  std::optional<WatchedFile> file_;  ///< only whether there is one is looked at off the strand
  ProcessCounters& counters_;
  const Use use_;
  const Settled settled_;
  std::vector<std::string> told_;  ///< of the configuration in use
  std::shared_ptr<Round> next_;    ///< not begun yet; null: nobody waits for one
  bool goes_round_ = false;
  mutable std::mutex mutex_;
  std::shared_ptr<const Snapshot> snapshot_;
};

LiveConfiguration::LiveConfiguration(const asio::any_io_executor& executor,
                                     std::optional<WatchedFile> file,
                                     std::shared_ptr<const Snapshot> snapshot,
                                     ProcessCounters& counters, Use use, Settled settled,
                                     std::vector<std::string> told)
    : reading_(std::make_shared<Reading>(executor, std::move(file), std::move(snapshot), counters,
                                         std::move(use), std::move(settled), std::move(told))) {}

LiveConfiguration::~LiveConfiguration() = default;

std::shared_ptr<const Snapshot> LiveConfiguration::snapshot() const { return reading_->snapshot(); }

asio::awaitable<Result<void>> LiveConfiguration::reload() {
  co_return co_await asio::co_spawn(reading_->strand(), Reading::reload(reading_),
                                    asio::use_awaitable);
}

std::string LiveConfiguration::text() const { return masked_text(reading_->snapshot()->config); }

asio::awaitable<void> LiveConfiguration::refresh(Deadline deadline) {
  if (!reading_->has_file()) co_return;
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  const auto timer = std::make_shared<asio::steady_timer>(executor, deadline);
  const auto handed_on = [timer, executor] { asio::post(executor, [timer] { timer->cancel(); }); };
  asio::awaitable<void> reading = Reading::refresh(reading_, handed_on);
  asio::co_spawn(reading_->strand(), std::move(reading),
                 [handed_on](const std::exception_ptr& failure) {
                   log_failure(failure);
                   if (failure) handed_on();
                 });
  co_await timer->async_wait(kAsTuple);
}

void LiveConfiguration::start_refresh() {
  asio::co_spawn(reading_->strand(), Reading::refresh(reading_, [] {}), log_failure);
}

void LiveConfiguration::start_reload() {
  asio::co_spawn(
      reading_->strand(), Reading::reload(reading_),
      [](const std::exception_ptr& failure, const Result<void>&) { log_failure(failure); });
}

}  // namespace jmxbridge
