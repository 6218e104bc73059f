#include <fmt/format.h>
#include <malloc.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <string>

#include "jni/java_runtime.h"
#include "native_fixture.h"

using namespace jmxbridge;
using namespace jmxbridge::test;
using namespace std::chrono_literals;

namespace {

std::size_t threads() {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/task")) {
    count += entry.path().empty() ? 0 : 1;
  }
  return count;
}

std::size_t descriptors() {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    count += entry.path().empty() ? 0 : 1;
  }
  return count;
}

std::size_t native_bytes() { return ::mallinfo2().uordblks; }

/// Waits for what is done without waiting for it.
void settle() { REQUIRE(embedded_java().runtime()->wait_idle(kPatience)); }

class CountingSink : public FetchSink {
 public:
  void value(std::uint32_t, std::uint32_t, const Value&) override { values++; }
  void lost(std::uint32_t, std::uint32_t, AttributeLoss, std::string_view) override { losses++; }
  void info(std::uint32_t, MBeanInfo) override {}
  void done(std::uint32_t, BeanOutcome outcome, std::string_view) override {
    read += outcome == BeanOutcome::kRead ? 1 : 0;
  }

  std::size_t values = 0;
  std::size_t losses = 0;
  std::size_t read = 0;
};

}  // namespace

TEST_CASE("churn: ten thousand fetches leave nothing behind", "[jni][churn]") {
  const TestLane lane = GENERATE(TestLane::kPortable, TestLane::kFast);
  TargetJvm::Options options;
  options.commands = {"fill 40",
                      "register t:type=Mixed A=int:1 U=unknown E=throw C=composite:a/1,b/2"};
  TargetJvm target(options);
  LaneSession session = open_lane(lane, target.port());
  std::vector<BeanRead> list = {read_of("t:type=Mixed", {"A", "U", "E", "C"})};
  // One of them so that both ways of reading are taken.
  const auto few = reads_of(list);
  for (int i = 0; i < 40; i++) {
    list.push_back(read_of(fmt::format("fill:type=Fill,name={}", i), {"Value"}));
  }
  const auto many = reads_of(std::move(list));
  const auto round = [&](int count) {
    for (int i = 0; i < count; i++) {
      const auto& reads = i % 20 == 0 ? many : few;
      CountingSink sink;
      const Result<void> fetched = wait_for(session.source().fetch(reads, sink, in(kPatience)));
      if (!fetched) FAIL(fetched.error().text);
      if (sink.read != reads->size()) FAIL("a bean was not read");
      if (i % 50 == 0) REQUIRE(wait_for(session.source().changes(in(kPatience))).has_value());
    }
  };
  round(1000);
  settle();
  const std::size_t threads_before = threads();
  const int refs_before = embedded_java().runtime()->global_refs();
  const std::size_t descriptors_before = descriptors();
  const std::size_t bytes_before = native_bytes();
  round(10'000);
  settle();
  CHECK(eventually([&] { return threads() <= threads_before + 2; }));
  CHECK(eventually([&] { return embedded_java().runtime()->global_refs() <= refs_before; }));
  CHECK(eventually([&] { return descriptors() <= descriptors_before + 2; }));
  CHECK(native_bytes() <= bytes_before + 256 * 1024);
}

TEST_CASE("churn: sessions that were closed leave nothing behind", "[jni][churn]") {
  const TestLane lane = GENERATE(TestLane::kPortable, TestLane::kFast);
  TargetJvm::Options options;
  options.commands = {"register t:type=A V=int:1"};
  TargetJvm target(options);
  const auto reads = reads_of({read_of("t:type=A", {"V"})});
  const auto round = [&](int count) {
    for (int i = 0; i < count; i++) {
      LaneSession session = open_lane(lane, target.port());
      CountingSink sink;
      REQUIRE(wait_for(session.source().fetch(reads, sink, in(kPatience))).has_value());
    }
    settle();
  };
  round(50);
  const std::size_t threads_before = threads();
  const int refs_before = embedded_java().runtime()->global_refs();
  const std::size_t descriptors_before = descriptors();
  round(200);
  CHECK(eventually([&] { return threads() <= threads_before + 3; }));
  CHECK(eventually([&] { return embedded_java().runtime()->global_refs() <= refs_before; }));
  CHECK(eventually([&] { return descriptors() <= descriptors_before + 3; }));
}

TEST_CASE("churn: calls that hang give their threads back", "[jni][churn]") {
  TargetJvm::Options options;
  options.commands = {"register t:type=Stuck V=block", "register t:type=A V=int:1"};
  TargetJvm target(options);
  Session session = open_session(target.port());
  const auto stuck = reads_of({read_of("t:type=Stuck", {"V"})});
  for (int i = 0; i < 40; i++) {
    CountingSink sink;
    REQUIRE_FALSE(wait_for(session.portable->fetch(stuck, sink, in(60ms))).has_value());
  }
  settle();
  CHECK(eventually([] { return embedded_java().runtime()->workers() <= JavaRuntime::kThreads; }));
  const auto reads = reads_of({read_of("t:type=A", {"V"})});
  CountingSink sink;
  REQUIRE(wait_for(session.portable->fetch(reads, sink, in(kPatience))).has_value());
  CHECK(sink.values == 1);
  target.command("release");
}

TEST_CASE("churn: closing all sessions at once does not take longer than it may", "[jni]") {
  TargetJvm target;
  TargetJvm frozen;
  Session one = open_session(target.port());
  Session two = open_session(frozen.port());
  frozen.freeze();
  const auto start = std::chrono::steady_clock::now();
  connector().close_all(2s);
  CHECK(std::chrono::steady_clock::now() - start < kPatience / 4);
  const Result<Changes> changes = wait_for(one.portable->changes(in(2s)));
  REQUIRE_FALSE(changes.has_value());
  frozen.thaw();
}
