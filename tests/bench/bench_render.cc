// Renders a page of Kafka-shaped samples again and again, as steady scrapes do, and compresses it:
//   bench_render [SAMPLES [ROUNDS]]

#include <malloc.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <numeric>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "exposition/gzip.h"
#include "exposition/page.h"

using namespace jmxbridge;

namespace {

std::vector<FamilySpec> kafka_families(std::size_t samples) {
  static const char* const kAttributes[] = {"Count",          "MeanRate",      "OneMinuteRate",
                                            "FiveMinuteRate", "StdDev",        "Max",
                                            "Mean",           "99thPercentile"};
  std::vector<FamilySpec> families;
  const std::size_t each = std::max<std::size_t>(samples / 80, 1);
  for (std::uint32_t slot = 0; slot < samples;) {
    const std::string attribute = kAttributes[families.size() % std::size(kAttributes)];
    FamilySpec family;
    family.name =
        "kafka_server_BrokerTopicMetrics" + std::to_string(families.size()) + "_" + attribute;
    family.help = "Attribute exposed for management kafka.server:name=BytesInPerSec," +
                  ("type=BrokerTopicMetrics,attribute=" + attribute);
    for (std::size_t i = 0; i < each && slot < samples; ++i, ++slot) {
      family.samples.push_back({{{"topic", "orders-" + std::to_string(i / 16)},
                                 {"name", "BytesInPerSec"},
                                 {"partition", std::to_string(i % 16)}},
                                slot});
    }
    families.push_back(std::move(family));
  }
  return families;
}

std::vector<double> numbers(std::size_t count, std::mt19937_64& random) {
  std::vector<double> values(count);
  for (double& value : values) {
    switch (random() % 3) {
      case 0:
        value = static_cast<double>(random() % 100'000'000);
        break;
      case 1:
        value = static_cast<double>(random() % 1'000'000) / 1000;
        break;
      default:
        value = static_cast<double>(random()) / 3e9;
    }
  }
  return values;
}

void measure(const char* what, int rounds, const std::function<std::size_t()>& work) {
  std::vector<double> times;
  std::size_t bytes = 0;
  for (int i = 0; i < rounds; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    bytes = work();
    const std::chrono::duration<double, std::milli> time = std::chrono::steady_clock::now() - begin;
    times.push_back(time.count());
  }
  const auto [min, max] = std::minmax_element(times.begin(), times.end());
  std::printf("%-12s min %7.3f  avg %7.3f  max %7.3f ms, %zu bytes\n", what, *min,
              std::accumulate(times.begin(), times.end(), 0.0) / rounds, *max, bytes);
}

std::size_t heap_in_use() {
  const struct mallinfo2 info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t samples = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 50'000;
  const int rounds = argc > 2 ? std::atoi(argv[2]) : 50;
  if (samples == 0 || rounds <= 0) {
    std::fprintf(stderr, "usage: bench_render [SAMPLES [ROUNDS]]\n");
    return 2;
  }
  std::mt19937_64 random(1);
  const std::vector<double> values = numbers(samples, random);

  const std::size_t before = heap_in_use();
  std::vector<FamilySpec> families = kafka_families(samples);
  const auto begin = std::chrono::steady_clock::now();
  const Page page(std::move(families));
  std::string out;
  page.render(Format::kText, values, out);
  const std::chrono::duration<double, std::milli> made = std::chrono::steady_clock::now() - begin;
  std::string().swap(out);
  std::printf("%zu samples: page made in %.1f ms, %zu bytes of heap a sample\n", samples,
              made.count(), (heap_in_use() - before) / samples);

  const std::pair<const char*, Format> formats[] = {{"protobuf", Format::kProtobuf},
                                                    {"openmetrics", Format::kOpenMetrics},
                                                    {"text", Format::kText}};
  for (const auto& [name, format] : formats) {
    measure(name, rounds, [&, wanted = format] {
      out.clear();
      page.render(wanted, values, out);
      return out.size();
    });
  }
  GzipWriter gzip;
  std::string member;
  measure("gzip", rounds, [&] {
    gzip.compress(out, member);
    return member.size();
  });
  return 0;
}
