#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdint>
#include <numeric>

#include "count_allocations.h"
#include "jrmp_lane_bench.h"

using namespace jmxbridge;
using namespace jmxbridge::test;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t kFetches = 40;
constexpr std::size_t kGrowing = 10;

class CountingSink : public FetchSink {
 public:
  void value(std::uint32_t, std::uint32_t, const Value&) override { ++values; }
  void lost(std::uint32_t, std::uint32_t, AttributeLoss, std::string_view) override {}
  void info(std::uint32_t, MBeanInfo) override {}
  void done(std::uint32_t, BeanOutcome, std::string_view) override {}
  std::size_t values = 0;
};

/// What some fetches allocate, each with the question for changes before it.
asio::awaitable<std::vector<std::size_t>> counts(Source& source,
                                                 const std::shared_ptr<const ReadList>& reads) {
  std::vector<std::size_t> counts;
  CountingSink sink;
  for (std::size_t i = 0; i < kFetches; ++i) {
    const Deadline deadline = in(kPatience);
    on_this_thread = 0;
    Result<Changes> changes = co_await source.changes(deadline);
    REQUIRE(changes.has_value());
    Result<void> fetched = co_await source.fetch(reads, sink, deadline);
    const std::size_t count = on_this_thread;
    counts.push_back(count);
    REQUIRE(fetched.has_value());
    REQUIRE(sink.values == reads->size() * (i + 1));
  }
  co_return counts;
}

}  // namespace

TEST_CASE("fast lane: a steady fetch allocates nothing, with one connection and with two",
          "[jrmp][allocations]") {
  const std::string one = stream::answer(stream::attribute_list({{"A", stream::long_value(5)}}));
  FakeServer server([&](const FakeCall& call) -> Reply {
    if (call.method != method::kGetAttributes) return plain_reply(call);
    return {one};
  });
  for (const int size : {10, 400, 1200}) {
    LaneBench bench(server);
    const std::vector<std::size_t> seen =
        bench.wait_for(counts(bench.source(), beans(size, {"A"})));
    CAPTURE(size, seen);
    CHECK(seen.front() > 0);
    const auto none = static_cast<std::size_t>(std::count(seen.begin(), seen.end(), 0U));
    CHECK(none >= kFetches - kGrowing);
    // A connection's buffer doubles a few times, whenever more comes at once than before.
    CHECK(std::accumulate(seen.begin() + 4, seen.end(), std::size_t{0}) <= kGrowing);
  }
}
