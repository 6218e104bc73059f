#include <fmt/format.h>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <catch2/catch.hpp>
#include <chrono>
#include <string>
#include <thread>

#include "filled_beans.h"
#include "native_fixture.h"

using namespace jmxbridge;
using namespace jmxbridge::test;
using namespace std::chrono_literals;
using Catch::Contains;

TEST_CASE("reading: a value of an unknown class costs only itself, and that once", "[jni]") {
  const TestLane lane = GENERATE(TestLane::kPortable, TestLane::kFast);
  TargetJvm::Options options;
  options.commands = {
      "register t:type=Mixed A=int:1 U=unknown B=int:2 W=unserializable C=int:3 E=throw"};
  TargetJvm target(options);
  LaneSession session = open_lane(lane, target.port());
  const auto reads = reads_of({read_of("t:type=Mixed", {"A", "U", "B", "W", "C", "E"})});
  for (int again = 0; again < 3; again++) {
    RecordingSink sink(*reads);
    REQUIRE(wait_for(session.source().fetch(reads, sink, in(kPatience))).has_value());
    CHECK(sink.outcomes[0] == BeanOutcome::kRead);
    CHECK(sink.values.size() == 3);
    CHECK(sink.values["t:type=Mixed.C"] == "3");
    CHECK(sink.losses["t:type=Mixed.U"] == AttributeLoss::kUnknownClass);
    CHECK_THAT(sink.loss_details["t:type=Mixed.U"], Contains("MutableTarget$Unknown"));
    CHECK(sink.losses["t:type=Mixed.W"] == AttributeLoss::kUnknownClass);
    CHECK_THAT(sink.loss_details["t:type=Mixed.W"], Contains("java.lang.Object"));
    CHECK(sink.losses["t:type=Mixed.E"] == AttributeLoss::kThrew);
  }
  // The target counts calls for many attributes: two fetches after the first made one each.
  CHECK(target.command("reads t:type=Mixed") == "3");
}

TEST_CASE("reading: a getter that throws an Error costs one call of its own", "[jni]") {
  const TestLane lane = GENERATE(TestLane::kPortable, TestLane::kFast);
  TargetJvm::Options options;
  options.commands = {"register t:type=Fatal A=int:1 E=error B=int:2"};
  TargetJvm target(options);
  LaneSession session = open_lane(lane, target.port());
  const auto reads = reads_of({read_of("t:type=Fatal", {"A", "E", "B"})});
  for (int again = 0; again < 3; again++) {
    RecordingSink sink(*reads);
    REQUIRE(wait_for(session.source().fetch(reads, sink, in(kPatience))).has_value());
    CHECK(sink.values.size() == 2);
    CHECK(sink.losses["t:type=Fatal.E"] == AttributeLoss::kThrew);
    CHECK_THAT(sink.loss_details["t:type=Fatal.E"], Contains("this getter throws an Error"));
  }
  CHECK(target.command("reads t:type=Fatal") == "3");
  target.command("set t:type=Fatal E=int:5");
  RecordingSink sink(*reads);
  REQUIRE(wait_for(session.source().fetch(reads, sink, in(kPatience))).has_value());
  CHECK(sink.values["t:type=Fatal.E"] == "5");
}

TEST_CASE("reading: a blocked bean holds up nothing but itself", "[jni]") {
  const TestLane lane = GENERATE(TestLane::kPortable, TestLane::kFast);
  TargetJvm::Options options;
  options.commands = {"fill 300", "register immutable t:type=Stuck V=block"};
  TargetJvm target(options);
  LaneSession session;
  // How long the others take depends on the machine: they get more until it is enough.
  std::chrono::milliseconds time = 500ms;
  for (std::size_t read = 0; read < 300 && time < kPatience;) {
    time *= 2;
    session = open_lane(lane, target.port());
    const auto reads = filled_and(300, 0, read_of("t:type=Stuck", {"V"}));
    RecordingSink sink(*reads);
    (void)wait_for(session.source().fetch(reads, sink, in(time)));
    read = sink.values.size();
  }
  time *= 2;
  session = open_lane(lane, target.port());
  for (const std::size_t at : {std::size_t{0}, std::size_t{150}}) {
    const auto reads = filled_and(300, at, read_of("t:type=Stuck", {"V"}));
    RecordingSink sink(*reads);
    const Result<void> fetched = wait_for(session.source().fetch(reads, sink, in(time)));
    if (lane == TestLane::kFast && at > 0) {
      // It is known to wait for an earlier call, and is not waited for.
      REQUIRE(fetched.has_value());
    } else {
      REQUIRE_FALSE(fetched.has_value());
      CHECK(fetched.error().kind == ErrorKind::kDeadline);
      CHECK_THAT(fetched.error().text, Contains("answered for 300 of 301 MBeans"));
    }
    CHECK(sink.values.size() == 300);
    CHECK(sink.values["fill:type=Fill,name=299.Value"] == "299");
    CHECK(sink.outcomes[static_cast<std::uint32_t>(at)] == BeanOutcome::kBlocked);
    CHECK(sink.outcomes.size() == 301);
    CHECK(sink.told_twice == 0);
  }
  // The source is usable again at once, and the thread that hung is free.
  target.command("release");
  const auto reads = reads_of(filled(300));
  RecordingSink sink(*reads);
  REQUIRE(wait_for(session.source().fetch(reads, sink, in(kPatience))).has_value());
  CHECK(sink.values.size() == 300);
  CHECK(embedded_java().runtime() != nullptr);
}

TEST_CASE("reading: few beans are read on behind one that blocks", "[jni]") {
  const TestLane lane = GENERATE(TestLane::kPortable, TestLane::kFast);
  TargetJvm::Options options;
  options.commands = {"register t:type=Stuck V=block", "register t:type=Stuck2 V=block", "fill 5"};
  TargetJvm target(options);
  LaneSession session = open_lane(lane, target.port());
  std::vector<BeanRead> list = filled(5);
  list.insert(list.begin(), read_of("t:type=Stuck", {"V"}));
  list.insert(list.begin(), read_of("t:type=Stuck2", {"V"}));
  const auto reads = reads_of(std::move(list));
  RecordingSink sink(*reads);
  const Result<void> fetched = wait_for(session.source().fetch(reads, sink, in(3s)));
  REQUIRE_FALSE(fetched.has_value());
  CHECK(sink.values.size() == 5);
  CHECK(sink.outcomes[0] == BeanOutcome::kBlocked);
  CHECK(sink.outcomes[1] == BeanOutcome::kBlocked);
  target.command("release");
}

TEST_CASE("reading: beans that block are blamed where no other is read", "[jni]") {
  TargetJvm::Options options;
  options.commands = {"register t:type=Stuck V=block", "register t:type=Stuck2 V=block"};
  TargetJvm target(options);
  LaneSession session = open_lane(TestLane::kPortable, target.port());
  const auto reads = reads_of({read_of("t:type=Stuck", {"V"}), read_of("t:type=Stuck2", {"V"})});
  RecordingSink sink(*reads);
  REQUIRE_FALSE(wait_for(session.source().fetch(reads, sink, in(4s))).has_value());
  CHECK(sink.outcomes[0] == BeanOutcome::kBlocked);
  CHECK(sink.outcomes[1] == BeanOutcome::kBlocked);
  target.command("release");
}

TEST_CASE("reading: a target that freezes costs no bean its place", "[jni]") {
  const TestLane lane = GENERATE(TestLane::kPortable, TestLane::kFast);
  TargetJvm::Options options;
  options.commands = {"fill 2000"};
  TargetJvm target(options);
  LaneSession session = open_lane(lane, target.port());
  const auto reads = reads_of(filled(2000));
  target.freeze();
  RecordingSink sink(*reads);
  const Result<void> fetched = wait_for(session.source().fetch(reads, sink, in(1200ms)));
  REQUIRE_FALSE(fetched.has_value());
  CHECK(sink.outcomes.size() == 2000);
  for (const auto& [bean, outcome] : sink.outcomes) CHECK(outcome == BeanOutcome::kUnanswered);
}

TEST_CASE("reading: slow beans that are under way at the deadline are not blamed", "[jni]") {
  const TestLane lane = GENERATE(TestLane::kPortable, TestLane::kFast);
  TargetJvm::Options options;
  options.commands = {"register t:type=Slow1 V=sleep:40", "register t:type=Slow2 V=sleep:40",
                      "register t:type=Slow3 V=sleep:40"};
  TargetJvm target(options);
  LaneSession session = open_lane(lane, target.port());
  std::vector<BeanRead> list;
  for (int i = 0; i < 120; i++) {
    list.push_back(read_of(fmt::format("t:type=Slow{}", i % 3 + 1), {"V"}));
  }
  const auto reads = reads_of(std::move(list));
  RecordingSink sink(*reads);
  const Result<void> fetched = wait_for(session.source().fetch(reads, sink, in(1500ms)));
  REQUIRE_FALSE(fetched.has_value());
  std::size_t read = 0;
  for (const auto& [bean, outcome] : sink.outcomes) {
    CHECK((outcome == BeanOutcome::kRead || outcome == BeanOutcome::kUnanswered));
    read += outcome == BeanOutcome::kRead ? 1 : 0;
  }
  CHECK(read >= 8);
  CHECK(read < 120);
}

TEST_CASE("reading: a watched bean's info comes when it is another, before the values", "[jni]") {
  const TestLane lane = GENERATE(TestLane::kPortable, TestLane::kFast);
  TargetJvm::Options options;
  options.commands = {"register t:type=Watched A=int:1"};
  TargetJvm target(options);
  LaneSession session = open_lane(lane, target.port());
  const std::vector<ObjectName> names = {name("t:type=Watched")};
  RecordingDescribeSink described;
  REQUIRE(wait_for(session.source().describe(names, described, in(kPatience))).has_value());
  const auto reads = reads_of({read_of("t:type=Watched", {"A"}, true)});
  {
    RecordingSink sink(*reads);
    REQUIRE(wait_for(session.source().fetch(reads, sink, in(kPatience))).has_value());
    CHECK(sink.infos.empty());
    CHECK(sink.values.size() == 1);
  }
  target.command("replace t:type=Watched A=int:1 B=int:2");
  {
    RecordingSink sink(*reads);
    REQUIRE(wait_for(session.source().fetch(reads, sink, in(kPatience))).has_value());
    REQUIRE(sink.infos.size() == 1);
    CHECK(sink.infos[0].attributes.size() == 2);
    CHECK(sink.values["t:type=Watched.A"] == "1");
  }
  RecordingSink sink(*reads);
  REQUIRE(wait_for(session.source().fetch(reads, sink, in(kPatience))).has_value());
  CHECK(sink.infos.empty());

  // A source that has never described it hands the info out once.
  LaneSession other = open_lane(lane, target.port());
  for (const std::size_t expected : {std::size_t{1}, std::size_t{0}}) {
    RecordingSink fresh(*reads);
    REQUIRE(wait_for(other.source().fetch(reads, fresh, in(kPatience))).has_value());
    CHECK(fresh.infos.size() == expected);
  }
}

TEST_CASE("reading: a description of beans that are gone says so", "[jni]") {
  const TestLane lane = GENERATE(TestLane::kPortable, TestLane::kFast);
  TargetJvm::Options options;
  options.commands = {"register t:type=A V=int:1"};
  TargetJvm target(options);
  LaneSession session = open_lane(lane, target.port());
  const std::vector<ObjectName> names = {name("t:type=Gone"), name("t:type=A")};
  RecordingDescribeSink sink;
  REQUIRE(wait_for(session.source().describe(names, sink, in(kPatience))).has_value());
  CHECK(sink.failures[0] == BeanOutcome::kGone);
  CHECK(sink.infos.size() == 1);
}

TEST_CASE("reading: a target that dies in the middle loses the session", "[jni]") {
  const TestLane lane = GENERATE(TestLane::kPortable, TestLane::kFast);
  TargetJvm::Options options;
  options.commands = {"fill 100", "register t:type=Deadly V=int:1", "exit-on-read t:type=Deadly"};
  TargetJvm target(options);
  LaneSession session = open_lane(lane, target.port());
  const auto reads = filled_and(100, 50, read_of("t:type=Deadly", {"V"}));
  RecordingSink sink(*reads);
  const Result<void> fetched = wait_for(session.source().fetch(reads, sink, in(kPatience)));
  REQUIRE_FALSE(fetched.has_value());
  CHECK(fetched.error().kind == ErrorKind::kSession);
  CHECK(sink.outcomes.size() == 101);
  CHECK(sink.outcomes[50] == BeanOutcome::kUnanswered);
}

TEST_CASE("reading: abort ends the call under way, and the source goes on", "[jni]") {
  const TestLane lane = GENERATE(TestLane::kPortable, TestLane::kFast);
  TargetJvm::Options options;
  options.commands = {"register t:type=Stuck V=block", "register t:type=A V=int:1"};
  TargetJvm target(options);
  LaneSession session = open_lane(lane, target.port());
  const auto stuck = reads_of({read_of("t:type=Stuck", {"V"})});
  RecordingSink sink(*stuck);
  const auto start = std::chrono::steady_clock::now();
  std::thread aborter([&] {
    while (target.command("waiting t:type=Stuck") == "0") std::this_thread::sleep_for(1ms);
    session.source().abort();
  });
  const Result<void> fetched = wait_for(session.source().fetch(stuck, sink, in(kPatience)));
  aborter.join();
  REQUIRE_FALSE(fetched.has_value());
  CHECK(fetched.error().kind == ErrorKind::kAborted);
  CHECK(sink.outcomes[0] == BeanOutcome::kUnanswered);
  CHECK(std::chrono::steady_clock::now() - start < kPatience / 2);
  const auto reads = reads_of({read_of("t:type=A", {"V"})});
  RecordingSink after(*reads);
  REQUIRE(wait_for(session.source().fetch(reads, after, in(kPatience))).has_value());
  CHECK(after.values.size() == 1);
  target.command("release");
}

TEST_CASE("reading: an answer that outgrows the buffer is read all the same", "[jni]") {
  const TestLane lane = GENERATE(TestLane::kPortable, TestLane::kFast);
  std::string table = "x/1";
  for (int i = 0; i < 4000; i++) table += fmt::format(",key-number-{}/{}", i, i);
  TargetJvm::Options options;
  TargetJvm target(options);
  target.command("register t:type=Large T=table:" + table);
  LaneSession session = open_lane(lane, target.port());
  const auto reads = reads_of({read_of("t:type=Large", {"T"})});
  RecordingSink sink(*reads);
  REQUIRE(wait_for(session.source().fetch(reads, sink, in(kPatience))).has_value());
  REQUIRE(sink.values.contains("t:type=Large.T"));
  CHECK_THAT(sink.values["t:type=Large.T"], Contains("{key=key-number-3999,value=3999}"));
}

TEST_CASE("reading: a name that outgrows the buffer is found all the same", "[jni]") {
  const TestLane lane = GENERATE(TestLane::kPortable, TestLane::kFast);
  const std::string text = "t:type=" + std::string(200'000, 'n');
  TargetJvm target;
  target.command("register " + text + " V=int:1");
  LaneSession session = open_lane(lane, target.port());
  const Result<std::vector<ObjectName>> names =
      wait_for(session.source().query(name("t:*"), in(kPatience)));
  REQUIRE(names.has_value());
  REQUIRE(names->size() == 1);
  CHECK(names->front().text() == text);
}
