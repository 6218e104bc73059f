#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <chrono>
#include <exception>
#include <future>
#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "rules/rule_set.h"
#include "scrape/target.h"
#include "scrape_fake_target.h"

namespace jmxbridge {

using Log = std::vector<std::string>;    ///< what a FakeServer was asked
using Lines = std::vector<std::string>;  ///< of a page

/// The rules compiled from a configuration; null if they have errors.
inline std::shared_ptr<const Snapshot> snapshot_of(CollectorConfig config) {
  Report report("test.yml");
  std::shared_ptr<const RuleSet> rules = RuleSet::compile(config, report);
  if (report.has_errors()) return nullptr;
  return std::make_shared<const Snapshot>(Snapshot{std::move(config), std::move(rules)});
}

/// A configuration with one rule that takes everything.
inline CollectorConfig plain_config() {
  CollectorConfig config;
  config.jmx_url = "service:jmx:rmi:///jndi/rmi://127.0.0.1:1/jmxrmi";
  config.rules.emplace_back();
  return config;
}

/// A configuration, but of another target.
inline CollectorConfig moved(CollectorConfig config) {
  config.jmx_url = "service:jmx:rmi:///jndi/rmi://127.0.0.1:2/jmxrmi";
  return config;
}

inline RuleConfig rule(const std::string& pattern, const std::string& name = {},
                       FamilyType type = FamilyType::kUnknown) {
  RuleConfig config;
  config.pattern = TemplateText{pattern, {}};
  if (!name.empty()) config.name = TemplateText{name, {}};
  config.type = type;
  return config;
}

/// A target on a fake server, on a thread of the test's own.
class Bench {
 public:
  using Milliseconds = std::chrono::milliseconds;

  Bench(FakeServer& server, std::shared_ptr<const Snapshot> snapshot)
      : connector_(server),
        target_(std::make_unique<Target>(context_.get_executor(), "fake", connector_, Endpoint{},
                                         std::move(snapshot), counters_)) {}

  std::future<std::shared_ptr<const ScrapeResult>> start(Milliseconds time = Milliseconds(60000)) {
    return asio::co_spawn(context_, target_->scrape(std::chrono::steady_clock::now() + time),
                          asio::use_future);
  }

  template <class T>
  T finish(std::future<T> future) {
    while (future.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
      context_.restart();
      context_.run_one();
    }
    return future.get();
  }

  /// Runs to its end without a break, so that the thread keeps what Asio keeps for it.
  void run(asio::awaitable<void> work) {
    asio::co_spawn(context_, std::move(work), [this](const std::exception_ptr& thrown) {
      context_.stop();
      if (thrown) std::rethrow_exception(thrown);
    });
    context_.restart();
    context_.run();
  }

  static std::string text(const std::shared_ptr<const ScrapeResult>& result) {
    std::string out;
    result->page->render(Format::kText, result->values, out);
    return out;
  }

  /// Scrapes once; the whole page as text.
  std::string scrape(Milliseconds time = Milliseconds(60000)) { return text(finish(start(time))); }

  /// What is ready is done however late it is.
  void run_for(Milliseconds time) {
    context_.restart();
    context_.poll();
    context_.restart();
    context_.run_for(time);
  }

  /// Waits until scrapes are made with what the target was told to use last.
  void settle() { finish(asio::co_spawn(context_, settle_target(*target_), asio::use_future)); }
  void close() { finish(asio::co_spawn(context_, close_target(*target_), asio::use_future)); }

  Target& target() { return *target_; }
  ProcessCounters& counters() { return counters_; }

 private:
  static asio::awaitable<bool> settle_target(Target& target) {
    co_await target.settled();
    co_return true;
  }
  static asio::awaitable<bool> close_target(Target& target) {
    co_await target.close();
    co_return true;
  }

  ProcessCounters counters_;
  asio::io_context context_;
  FakeConnector connector_;
  std::unique_ptr<Target> target_;
};

/// A server with a target on it.
struct ServedTarget {
  explicit ServedTarget(CollectorConfig config = plain_config())
      : bench(server, snapshot_of(std::move(config))) {}

  std::string scrape(Bench::Milliseconds time = Bench::Milliseconds(60000)) {
    return bench.scrape(time);
  }
  std::vector<std::string> take_log() { return std::exchange(server.log, {}); }
  TargetStatus status() { return bench.target().status(); }

  FakeServer server;
  Bench bench;
};

inline bool has_line(const std::string& page, const std::string& line) {
  return ("\n" + page).find("\n" + line + "\n") != std::string::npos;
}

/// The lines of a page that are the target's own samples; `with_comments`: HELP and TYPE too.
inline std::vector<std::string> samples(const std::string& page, bool with_comments = false) {
  std::vector<std::string> out;
  std::istringstream in(page);
  for (std::string line; std::getline(in, line);) {
    std::string_view name = line;
    if (name.starts_with("# ")) {
      if (!with_comments) continue;
      name.remove_prefix(7);
    }
    if (!name.starts_with("jmx_") && !name.starts_with("jmxbridge_")) out.push_back(line);
  }
  return out;
}

}  // namespace jmxbridge
