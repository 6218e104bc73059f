// What goes wrong between a reader and a target, with targets that do it (design section 5).
#include <fmt/format.h>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <catch2/catch.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <thread>

#include "filled_beans.h"
#include "native_fixture.h"

using namespace jmxbridge;
using namespace jmxbridge::test;
using namespace std::chrono_literals;
using Catch::Contains;

namespace {

/// One fetch that must work.
void fetch(Source& source, const std::shared_ptr<const ReadList>& reads, RecordingSink& sink) {
  const Result<void> fetched = wait_for(source.fetch(reads, sink, in(kPatience)));
  INFO((fetched ? std::string() : fetched.error().text));
  REQUIRE(fetched.has_value());
}

/// Lets timers and sockets work for a time.
void pass(std::chrono::milliseconds time) {
  const auto wait = [](std::chrono::milliseconds how_long) -> asio::awaitable<bool> {
    asio::steady_timer timer(test_context(), how_long);
    co_await timer.async_wait(asio::use_awaitable);
    co_return true;
  };
  CHECK(wait_for(wait(time)));
}

/// A target with one more port, whose connections are counted.
struct CountedTarget {
  explicit CountedTarget(const std::string& settings, const TargetJvm::Options& options = {})
      : jvm(options), port(free_port()) {
    jvm.command(fmt::format("serve {} {}", port, settings));
  }
  int accepted() { return std::stoi(jvm.command("accepted")); }

  TargetJvm jvm;
  const std::uint16_t port;
};

/// Connections that may come beside those that a value costs: when the embedded JVM collects a stub
/// that it no longer needs, RMI tells the target, which in the middle of a scrape takes another
/// one.
constexpr int kOfTheCollector = 1;

}  // namespace

TEST_CASE("fault: a bean that goes costs itself, whatever is asked around it", "[jni]") {
  const TestLane lane = GENERATE(TestLane::kPortable, TestLane::kFast);
  TargetJvm::Options options;
  options.commands = {"fill 300", "register t:type=Fleeting V=int:1"};
  TargetJvm target(options);
  LaneSession session = open_lane(lane, target.port());
  const auto reads = filled_and(300, 150, read_of("t:type=Fleeting", {"V"}, true));
  for (const bool is_there : {true, false, true}) {
    RecordingSink sink(*reads);
    fetch(session.source(), reads, sink);
    CHECK(sink.values.size() == (is_there ? 301 : 300));
    CHECK(sink.outcomes[150] == (is_there ? BeanOutcome::kRead : BeanOutcome::kGone));
    target.command(is_there ? "unregister t:type=Fleeting" : "register t:type=Fleeting V=int:2");
  }
}

TEST_CASE("fault: a value that fails half way costs no connection from the third scrape on",
          "[jni]") {
  for (const std::string& launcher : launchers()) {
    INFO(launcher);
    TargetJvm::Options options;
    options.java = launcher;
    options.commands = {"fill 1500", "register t:type=Half A=int:1 H=half B=int:2"};
    CountedTarget target("", options);
    for (const TestLane lane : {TestLane::kPortable, TestLane::kFast}) {
      LaneSession session = open_lane(lane, target.port);
      // The target closes with many requests unread: that is a reset, which takes answers along.
      const auto reads = filled_and(1500, 700, read_of("t:type=Half", {"A", "H", "B"}));
      int accepted = 0;
      for (int scrape = 1; scrape <= 6; scrape++) {
        RecordingSink sink(*reads);
        fetch(session.source(), reads, sink);
        CHECK(sink.values.size() == 1502);
        CHECK(sink.losses["t:type=Half.H"] == AttributeLoss::kUnknownClass);
        CHECK_THAT(sink.loss_details["t:type=Half.H"], Contains("java.lang.Object"));
        CHECK(sink.told_twice == 0);
        if (scrape == 2) accepted = target.accepted();
      }
      CHECK(target.accepted() <= accepted + kOfTheCollector);
    }
  }
}

TEST_CASE("fault: a value that fails for a while comes back", "[jni]") {
  const TestLane lane = GENERATE(TestLane::kPortable, TestLane::kFast);
  TargetJvm::Options options;
  options.commands = {"register t:type=Half A=int:1 H=half"};
  TargetJvm target(options);
  LaneTimes times;
  times.lost_rest = 100ms;
  LaneSession session = open_lane(lane, target.port(), times);
  const auto reads = reads_of({read_of("t:type=Half", {"A", "H"})});
  const auto value = [&](const std::string& key) {
    RecordingSink sink(*reads);
    fetch(session.source(), reads, sink);
    CHECK(sink.told_twice == 0);
    CHECK(sink.values.size() + sink.losses.size() == 2);
    return sink.values.contains(key) ? sink.values[key] : "";
  };
  for (int i = 0; i < 3; i++) CHECK(value("t:type=Half.H").empty());
  target.command("set t:type=Half H=int:2");
  const Deadline end = in(kPatience);
  while (value("t:type=Half.H").empty() && std::chrono::steady_clock::now() < end) pass(20ms);
  CHECK(value("t:type=Half.H") == "2");
  target.command("set t:type=Half H=half");
  CHECK(value("t:type=Half.H").empty());
  CHECK(value("t:type=Half.A") == "1");
}

TEST_CASE("fault: an answer that cannot be decoded costs no connection, wherever it stands",
          "[jni]") {
  for (const std::string& launcher : launchers()) {
    INFO(launcher);
    TargetJvm::Options options;
    options.java = launcher;
    options.commands = {"fill 300", "register t:type=External A=int:1 E=external"};
    CountedTarget target("", options);
    LaneSession session = open_lane(TestLane::kFast, target.port);
    int accepted = 0;
    for (const std::size_t at : {150U, 300U, 150U, 300U, 150U, 300U}) {
      const auto reads = filled_and(300, at, read_of("t:type=External", {"A", "E"}));
      RecordingSink sink(*reads);
      fetch(session.source(), reads, sink);
      CHECK(sink.outcomes[static_cast<std::uint32_t>(at)] == BeanOutcome::kOtherLane);
      CHECK(sink.values.size() == 300);
      if (accepted == 0) accepted = target.accepted();
    }
    CHECK(target.accepted() <= accepted + kOfTheCollector);
    // What this lane leaves to the other, the other reads.
    const auto reads = reads_of({read_of("t:type=External", {"A", "E"})});
    RecordingSink sink(*reads);
    fetch(*session.session.portable, reads, sink);
    CHECK(sink.values.size() == 1);
    CHECK(sink.losses.size() == 1);
  }
}

TEST_CASE("fault: a value that says it is longer than it is costs only itself", "[jni]") {
  for (const std::string& launcher : launchers()) {
    INFO(launcher);
    TargetJvm::Options options;
    options.java = launcher;
    options.commands = {"fill 10", "register t:type=Misleading A=int:1 M=misleading B=int:2"};
    CountedTarget target("", options);
    LaneSession session = open_lane(TestLane::kFast, target.port);
    const auto reads = filled_and(10, 10, read_of("t:type=Misleading", {"A", "M", "B"}));
    for (int scrape = 1; scrape <= 3; scrape++) {
      RecordingSink sink(*reads);
      fetch(session.source(), reads, sink);
      CHECK(sink.values.size() == 12);
      CHECK(sink.losses["t:type=Misleading.M"] == AttributeLoss::kMalformed);
      CHECK_THAT(sink.loss_details["t:type=Misleading.M"], Contains("longer than it is"));
      CHECK(sink.outcomes[10] == BeanOutcome::kRead);
    }
    CHECK(target.jvm.command("reads t:type=Misleading") == "3");
  }
}

TEST_CASE("fault: a bean that blocks is asked by nobody until it answers or is another", "[jni]") {
  TargetJvm::Options options;
  options.commands = {"fill 20", "register t:type=Stuck V=block"};
  TargetJvm target(options);
  LaneSession session = open_lane(TestLane::kFast, target.port());
  const auto reads = filled_and(20, 10, read_of("t:type=Stuck", {"V"}));
  const auto ask = [&](std::chrono::milliseconds time) {
    RecordingSink sink(*reads);
    (void)wait_for(session.source().fetch(reads, sink, in(time)));
    CHECK(sink.values.size() >= 20);
    return sink.outcomes[10];
  };
  REQUIRE(wait_for(session.source().changes(in(kPatience))).has_value());
  CHECK(ask(2s) == BeanOutcome::kBlocked);
  for (int i = 0; i < 5; i++) CHECK(ask(kPatience) == BeanOutcome::kBlocked);
  CHECK(target.command("waiting t:type=Stuck") == "1");
  CHECK(target.command("reads t:type=Stuck") == "1");
  // Another session knows nothing of that; another bean is not to blame.
  {
    LaneSession other = open_lane(TestLane::kFast, target.port());
    RecordingSink sink(*reads);
    CHECK_FALSE(wait_for(other.source().fetch(reads, sink, in(2s))).has_value());
    CHECK(target.command("waiting t:type=Stuck") == "2");
  }
  target.command("unregister t:type=Stuck");
  target.command("register t:type=Stuck V=int:3");
  REQUIRE(wait_for(session.source().changes(in(kPatience))).has_value());
  CHECK(ask(kPatience) == BeanOutcome::kRead);
  target.command("release");
}

TEST_CASE("fault: a connection that the target has closed is made again in the same scrape",
          "[jni]") {
  const TestLane lane = GENERATE(TestLane::kPortable, TestLane::kFast);
  TargetJvm::Options options;
  options.flags = {"-Dsun.rmi.transport.tcp.readTimeout=150"};
  options.commands = {"fill 700"};
  CountedTarget target("", options);
  LaneSession session = open_lane(lane, target.port);
  const auto reads = reads_of(filled(700));
  int accepted = 0;
  for (int i = 0; i < 3; i++) {
    // A busy target may close later than its time: then the fetch finds the connection open.
    const auto fetch_again = [&] {
      if (accepted > 0) pass(400ms);
      RecordingSink sink(*reads);
      fetch(session.source(), reads, sink);
      CHECK(sink.values.size() == 700);
      return target.accepted() > accepted;
    };
    CHECK(eventually(fetch_again));
    accepted = target.accepted();
  }
}

TEST_CASE("fault: a session that ran out is lost, and a new one works", "[jni]") {
  const TestLane lane = GENERATE(TestLane::kPortable, TestLane::kFast);
  TargetJvm::Options options;
  options.commands = {"fill 5"};
  CountedTarget target("timeout=1000", options);
  const auto reads = reads_of(filled(5));
  for (int i = 0; i < 2; i++) {
    LaneSession session = open_lane(lane, target.port);
    RecordingSink sink(*reads);
    fetch(session.source(), reads, sink);
    CHECK(sink.values.size() == 5);
    // A busy target may end the session later than its time, which each fetch begins anew.
    const Deadline end = in(kPatience);
    Result<void> fetched;
    std::optional<RecordingSink> after;
    do {
      pass(1300ms);
      after.emplace(*reads);
      fetched = wait_for(session.source().fetch(reads, *after, in(kPatience)));
    } while (fetched.has_value() && std::chrono::steady_clock::now() < end);
    REQUIRE_FALSE(fetched.has_value());
    CHECK(fetched.error().kind == ErrorKind::kSession);
    CHECK(after->outcomes.size() == 5);
    CHECK(after->outcomes[0] == BeanOutcome::kUnanswered);
  }
}

TEST_CASE("fault: a session is kept while nobody scrapes", "[jni]") {
  const TestLane lane = GENERATE(TestLane::kPortable, TestLane::kFast);
  TargetJvm::Options options;
  options.commands = {"fill 5"};
  CountedTarget target("timeout=1500", options);
  LaneTimes times;
  times.keep_alive = 50ms;
  LaneSession session = open_lane(lane, target.port, times);
  const auto reads = reads_of(filled(5));
  for (int i = 0; i < 2; i++) {
    RecordingSink sink(*reads);
    fetch(session.source(), reads, sink);
    CHECK(sink.values.size() == 5);
    if (i == 0) pass(3s);
  }
}

TEST_CASE("fault: a target that stands still is not its last bean's fault", "[jni]") {
  TargetJvm::Options options;
  options.commands = {"register immutable t:type=A V=int:1"};
  TargetJvm target(options);
  LaneSession session = open_lane(TestLane::kFast, target.port());
  const auto reads = reads_of({read_of("t:type=A", {"V"})});
  target.freeze();
  for (int i = 0; i < 2; i++) {
    RecordingSink sink(*reads);
    const Result<void> fetched = wait_for(session.source().fetch(reads, sink, in(400ms)));
    REQUIRE_FALSE(fetched.has_value());
    CHECK(fetched.error().kind == ErrorKind::kDeadline);
    CHECK(sink.outcomes[0] == BeanOutcome::kUnanswered);
  }
  target.thaw();
  RecordingSink sink(*reads);
  fetch(session.source(), reads, sink);
  CHECK(sink.values["t:type=A.V"] == "1");
}

TEST_CASE("fault: a target that is killed while it is read loses the session", "[jni]") {
  const TestLane lane = GENERATE(TestLane::kPortable, TestLane::kFast);
  TargetJvm::Options options;
  options.commands = {"fill 100", "register t:type=Stuck V=block"};
  TargetJvm target(options);
  LaneSession session = open_lane(lane, target.port());
  const auto reads = filled_and(100, 50, read_of("t:type=Stuck", {"V"}));
  std::thread killer([&] {
    while (target.command("waiting t:type=Stuck") == "0") std::this_thread::sleep_for(1ms);
    target.kill();
  });
  RecordingSink sink(*reads);
  const auto start = std::chrono::steady_clock::now();
  const Result<void> fetched = wait_for(session.source().fetch(reads, sink, in(kPatience)));
  killer.join();
  REQUIRE_FALSE(fetched.has_value());
  CHECK(fetched.error().kind == ErrorKind::kSession);
  CHECK(std::chrono::steady_clock::now() - start < kPatience / 2);
  CHECK(sink.outcomes.size() == 101);
  CHECK(sink.outcomes[50] == BeanOutcome::kUnanswered);
}

TEST_CASE("fault: where nobody may listen, each scrape queries and is right", "[jni]") {
  const TestLane lane = GENERATE(TestLane::kPortable, TestLane::kFast);
  TargetJvm::Options options;
  options.commands = {"fill 50"};
  CountedTarget target("refuse-listeners", options);
  LaneSession session = open_lane(lane, target.port);
  const ObjectName pattern = name("*:*");
  std::size_t before = 0;
  for (const std::string change : {"", "register t:type=A V=int:1", "", "unregister t:type=A"}) {
    if (!change.empty()) target.jvm.command(change);
    const Result<Changes> changes = wait_for(session.source().changes(in(kPatience)));
    REQUIRE(changes.has_value());
    CHECK(changes->unknown);
    if (lane == TestLane::kFast) CHECK_FALSE(changes->listening);
    const auto names = wait_for(session.source().query(pattern, in(kPatience)));
    REQUIRE(names.has_value());
    if (change.starts_with("register")) CHECK(names->size() == before + 1);
    if (change.starts_with("unregister")) CHECK(names->size() == before - 1);
    before = names->size();
  }
}
