#include "otlp/start_times.h"

#include <functional>

namespace jmxbridge {
namespace {

std::uint64_t mixed(std::uint64_t hash, std::string_view text) {
  constexpr std::uint64_t kGolden = 0x9E3779B97F4A7C15U;
  return hash ^ (std::hash<std::string_view>()(text) + kGolden + (hash << 6) + (hash >> 2));
}

std::uint64_t hash_of(std::string_view family, const SampleSpec& sample) {
  std::uint64_t hash = mixed(0, family);
  for (const Label& label : sample.labels) hash = mixed(mixed(hash, label.name), label.value);
  return hash;
}

}  // namespace

void StartTimes::begin(std::uint64_t now) { now_ = now; }

std::uint64_t StartTimes::start_of(std::string_view family, const SampleSpec& sample,
                                   double number) {
  const auto [place, is_new] = counters_.try_emplace(hash_of(family, sample));
  Counter& counter = place->second;
  if (is_new) {
    counter.start = now_;
  } else if (number < counter.number) {
    counter.start = counter.seen;
  }
  counter.number = number;
  counter.seen = now_;
  return counter.start;
}

void StartTimes::end() {
  std::erase_if(counters_, [this](const auto& each) { return each.second.seen != now_; });
}

}  // namespace jmxbridge
