// A steady scrape without a JVM: 9,000 beans of a broker's shape and 21,000 numbers from memory.
// Prints how many regular expressions it runs (wanted: none), what taking the values in and writing
// the page take (wanted: together below 10 ms), and the same for the first scrape.
//
// usage: bench_scrape [BEANS [ROUNDS]]
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "base/log.h"
#include "tests/unit/scrape_bench.h"

using namespace jmxbridge;

namespace {

using Clock = std::chrono::steady_clock;

Clock::time_point fill_start;
double fill_seconds = 0;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

void time_fill(bool begin) {
  if (begin) {
    fill_start = Clock::now();
  } else {
    fill_seconds = seconds_since(fill_start);
  }
}

/// Of nine beans one is a meter of five numbers, one a histogram of nine, seven have one each.
void fill_server(FakeServer& server, int beans) {
  for (int i = 0; i < beans; ++i) {
    const std::string topic = ",topic=orders-" + std::to_string(i / 9);
    std::vector<std::pair<std::string, Value>> attributes;
    std::string name = "kafka.log:type=Log,name=Size" + topic + ",partition=" + std::to_string(i);
    int count = 1;
    if (i % 9 == 0) {
      name = "kafka.server:type=BrokerTopicMetrics,name=BytesInPerSec" + topic;
      count = 5;
    } else if (i % 9 == 1) {
      name = "kafka.network:type=RequestMetrics,name=TotalTimeMs,request=R" + std::to_string(i);
      count = 9;
    }
    for (int k = 0; k < count; ++k) {
      attributes.emplace_back("Value" + std::to_string(k), double_value(i + k / 8.0));
    }
    server.add(name, std::move(attributes));
  }
}

CollectorConfig broker_config() {
  CollectorConfig config = plain_config();
  RuleConfig rule;
  rule.pattern = TemplateText{"kafka.server<type=(.+), name=(.+)PerSec, topic=(.+)><>(\\w+)", {}};
  rule.name = TemplateText{"kafka_server_$1_$2_$4", {}};
  rule.labels.push_back({{"topic", {}}, TemplateText{"$3", {}}});
  rule.has_labels = true;
  config.rules.insert(config.rules.begin(), rule);
  return config;
}

struct Round {
  std::uint64_t regex_runs = 0;
  double fill = 0;
  double render = 0;
};

Round scrape(Bench& bench, std::string& page) {
  Round round;
  const std::uint64_t runs = RuleSet::regex_runs();
  const auto result = bench.finish(bench.start(std::chrono::seconds(60)));
  round.regex_runs = RuleSet::regex_runs() - runs;
  round.fill = fill_seconds;
  page.clear();
  const Clock::time_point start = Clock::now();
  result->page->render(Format::kText, result->values, page);
  round.render = seconds_since(start);
  return round;
}

}  // namespace

int main(int argc, char** argv) {
  const int beans = argc > 1 ? std::atoi(argv[1]) : 9000;
  const int rounds = std::max(argc > 2 ? std::atoi(argv[2]) : 50, 1);
  FakeServer server;
  fill_server(server, beans);
  server.around_fill = time_fill;
  Bench bench(server, snapshot_of(broker_config()));
  std::string page;
  const Round first = scrape(bench, page);
  std::uint64_t runs = 0;
  std::vector<double> sums;
  double fill = 0;
  double render = 0;
  for (int i = 0; i < rounds; ++i) {
    for (auto& [name, bean] : server.beans) {
      for (auto& [attribute, value] : bean.values) value.number += 1;
    }
    const Round round = scrape(bench, page);
    runs += round.regex_runs;
    fill += round.fill;
    render += round.render;
    sums.push_back(round.fill + round.render);
  }
  std::cout
      << fmt::format("{} beans, {} samples, {} bytes a page\n", beans,
                     bench.target().status().samples, page.size())
      << fmt::format("  first scrape   {} regex runs, fill {:.2f} ms, render {:.2f} ms\n",
                     first.regex_runs, first.fill * 1e3, first.render * 1e3)
      << fmt::format(
             "  steady scrape  {} regex runs in {} scrapes, fill {:.2f} ms, render {:.2f} ms; "
             "together min {:.2f} ms, max {:.2f} ms\n",
             runs, rounds, fill / rounds * 1e3, render / rounds * 1e3,
             *std::min_element(sums.begin(), sums.end()) * 1e3,
             *std::max_element(sums.begin(), sums.end()) * 1e3);
  return runs == 0 ? 0 : 1;
}
