#include "commands/serve.h"

#include <systemd/sd-daemon.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include "base/log.h"
#include "commands/configuration.h"
#include "commands/live_access.h"
#include "commands/live_configuration.h"
#include "commands/signals.h"
#include "commands/state_dump.h"
#include "commands/target_service.h"
#include "commands/watched_file.h"
#include "http/server.h"
#include "jmx/limits.h"
#include "jni/java_vm.h"
#include "jni/jvm_connector.h"
#include "jrmp/jrmp_lane.h"
#include "net/dial_policy.h"
#include "otlp/pusher.h"
#include "scrape/self_metrics.h"
#include "scrape/target.h"

namespace jmxbridge {
namespace {

using Clock = std::chrono::steady_clock;

/// Below the 30 s that Kubernetes gives a pod to end.
constexpr std::chrono::seconds kDrainTime{25};
constexpr std::chrono::seconds kCloseTime{2};
/// For the last push over OTLP.
constexpr std::chrono::seconds kFlushTime{2};
/// What is left of it for the JVM if the target has used it up.
constexpr std::chrono::milliseconds kLeastCloseTime{200};
/// Between two looks at whether the work of stopping is done.
constexpr std::chrono::milliseconds kStopPause{10};

constexpr int kHttpThreads = 2;
/// Scraping is waiting for answers, and work on one strand a target; a new configuration is read on
/// another strand, and prepared beside both.
constexpr int kScrapeThreads = 3;
/// How long key stores may take to be read.
constexpr std::chrono::seconds kStoreTime{10};
/// Between two looks at the JVM's heap, and at the configuration's file.
constexpr std::chrono::seconds kLookPause{5};

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif
#else
constexpr bool kSanitized = false;
#endif

/// Threads that run a context. Those that serve HTTP are apart from those that scrape: a page is
/// sent while another is read.
class ContextThreads {
 public:
  ContextThreads(asio::io_context& context, int count)
      : context_(context), work_(asio::make_work_guard(context)) {
    for (int i = 0; i < count; ++i) threads_.emplace_back([this] { context_.run(); });
  }
  ~ContextThreads() { stop(); }
  ContextThreads(const ContextThreads&) = delete;
  ContextThreads& operator=(const ContextThreads&) = delete;

  void stop() {
    context_.stop();
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }

 private:
  asio::io_context& context_;
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  std::vector<std::thread> threads_;
};

/// The configuration that the daemon starts with, and what the log says of it.
struct FirstConfiguration {
  std::shared_ptr<const Snapshot> snapshot;
  std::optional<WatchedFile> file;
  std::vector<std::string> findings;
};

/// Nothing, with the reason on stderr, if the daemon cannot start with it.
std::optional<FirstConfiguration> first_configuration(const CommandLine& line) {
  FirstConfiguration first;
  if (line.config_file.empty()) {
    first.snapshot = default_snapshot();
  } else {
    first.file.emplace(line.config_file);
    LoadedSnapshot loaded = load_snapshot(line.config_file);
    if (!loaded.snapshot) {
      std::fputs(loaded.report.text().c_str(), stderr);
      return std::nullopt;
    }
    for (const std::string& finding : lines_to_log(loaded.report)) {
      first.findings.push_back(printable(finding, kLongestFinding));
      log::warn("{}", first.findings.back());
    }
    first.snapshot = std::move(loaded.snapshot);
  }
  if (line.push_only && !first.snapshot->config.open_telemetry) {
    std::fprintf(stderr,
                 "%s: error: without a port the metrics are pushed, and nothing says where to; add "
                 "'openTelemetry: {endpoint: …}', or write jmxbridge [HOST:]PORT CONFIG\n",
                 printable(line.config_file).c_str());
    return std::nullopt;
  }
  return first;
}

std::string listen_text(const HttpOptions::Address& address, std::uint16_t port) {
  const bool brackets = address.host.find(':') != std::string::npos;
  return (brackets ? "[" + address.host + "]" : address.host) + ":" + std::to_string(port);
}

/// What of the file's `httpServer` is taken at the start alone.
auto taken_at_start(const std::optional<HttpServerConfig>& server) {
  const HttpServerConfig none;
  const HttpServerConfig& given = server ? *server : none;
  const auto& seconds = given.maximum_request_seconds;
  return std::tuple(given.metrics_path,
                    given.threads ? std::optional(given.threads->maximum) : std::nullopt,
                    seconds ? std::optional(seconds->value) : std::nullopt);
}

/// Says so where a reload changes what only a restart can.
void warn_of_restart(const CollectorConfig& started, const CollectorConfig& next) {
  if (taken_at_start(started.http_server) == taken_at_start(next.http_server)) return;
  log::warn(
      "httpServer.metrics, threads and maximumRequestSeconds are taken at the start only, and "
      "differ now: restart the daemon to use them.");
}

JavaOptions java_options(const CommandLine& line) {
  JavaOptions options;
  options.java_home = line.java_home;
  options.options = line.java_options;
  return options;
}

Endpoint endpoint_of(const CommandLine& line) {
  Endpoint endpoint;
  endpoint.kind = line.self ? Endpoint::Kind::kSelf : Endpoint::Kind::kRemote;
  // The file is the operator's word: what it names may be dialled, wherever it is.
  endpoint.dial = [policy = DialPolicy::anything()](const std::string& host, std::uint16_t port) {
    return policy.resolve(host, port);
  };
  return endpoint;
}

/// One target, what reads it, and what serves and pushes its page.
class Daemon {
 public:
  /// `started` is when the process did. The command line and the JVM outlive the daemon.
  Daemon(const CommandLine& line, FirstConfiguration first, JavaVm& vm, Clock::time_point started)
      : line_(line),
        vm_(vm),
        snapshot_(std::move(first.snapshot)),
        name_(line.self ? "self" : target_name(snapshot_->config)),
        connector_(vm, Limits{}),
        http_(kHttpThreads),
        scrapes_(kScrapeThreads),
        scrape_threads_(scrapes_, kScrapeThreads),
        wire_(Limits{}),
        target_(scrapes_.get_executor(), name_, connector_, endpoint_of(line), snapshot_, counters_,
                {&wire_, line.lane}),
        pusher_(
            scrapes_.get_executor(),
            [this](Deadline deadline) { return service_.collect(deadline); }, counters_),
        access_(std::make_shared<LiveAccess>(
            line.web_config_file,
            [&vm](const ServerStores& stores) { return read_server_keys(vm, stores, kStoreTime); },
            counters_)),
        configuration_(
            scrapes_.get_executor(), std::move(first.file), snapshot_, counters_,
            [this](std::shared_ptr<const Snapshot> next) { return use(std::move(next)); },
            [this] { return target_.settled(); }, std::move(first.findings)),
        service_(target_, configuration_, started),
        server_(http_.get_executor(), http_options(), service_, configuration_) {
    counters_.java_version = vm.version();
    counters_.serves_http = !line.push_only;
    counters_.config_loaded_at_ms = now_in_milliseconds();
  }

  /// Opens the ports and begins to push; false, with the reason on stderr, if that cannot be.
  bool start() {
    if (const Result<void> usable = access_->use(snapshot_->config.http_server); !usable) {
      std::fprintf(stderr, "%s\n", usable.error().text.c_str());
      return false;
    }
    pusher_.use(snapshot_->config.open_telemetry);
    if (const Result<void> listening = server_.start(); !listening) {
      log::error("{}", listening.error().text);
      return false;
    }
    http_threads_.emplace(http_, kHttpThreads);
    log_ready();
    return true;
  }

  /// Does what signals ask for and looks at heap and file from time to time, until one is to end.
  void run_until_told(const Signals& signals) {
    while (true) {
      counters_.java_heap_used_bytes = static_cast<std::int64_t>(vm_.heap_used_bytes());
      const std::optional<int> signal = signals.wait_for(kLookPause);
      if (signal == SIGTERM || signal == SIGINT) return;
      if (signal == SIGHUP) {
        configuration_.start_reload();
      } else {
        configuration_.start_refresh();
      }
      if (signal == SIGQUIT) dump_state();
    }
  }

  /// Lets the requests under way finish and closes the session.
  void stop(const Signals& signals) {
    log::info("Stopping: requests under way finish, nothing new is taken.");
    pusher_.stop(Clock::now() + kFlushTime);
    drain(signals);
    pusher_.join();
    close_session();
    log::info("Stopped.");
  }

  /// Ends the threads that are not the JVM's.
  void stop_threads() {
    access_->stop();
    http_threads_->stop();
    scrape_threads_.stop();
  }

 private:
  /// What the flags say of the server, and then the file's `httpServer`, before which flags go.
  HttpOptions http_options() {
    HttpOptions options;
    options.listen = line_.listen;
    options.metrics_path = line_.telemetry_path;
    options.timeout_offset = line_.timeout_offset;
    options.max_requests = line_.max_requests;
    options.access = access_;
    options.on_rejected = [this] { ++counters_.http_requests_rejected; };
    options.on_unauthorized = [this] { ++counters_.http_unauthorized; };
    options.on_tls_failure = [this] { ++counters_.http_tls_failures; };
    if (!snapshot_->config.http_server) return options;
    const HttpServerConfig& server = *snapshot_->config.http_server;
    if (server.metrics_path && line_.telemetry_path == CommandLine().telemetry_path) {
      options.metrics_path = *server.metrics_path;
    }
    if (server.threads) options.threads = static_cast<std::size_t>(server.threads->maximum);
    if (server.maximum_request_seconds) {
      options.max_request_time = std::chrono::seconds(server.maximum_request_seconds->value);
    }
    return options;
  }

  /// Takes another configuration, all of it or, with an error, nothing.
  Result<void> use(std::shared_ptr<const Snapshot> next) {
    Result<void> usable = access_->use(next->config.http_server);
    if (!usable) return usable;
    warn_of_restart(snapshot_->config, next->config);
    pusher_.use(next->config.open_telemetry);
    target_.use(std::move(next));
    return usable;
  }

  void log_ready() const {
    const std::vector<std::uint16_t> ports = server_.ports();
    for (std::size_t i = 0; i < ports.size(); ++i) {
      log::info("Listening on {}.", printable(listen_text(line_.listen[i], ports[i])));
    }
    log::info("jmxbridge " JMXBRIDGE_VERSION " serves {} with Java {}.", name_,
              printable(vm_.version()));
  }

  void dump_state() const {
    for (const std::string& state : state_lines(target_.status(), server_.dump())) {
      log::info("{}", state);
    }
  }

  void drain(const Signals& signals) {
    const std::future<void> drained =
        asio::co_spawn(http_, server_.drain(Clock::now() + kDrainTime), asio::use_future);
    while (drained.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
      const std::optional<int> signal = signals.wait_for(kStopPause);
      if (signal == SIGQUIT) dump_state();
      if (signal == SIGTERM || signal == SIGINT) {
        log::warn("Stopping at once, as a second signal asks.");
        return;
      }
    }
  }

  void close_session() {
    const Clock::time_point end = Clock::now() + kCloseTime;
    const std::future<void> closed = asio::co_spawn(scrapes_, target_.close(), asio::use_future);
    closed.wait_until(end);
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now());
    if (!connector_.close_all(std::max(left, kLeastCloseTime))) {
      log::warn(
          "The session with {} did not close within {} s; the target ends it by itself later.",
          printable(target_.status().name), kCloseTime.count());
    }
  }

  const CommandLine& line_;
  JavaVm& vm_;
  const std::shared_ptr<const Snapshot> snapshot_;  ///< what the daemon was started with
  const std::string name_;                          ///< of the target
  ProcessCounters counters_;
  JvmConnector connector_;
  asio::io_context http_;
  asio::io_context scrapes_;
  ContextThreads scrape_threads_;
  JrmpLane wire_;
  Target target_;
  Pusher pusher_;
  const std::shared_ptr<LiveAccess> access_;
  LiveConfiguration configuration_;
  TargetService service_;
  HttpServer server_;
  std::optional<ContextThreads> http_threads_;  ///< from start() on
};

}  // namespace

int serve(const CommandLine& line) {
  const Clock::time_point started = Clock::now();
  set_up_log(line.log_level, line.log_format);
  const Signals signals;

  std::optional<FirstConfiguration> first = first_configuration(line);
  if (!first) return kExitError;

  // Before the threads, for it changes the environment.
  Result<JavaVm> vm = JavaVm::start(java_options(line));
  if (!vm) {
    log::error("{}", vm.error().text);
    return kExitError;
  }

  Daemon daemon(line, std::move(*first), *vm, started);
  if (!daemon.start()) return kExitError;
  sd_notify(0, "READY=1");
  daemon.run_until_told(signals);
  sd_notify(0, "STOPPING=1");
  daemon.stop(signals);
  if (kSanitized) daemon.stop_threads();
  // Not by return: what may still be in flight refers to objects in both contexts.
  end_process(kExitFine);
}

void end_process(int status) {
  if (kSanitized) std::exit(status);
  std::fflush(stdout);
  std::fflush(stderr);
  std::_Exit(status);
}

}  // namespace jmxbridge
