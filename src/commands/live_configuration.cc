#include "commands/live_configuration.h"

#include <systemd/sd-daemon.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
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
          std::vector<std::string> told)
      : strand_(asio::make_strand(executor)),
        file_(std::move(file)),
        counters_(counters),
        use_(std::move(use)),
        told_(std::move(told)),
        snapshot_(std::move(snapshot)) {}

  const asio::any_io_executor& strand() const { return strand_; }
  bool has_file() const { return file_.has_value(); }

  std::shared_ptr<const Snapshot> snapshot() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return snapshot_;
  }

  /// Both run on the strand.
  static asio::awaitable<Result<void>> reload(std::shared_ptr<Reading> self) {
    co_return self->read_again();
  }
  static asio::awaitable<void> refresh(std::shared_ptr<Reading> self) {
    if (!self->file_ || !self->file_->has_changed()) co_return;
    log::info("The configuration {} has changed.", printable(self->file_->path()));
    // What is wrong stands in the log; the file is tried again when it changes.
    static_cast<void>(self->read_again());
  }

 private:
  Result<void> read_again() {
    tell_of_reload();
    Result<void> outcome = read();
    sd_notify(0, "READY=1");
    return outcome;
  }

  Result<void> read() {
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
    LoadedSnapshot loaded = load_snapshot(file_->path());
    std::vector<std::string> findings = lines_to_log(loaded.report);
    bool usable = loaded.snapshot != nullptr;
    if (usable) {
      const Result<void> used = use_(loaded.snapshot);
      usable = used.has_value();
      if (!usable) findings.push_back(used.error().text);
    }
    for (std::string& line : findings) {
      line = printable(line, kLongestFinding);
      const bool is_told = std::find(told_.begin(), told_.end(), line) != told_.end();
      if (!usable || !is_told) log::warn("{}", line);
    }
    const std::string path = printable(file_->path());
    counters_.config_last_reload_successful = usable;
    if (usable) {
      told_ = std::move(findings);
      take(std::move(loaded.snapshot));
      log::info("The configuration {} was read again.", path);
      return {};
    }
    ++counters_.config_reload_failure;
    std::string text =
        "The configuration " + path + " is wrong, so the old one stays: correct what is listed.";
    log::error("{}", text);
    for (const std::string& line : findings) text += "\n" + line;
    return fail(std::move(text));
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
  std::vector<std::string> told_;  ///< of the configuration in use
  mutable std::mutex mutex_;
  std::shared_ptr<const Snapshot> snapshot_;
};

LiveConfiguration::LiveConfiguration(const asio::any_io_executor& executor,
                                     std::optional<WatchedFile> file,
                                     std::shared_ptr<const Snapshot> snapshot,
                                     ProcessCounters& counters, Use use,
                                     std::vector<std::string> told)
    : reading_(std::make_shared<Reading>(executor, std::move(file), std::move(snapshot), counters,
                                         std::move(use), std::move(told))) {}

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
  asio::co_spawn(reading_->strand(), Reading::refresh(reading_),
                 [timer, executor](const std::exception_ptr& failure) {
                   log_failure(failure);
                   asio::post(executor, [timer] { timer->cancel(); });
                 });
  co_await timer->async_wait(kAsTuple);
}

void LiveConfiguration::start_refresh() {
  asio::co_spawn(reading_->strand(), Reading::refresh(reading_), log_failure);
}

void LiveConfiguration::start_reload() {
  asio::co_spawn(
      reading_->strand(), Reading::reload(reading_),
      [](const std::exception_ptr& failure, const Result<void>&) { log_failure(failure); });
}

}  // namespace jmxbridge
