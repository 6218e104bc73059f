// What the fast lane does while nothing is said.
#include <atomic>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <catch2/catch.hpp>
#include <chrono>
#include <thread>

#include "jrmp_lane_bench.h"

using namespace jmxbridge;
using namespace jmxbridge::test;
using namespace std::chrono_literals;

TEST_CASE("silence: a session without a call is kept by small ones", "[jrmp]") {
  FakeServer server(plain_reply);
  LaneTimes times;
  times.keep_alive = 5ms;
  LaneBench bench(server, {}, times);
  const auto reads = beans(700, {"A"});
  CHECK(fetch(bench, reads).values.size() == 700);
  // Of the time of the fetch sixteen at most may be under way: the lane sends no more unanswered.
  server.take_calls();
  std::size_t calls = 0;
  for (const Deadline end = in(kPatience); calls < 17 && std::chrono::steady_clock::now() < end;) {
    bench.context().restart();
    bench.context().run_one_for(10ms);
    calls += server.count(method::kGetDefaultDomain);
  }
  CHECK(calls >= 17);
  // One of the two connections is not kept for that: it costs the target a thread.
  CHECK(server.has_accepted(2));
  CHECK(fetch(bench, reads).values.size() == 700);
  CHECK(server.has_accepted(3));
}

TEST_CASE("silence: a connection that was idle for long and does not answer is replaced",
          "[jrmp]") {
  std::atomic<int> lost = 0;  // the first so many connections
  FakeServer server([&](const FakeCall& call) -> Reply {
    if (call.connection <= lost) return {{}, Reply::Then::kHang};
    return plain_reply(call);
  });
  LaneTimes times;
  times.long_idle = 0ms;
  times.idle_answer = 30ms;
  LaneBench bench(server, {}, times);
  const int connections = GENERATE(1, 2);
  const auto reads = beans(connections == 1 ? 100 : 700, {"A"});
  fetch(bench, reads);
  lost = connections;
  const LineSink sink = fetch(bench, reads);
  CHECK(sink.count(BeanOutcome::kRead) == reads->size());
  CHECK(server.has_accepted(2 * connections));
}

TEST_CASE("silence: where one kept connection is forgotten on the way, the others are not used",
          "[jrmp]") {
  std::atomic<bool> is_silent = false;
  FakeServer server(plain_unless(is_silent));
  LaneBench bench(server);
  const auto reads = beans(700, {"A"});
  fetch(bench, reads);
  CHECK(server.has_accepted(2));
  is_silent = true;
  server.take_calls();
  CHECK_FALSE(bench.wait_for(bench.source().changes(in(400ms))).has_value());
  while (server.take_calls().empty()) std::this_thread::sleep_for(1ms);
  is_silent = false;
  server.take_calls();
  CHECK(fetch(bench, reads).count(BeanOutcome::kRead) == 700);
  // How often the silent target was greeted before depends on how soon it was.
  for (const FakeCall& call : server.take_calls()) CHECK(call.connection > 2);
}

TEST_CASE("silence: names that are queried each time are those of that time", "[jrmp]") {
  std::atomic<int> count = 3;
  FakeServer server([&](const FakeCall& call) -> Reply {
    if (call.method == method::kAddNotificationListeners) {
      return {
          stream::answer(stream::exception("com.acme.No", "no", "java.lang.SecurityException"), 2)};
    }
    if (call.method != method::kQueryNames) return plain_reply(call);
    std::vector<std::string> names;
    for (int i = 0; i < count; ++i)
      names.push_back(call.name.substr(0, 1) + ":n=" + std::to_string(i));
    return {stream::answer(stream::object_names(names))};
  });
  LaneBench bench(server);
  const auto ask = [&](std::string_view pattern) {
    const ObjectName asked = name(pattern);
    const auto names = bench.wait_for(bench.source().query(asked, in(kPatience)));
    REQUIRE(names.has_value());
    REQUIRE_FALSE(names->empty());
    CHECK(names->front().text() == std::string(pattern.substr(0, 1)) + ":n=0");
    return names->size();
  };
  CHECK_FALSE(bench.wait_for(bench.source().changes(in(kPatience)))->listening);
  for (const int now : {3, 3, 5, 5, 4, 3}) {
    count = now;
    CHECK(ask("a:*") == static_cast<std::size_t>(now));
    CHECK(ask("b:*") == static_cast<std::size_t>(now));
  }
}

TEST_CASE("silence: a target that always forgets some changes is queried as if it told none",
          "[jrmp]") {
  std::atomic<bool> has_gaps = true;
  FakeServer server([&](const FakeCall& call) -> Reply {
    if (call.method != method::kFetchNotifications || call.from < 0) return plain_reply(call);
    if (has_gaps) return {stream::answer(stream::notifications(call.from + 1, call.from + 9, {}))};
    return {stream::answer(stream::notifications(0, call.from + 1, {"+d:type=A"}))};
  });
  LaneBench bench(server);
  const auto ask = [&] { return *bench.wait_for(bench.source().changes(in(kPatience))); };
  CHECK(ask().listening);
  for (const bool listening : {true, true, false, false}) {
    const Changes changes = ask();
    CHECK(changes.unknown);
    CHECK(changes.listening == listening);
  }
  has_gaps = false;
  const Changes changes = ask();
  CHECK(changes.listening);
  CHECK_FALSE(changes.unknown);
  CHECK_FALSE(changes.list.empty());
}
