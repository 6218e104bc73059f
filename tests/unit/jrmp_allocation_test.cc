#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdint>

#include "count_allocations.h"
#include "jrmp_fake_server.h"

using namespace jmxbridge;
using namespace jmxbridge::test;
using namespace std::chrono_literals;

namespace {

class CountingSink : public FetchSink {
 public:
  void value(std::uint32_t, std::uint32_t, const Value&) override { ++values; }
  void lost(std::uint32_t, std::uint32_t, AttributeLoss, std::string_view) override {}
  void info(std::uint32_t, MBeanInfo) override {}
  void done(std::uint32_t, BeanOutcome, std::string_view) override {}
  std::size_t values = 0;
};

}  // namespace

TEST_CASE("fast lane: what a steady fetch allocates does not grow with the beans", "[jrmp]") {
  const std::string one = stream::answer(stream::attribute_list({{"A", stream::long_value(5)}}));
  FakeServer server([&](const FakeCall& call) -> Reply {
    if (call.method != method::kGetAttributes) return plain_reply(call);
    return {one};
  });
  LaneBench bench(server);
  const auto allocated = [&](const std::shared_ptr<const ReadList>& reads) {
    std::size_t least = SIZE_MAX;
    for (int i = 0; i < 5; ++i) {
      CountingSink sink;
      on_this_thread = 0;
      REQUIRE(bench.wait_for(bench.source().fetch(reads, sink, in(10s))).has_value());
      least = std::min(least, on_this_thread);
      CHECK(sink.values == reads->size());
    }
    return least;
  };
  const std::size_t few = allocated(beans(10, {"A"}));
  const std::size_t many = allocated(beans(400, {"A"}));
  CHECK(few <= 16);
  CHECK(many <= 16);
}
