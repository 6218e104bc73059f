#include <algorithm>
#include <catch2/catch.hpp>
#include <functional>
#include <string>
#include <thread>

#include "scrape_bench.h"

namespace jmxbridge {
namespace {

using std::chrono::milliseconds;

CollectorConfig config_of(std::vector<RuleConfig> rules) {
  CollectorConfig config = plain_config();
  config.rules = std::move(rules);
  return config;
}

double value_of(const std::string& page, const std::string& name) {
  const std::size_t at = ("\n" + page).find("\n" + name + " ");
  REQUIRE(at != std::string::npos);
  return std::stod(page.substr(at + name.size() + 1));
}

std::uint64_t runs_of(const std::function<void()>& work) {
  const std::uint64_t before = RuleSet::regex_runs();
  work();
  return RuleSet::regex_runs() - before;
}

void pause_at_fill(bool begin) {
  if (begin) std::this_thread::sleep_for(milliseconds(600));
}

Value table_of(ValueStore& store, std::vector<std::string>& keys) {
  std::vector<Value> rows;
  rows.reserve(keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    rows.push_back(store.composite(
        "row", {{"key", text_value(keys[i])}, {"value", integer_value(std::stoi(keys[i]))}}));
  }
  return store.table({"key"}, std::move(rows));
}

}  // namespace

TEST_CASE("hostile: a pattern that explodes on every bean costs its own samples only", "[scrape]") {
  constexpr int kBeans = 250;
  FakeServer server;
  const std::string name(100, 'a');
  for (int i = 0; i < kBeans; ++i) {
    server.add("bad:type=T,name=" + name + "!" + std::to_string(i), {{"V", integer_value(i)}});
  }
  server.add("good:type=T", {{"V", integer_value(7)}});
  Bench bench(server, snapshot_of(config_of({rule("bad<type=T, name=(a+)+$", "bad"),
                                             rule("good<type=T><>V", "good")})));
  std::string page;
  const auto scrape = [&] { page = bench.scrape(milliseconds(60'000)); };
  // Each is run once, and a share of them once more with all their steps.
  const std::uint64_t first = runs_of(scrape);
  CHECK(first > kBeans);
  CHECK(first < 2 * kBeans);
  CHECK(samples(page) == Lines{"good 7.0"});
  CHECK(value_of(page, "jmx_scrape_error") == 1.0);

  // Numbers that change make none of them run again but those that had no budget, and each of these
  // twice: quickly, and with all its steps.
  std::uint64_t runs = 0;
  std::uint64_t later = 0;
  std::uint64_t later_scrapes = 0;
  for (int round = 0; round < kBeans; ++round) {
    for (auto& [bean, content] : server.beans) content.values["V"] = integer_value(round);
    runs = runs_of(scrape);
    if (runs == 0) break;
    later += runs;
    ++later_scrapes;
  }
  CHECK(runs == 0);
  CHECK(first + later <= 3 * kBeans + later_scrapes);
  CHECK(samples(page).size() == 1);
  CHECK(value_of(page, "jmx_scrape_error") == 1.0);
}

TEST_CASE("hostile: what the rules cannot get to before the deadline comes in the next scrape",
          "[scrape]") {
  FakeServer server;
  server.add("d:type=A", {{"V", integer_value(1)}});
  server.add("d:type=B", {{"V", integer_value(2)}});
  Bench bench(server, snapshot_of(config_of({rule("d<type=(.)><>V", "d_$1")})));
  server.around_fill = pause_at_fill;
  const std::string late = bench.scrape(milliseconds(500));
  CHECK(samples(late).empty());
  CHECK(value_of(late, "jmx_up") == 1.0);
  CHECK(value_of(late, "jmx_scrape_error") == 1.0);
  const std::string whole = bench.scrape(milliseconds(60'000));
  CHECK(samples(whole) == Lines{"d_A 1.0", "d_B 2.0"});
  CHECK(value_of(whole, "jmx_scrape_error") == 0.0);
  // What is known needs no rule, and so comes however late it is.
  CHECK(samples(bench.scrape(milliseconds(500))).size() == 2);
}

TEST_CASE("hostile: beans that no time was left to plan are missing, and planned next time",
          "[scrape]") {
  FakeServer server;
  for (int i = 0; i < 100; ++i) {
    server.add("d:type=A,name=" + std::to_string(i), {{"V", integer_value(i)}});
  }
  Bench bench(server, snapshot_of(plain_config()));
  const std::string late = bench.scrape(milliseconds(0));
  CHECK(samples(late).empty());
  CHECK(value_of(late, "jmx_scrape_error") == 1.0);
  CHECK(value_of(late, "jmxbridge_scrape_beans_missing") == 100.0);
  server.log.clear();
  const std::string whole = bench.scrape();
  CHECK(samples(whole).size() == 100);
  CHECK(value_of(whole, "jmxbridge_scrape_beans_missing") == 0.0);
  CHECK(std::count(server.log.begin(), server.log.end(), "describe 100") == 0);
}

TEST_CASE("hostile: a large table is taken in whatever the order of its rows", "[scrape]") {
  constexpr int kRows = 20'000;
  FakeServer server;
  std::vector<std::string> keys;
  for (int i = 0; i < kRows; ++i) keys.push_back(std::to_string(i));
  ValueStore forward;
  ValueStore backward;
  server.add("d:type=A", {{"T", table_of(forward, keys)}});
  Bench bench(server, snapshot_of(plain_config()));
  const Lines first = samples(bench.scrape(milliseconds(60'000)));
  CHECK(first.size() == kRows);
  std::vector<std::string> turned(keys.rbegin(), keys.rend());
  server.value("d:type=A", "T") = table_of(backward, turned);
  CHECK(samples(bench.scrape(milliseconds(60'000))) == first);
}

TEST_CASE("hostile: rows with the same key are kept apart by their order", "[scrape]") {
  FakeServer server;
  Value unknown = other_value();
  std::vector<Value> rows;
  for (int i = 0; i < 3; ++i) {
    rows.push_back(server.store.composite("row", {{"key", unknown}, {"value", integer_value(i)}}));
  }
  server.add("d:type=A", {{"T", server.store.table({"key"}, std::move(rows))}});
  Bench bench(server, snapshot_of(plain_config()));
  const Lines first = samples(bench.scrape());
  CHECK(samples(bench.scrape()) == first);
}

}  // namespace jmxbridge
