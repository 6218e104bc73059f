#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <string>

#include "native_fixture.h"

using namespace jmxbridge;
using namespace jmxbridge::test;
using namespace std::chrono_literals;

namespace {

/// The changes as `+name` and `-name`; `?` if they are not known.
std::vector<std::string> changes_of(Source& source) {
  const Result<Changes> changes = wait_for(source.changes(in(kPatience)));
  INFO((changes ? std::string() : changes.error().text));
  REQUIRE(changes.has_value());
  if (changes->unknown) return {"?"};
  std::vector<std::string> list;
  for (const Change& change : changes->list) {
    list.push_back((change.registered ? "+" : "-") + std::string(change.name.text()));
  }
  return list;
}

using List = std::vector<std::string>;

}  // namespace

TEST_CASE("changes: what comes and goes is told in order, a new registration too", "[jni]") {
  const TestLane lane = GENERATE(TestLane::kPortable, TestLane::kFast);
  TargetJvm target;
  LaneSession session = open_lane(lane, target.port());
  Source& source = session.source();
  CHECK(changes_of(source) == List{"?"});
  CHECK(changes_of(source).empty());
  target.command("register t:type=B V=int:1");
  target.command("register t:type=A V=int:1");
  CHECK(changes_of(source) == List{"+t:type=B", "+t:type=A"});
  target.command("unregister t:type=B");
  target.command("register t:type=B V=int:2");
  CHECK(changes_of(source) == List{"-t:type=B", "+t:type=B"});
  CHECK(changes_of(source).empty());
}

TEST_CASE("changes: more than one answer holds are all told", "[jni]") {
  const TestLane lane = GENERATE(TestLane::kPortable, TestLane::kFast);
  TargetJvm::Options options;
  options.flags = {"-Djmx.remote.x.notification.buffer.size=5000"};
  TargetJvm target(options);
  LaneSession session = open_lane(lane, target.port());
  CHECK(changes_of(session.source()) == List{"?"});
  target.command("fill 2500");
  const List list = changes_of(session.source());
  REQUIRE(list.size() == 2500);
  CHECK(list.front() == "+fill:type=Fill,name=0");
  CHECK(list.back() == "+fill:type=Fill,name=2499");
}

TEST_CASE("changes: a buffer that ran over makes them unknown once", "[jni]") {
  const TestLane lane = GENERATE(TestLane::kPortable, TestLane::kFast);
  TargetJvm::Options options;
  options.flags = {"-Djmx.remote.x.notification.buffer.size=10"};
  TargetJvm target(options);
  LaneSession session = open_lane(lane, target.port());
  CHECK(changes_of(session.source()) == List{"?"});
  target.command("fill 50");
  CHECK(changes_of(session.source()) == List{"?"});
  CHECK(changes_of(session.source()).empty());
  target.command("register t:type=A V=int:1");
  CHECK(changes_of(session.source()) == List{"+t:type=A"});
}
