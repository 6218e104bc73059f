#include "scrape/changeover.h"

#include <catch2/catch.hpp>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "scrape_bench.h"

namespace jmxbridge {
namespace {

using std::chrono::milliseconds;

/// So many that with one rule a plan is made ahead.
constexpr int kMany = 9100;
const std::string kFetchMany = "fetch " + std::to_string(kMany);

CollectorConfig named(const char* name) {
  CollectorConfig config = plain_config();
  config.rules.front().pattern = TemplateText{"d<type=(.+)><>X", {}};
  config.rules.front().name = TemplateText{name, {}};
  return config;
}

/// A target with many beans that was scraped once, with samples that are called `before`.
struct Fixture {
  Fixture() : bench(server, snapshot_of(named("before"))) {
    for (int i = 0; i < kMany; ++i) {
      server.add("d:type=T" + std::to_string(i), {{"X", integer_value(i)}});
    }
    CHECK(names_of(bench.scrape(kPatience)) == "before");
    server.log.clear();
  }

  void use(CollectorConfig config) { bench.target().use(snapshot_of(std::move(config))); }
  std::string scrape() { return names_of(bench.scrape(kPatience)); }
  Log take_log() { return std::exchange(server.log, {}); }

  /// The name of a page's samples, of which there must be many.
  static std::string names_of(const std::string& page) {
    const std::vector<std::string> lines = samples(page);
    if (lines.size() != static_cast<std::size_t>(kMany)) return std::to_string(lines.size());
    return lines.front().substr(0, lines.front().find_first_of(" {"));
  }
  std::string finish(std::future<std::shared_ptr<const ScrapeResult>> pending) {
    return names_of(Bench::text(bench.finish(std::move(pending))));
  }

  static constexpr milliseconds kPatience{20'000};
  FakeServer server;
  Bench bench;
};

}  // namespace

TEST_CASE("changeover: a large plan is prepared while scrapes go on with the old one", "[scrape]") {
  Fixture fake;
  fake.use(named("after"));
  CHECK(fake.scrape() == "before");
  fake.bench.settle();
  fake.take_log();
  const std::uint64_t runs = RuleSet::regex_runs();
  CHECK(fake.scrape() == "after");
  // Nothing is described, queried or matched in the scrape that has it first.
  CHECK(fake.take_log() == Log{"changes", kFetchMany});
  CHECK(RuleSet::regex_runs() == runs);
}

TEST_CASE("changeover: beans that come and go while it is prepared are right in its first scrape",
          "[scrape]") {
  Fixture fake;
  fake.use(named("after"));
  fake.bench.settle();
  fake.server.remove("d:type=T0");
  fake.server.add("d:type=Late", {{"X", integer_value(1)}});
  CHECK(fake.scrape() == "after");
  CHECK(fake.take_log() == Log{"changes", "describe 1", kFetchMany});
}

TEST_CASE("changeover: a read under way is shared until it ends, for a second at most",
          "[scrape]") {
  Fixture fake;
  fake.server.fetch_time = milliseconds(900);
  auto early = fake.bench.start(Fixture::kPatience);
  fake.bench.run_for(milliseconds(5));
  fake.use(named("after"));
  fake.bench.run_for(milliseconds(5));
  auto late = fake.bench.start(Fixture::kPatience);
  CHECK(fake.finish(std::move(early)) == "before");
  CHECK(fake.finish(std::move(late)) == "before");
  fake.server.fetch_time = milliseconds(0);
  fake.bench.settle();
  CHECK(fake.scrape() == "after");

  // Nobody waits for a target that does not answer.
  fake.server.frozen = true;
  auto frozen = fake.bench.start(Fixture::kPatience);
  fake.bench.run_for(milliseconds(5));
  fake.use(named("third"));
  const auto start = std::chrono::steady_clock::now();
  fake.bench.settle();
  CHECK(std::chrono::steady_clock::now() - start > milliseconds(500));
  CHECK(frozen.wait_for(milliseconds(0)) == std::future_status::timeout);
  fake.server.frozen = false;
  auto next = fake.bench.start(Fixture::kPatience);
  fake.bench.finish(std::move(frozen));
  CHECK(fake.finish(std::move(next)) == "third");
}

TEST_CASE("changeover: of two in a row the later one is used", "[scrape]") {
  Fixture fake;
  fake.use(named("second"));
  fake.use(named("third"));
  fake.bench.settle();
  CHECK(fake.scrape() == "third");
  // One that leads to another target waits for nothing, and what was prepared is dropped.
  fake.use(named("fourth"));
  fake.use(moved(named("fifth")));
  CHECK(fake.scrape() == "fifth");
  fake.bench.settle();
  CHECK(fake.scrape() == "fifth");
}

TEST_CASE("changeover: closing gives up what is prepared", "[scrape]") {
  Fixture fake;
  fake.use(named("after"));
  fake.bench.close();
  fake.bench.settle();
  fake.bench.run_for(milliseconds(50));
  CHECK(fake.scrape() == "before");
}

}  // namespace jmxbridge
