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

/// What the flags say of the server, and then the file's `httpServer`, before which flags go.
HttpOptions http_options(const CommandLine& line, const CollectorConfig& config) {
  HttpOptions options;
  options.listen = line.listen;
  options.metrics_path = line.telemetry_path;
  options.timeout_offset = line.timeout_offset;
  options.max_requests = line.max_requests;
  if (!config.http_server) return options;
  const HttpServerConfig& server = *config.http_server;
  if (server.metrics_path && line.telemetry_path == CommandLine().telemetry_path) {
    options.metrics_path = *server.metrics_path;
  }
  if (server.threads) options.threads = static_cast<std::size_t>(server.threads->maximum);
  if (server.maximum_request_seconds) {
    options.max_request_time = std::chrono::seconds(server.maximum_request_seconds->value);
  }
  return options;
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

void dump_state(const Target& target, const HttpServer& server) {
  for (const std::string& state : state_lines(target.status(), server.dump())) {
    log::info("{}", state);
  }
}

/// Does what signals ask for and looks at heap and file from time to time, until one is to end.
void run_until_told(const Signals& signals, const JavaVm& vm, ProcessCounters& counters,
                    LiveConfiguration& configuration, const Target& target,
                    const HttpServer& server) {
  while (true) {
    counters.java_heap_used_bytes = static_cast<std::int64_t>(vm.heap_used_bytes());
    const std::optional<int> signal = signals.wait_for(kLookPause);
    if (signal == SIGTERM || signal == SIGINT) return;
    if (signal == SIGHUP) {
      configuration.start_reload();
    } else {
      configuration.start_refresh();
    }
    if (signal == SIGQUIT) dump_state(target, server);
  }
}

/// Lets the requests under way finish and closes the session.
void stop(const Signals& signals, asio::io_context& http, HttpServer& server,
          asio::io_context& scrapes, Pusher& pusher, Target& target, JvmConnector& connector) {
  sd_notify(0, "STOPPING=1");
  log::info("Stopping: requests under way finish, nothing new is taken.");
  pusher.stop(Clock::now() + kFlushTime);
  std::future<void> drained =
      asio::co_spawn(http, server.drain(Clock::now() + kDrainTime), asio::use_future);
  while (drained.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
    const std::optional<int> signal = signals.wait_for(kStopPause);
    if (signal == SIGQUIT) dump_state(target, server);
    if (signal == SIGTERM || signal == SIGINT) {
      log::warn("Stopping at once, as a second signal asks.");
      break;
    }
  }
  pusher.join();
  const Clock::time_point end = Clock::now() + kCloseTime;
  const std::future<void> closed = asio::co_spawn(scrapes, target.close(), asio::use_future);
  closed.wait_until(end);
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now());
  if (!connector.close_all(std::max(left, kLeastCloseTime))) {
    log::warn("The session with {} did not close within {} s; the target ends it by itself later.",
              printable(target.status().name), kCloseTime.count());
  }
  log::info("Stopped.");
}

void log_ready(const CommandLine& line, const HttpServer& server, const std::string& target,
               const std::string& java_version) {
  const std::vector<std::uint16_t> ports = server.ports();
  for (std::size_t i = 0; i < ports.size(); ++i) {
    log::info("Listening on {}.", printable(listen_text(line.listen[i], ports[i])));
  }
  log::info("jmxbridge " JMXBRIDGE_VERSION " serves {} with Java {}.", target,
            printable(java_version));
}

}  // namespace

int serve(const CommandLine& line) {
  const Clock::time_point started = Clock::now();
  set_up_log(line.log_level, line.log_format);
  const Signals signals;

  std::optional<FirstConfiguration> first = first_configuration(line);
  if (!first) return kExitError;
  const std::shared_ptr<const Snapshot> snapshot = first->snapshot;

  // Before the threads, for it changes the environment.
  JavaOptions java;
  java.java_home = line.java_home;
  java.options = line.java_options;
  Result<JavaVm> vm = JavaVm::start(java);
  if (!vm) {
    log::error("{}", vm.error().text);
    return kExitError;
  }

  ProcessCounters counters;
  counters.java_version = vm->version();
  counters.serves_http = !line.push_only;
  counters.config_loaded_at_ms = now_in_milliseconds();

  JvmConnector connector(*vm, Limits{});
  Endpoint endpoint;
  endpoint.kind = line.self ? Endpoint::Kind::kSelf : Endpoint::Kind::kRemote;
  // The file is the operator's word: what it names may be dialled, wherever it is.
  endpoint.dial = [policy = DialPolicy::anything()](const std::string& host, std::uint16_t port) {
    return policy.resolve(host, port);
  };
  const std::string name = line.self ? "self" : target_name(snapshot->config);
  asio::io_context http(kHttpThreads);
  asio::io_context scrapes(kScrapeThreads);
  ContextThreads scrape_threads(scrapes, kScrapeThreads);
  JrmpLane wire(Limits{});
  Target target(scrapes.get_executor(), name, connector, std::move(endpoint), snapshot, counters,
                {&wire, line.lane});
  std::unique_ptr<Pusher> pusher;
  const auto access = std::make_shared<LiveAccess>(
      line.web_config_file,
      [&vm](const ServerStores& stores) { return read_server_keys(*vm, stores, kStoreTime); },
      counters);
  if (const Result<void> usable = access->use(snapshot->config.http_server); !usable) {
    std::fprintf(stderr, "%s\n", usable.error().text.c_str());
    return kExitError;
  }
  LiveConfiguration configuration(
      scrapes.get_executor(), std::move(first->file), snapshot, counters,
      [&](std::shared_ptr<const Snapshot> next) {
        Result<void> usable = access->use(next->config.http_server);
        if (!usable) return usable;
        warn_of_restart(snapshot->config, next->config);
        pusher->use(next->config.open_telemetry);
        target.use(std::move(next));
        return usable;
      },
      [&target] { return target.settled(); }, std::move(first->findings));
  TargetService service(target, configuration, started);
  pusher = std::make_unique<Pusher>(
      scrapes.get_executor(), [&service](Deadline deadline) { return service.scrape(deadline); },
      counters);
  pusher->use(snapshot->config.open_telemetry);

  HttpOptions options = http_options(line, snapshot->config);
  options.access = access;
  options.on_rejected = [&counters] { ++counters.http_requests_rejected; };
  options.on_unauthorized = [&counters] { ++counters.http_unauthorized; };
  options.on_tls_failure = [&counters] { ++counters.http_tls_failures; };
  HttpServer server(http.get_executor(), std::move(options), service, configuration);
  if (Result<void> listening = server.start(); !listening) {
    log::error("{}", listening.error().text);
    return kExitError;
  }

  ContextThreads http_threads(http, kHttpThreads);
  log_ready(line, server, name, vm->version());
  sd_notify(0, "READY=1");
  run_until_told(signals, *vm, counters, configuration, target, server);
  stop(signals, http, server, scrapes, *pusher, target, connector);
  if (kSanitized) {
    access->stop();
    http_threads.stop();
    scrape_threads.stop();
  }
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
