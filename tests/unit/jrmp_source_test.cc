#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <string>
#include <thread>

#include "jrmp_lane_bench.h"

using namespace jmxbridge;
using namespace jmxbridge::test;
using namespace std::chrono_literals;
using Catch::Contains;

namespace {

/// How many attributes each bean has, and which bean could not be described.
struct InfoCounter : DescribeSink {
  void info(std::uint32_t bean, MBeanInfo info) override { infos[bean] = info.attributes.size(); }
  void failed(std::uint32_t bean, BeanOutcome outcome, std::string_view) override {
    failures[bean] = outcome;
  }
  std::map<std::uint32_t, std::size_t> infos;
  std::map<std::uint32_t, BeanOutcome> failures;
};

bool is_bean(const FakeCall& call, int number) {
  return call.name == "d:n=" + std::to_string(number);
}

}  // namespace

TEST_CASE("fast lane: one fetch is one call for each bean", "[jrmp]") {
  FakeServer server(plain_reply);
  LaneBench bench(server);
  const auto reads = beans(50, {"A", "B"});
  for (int i = 0; i < 3; ++i) {
    const LineSink sink = fetch(bench, reads);
    CHECK(sink.values.size() == 100);
    CHECK(sink.values.at("d:n=49.B") == 49);
    CHECK(server.count(method::kGetAttributes) == 50);
  }
  CHECK(server.has_accepted(1));
}

TEST_CASE("fast lane: many beans are read over two connections", "[jrmp]") {
  FakeServer server(plain_reply);
  LaneBench bench(server);
  const auto reads = beans(3000, {"A"});
  for (int i = 0; i < 3; ++i) {
    const LineSink sink = fetch(bench, reads);
    CHECK(sink.values.size() == 3000);
    CHECK(sink.values.at("d:n=2999.A") == 2999);
  }
  CHECK(server.has_accepted(2));
  CHECK(server.count(method::kGetAttributes) == 9000);
}

TEST_CASE("fast lane: answers that come in drops are read", "[jrmp]") {
  FakeServer server(plain_reply);
  server.deliver_in_pieces(GENERATE(1u, 7u, 1000u));
  LaneBench bench(server);
  const LineSink sink = fetch(bench, beans(20, {"A", "B"}));
  CHECK(sink.values.size() == 40);
}

TEST_CASE("fast lane: a large answer is read once it is whole", "[jrmp]") {
  const std::string large(3'000'000, 'x');
  FakeServer server([&](const FakeCall& call) -> Reply {
    if (!is_bean(call, 3)) return plain_reply(call);
    const std::string value = "\x7c" + stream::number(large.size(), 8) + large;
    return {stream::answer(stream::attribute_list({{"A", value}}))};
  });
  LaneBench bench(server);
  const LineSink sink = fetch(bench, beans(10, {"A"}));
  CHECK(sink.values.size() == 10);
}

TEST_CASE("fast lane: an exception is the bean's own", "[jrmp]") {
  FakeServer server([](const FakeCall& call) -> Reply {
    if (is_bean(call, 1)) {
      return {stream::answer(
          stream::exception("javax.management.InstanceNotFoundException", "d:n=1"), 2)};
    }
    if (is_bean(call, 2)) {
      return {
          stream::answer(stream::exception("com.acme.No", "no", "java.lang.SecurityException"), 2)};
    }
    return plain_reply(call);
  });
  LaneBench bench(server);
  const LineSink sink = fetch(bench, beans(4, {"A"}));
  CHECK(sink.outcomes[0] == BeanOutcome::kRead);
  CHECK(sink.outcomes[1] == BeanOutcome::kGone);
  CHECK(sink.outcomes[2] == BeanOutcome::kFailed);
  CHECK(sink.outcomes[3] == BeanOutcome::kRead);
  CHECK(server.has_accepted(1));
}

TEST_CASE("fast lane: an attribute that makes the whole call fail is asked for alone from then on",
          "[jrmp]") {
  FakeServer server([](const FakeCall& call) -> Reply {
    const bool asks_bad =
        std::find(call.attributes.begin(), call.attributes.end(), "Bad") != call.attributes.end();
    if (!is_bean(call, 1) || !asks_bad) return plain_reply(call);
    return {stream::answer(stream::exception("java.lang.NoClassDefFoundError", "acme"), 2)};
  });
  LaneBench bench(server);
  const auto reads = beans(3, {"A", "Bad", "C"});
  for (const std::size_t calls : {6u, 4u, 4u}) {
    const LineSink sink = fetch(bench, reads);
    CHECK(sink.values.size() == 8);
    CHECK(sink.losses.at("d:n=1.Bad") == AttributeLoss::kThrew);
    CHECK_THAT(sink.details.at("d:n=1.Bad"), Contains("NoClassDefFoundError: acme"));
    CHECK(server.take_calls().size() == calls);
  }
}

TEST_CASE("fast lane: a value that cannot be serialized costs reconnecting once, and itself",
          "[jrmp]") {
  FakeServer server([](const FakeCall& call) -> Reply {
    const bool asks_bad =
        std::find(call.attributes.begin(), call.attributes.end(), "Bad") != call.attributes.end();
    if (!is_bean(call, 100) || !asks_bad) return plain_reply(call);
    return {stream::answer("\x7b" +
                           stream::exception("java.io.NotSerializableException", "com.acme.X")),
            Reply::Then::kClose};
  });
  LaneBench bench(server);
  const auto reads = beans(300, {"A", "Bad"});
  int connections = 0;
  for (int i = 0; i < 3; ++i) {
    const LineSink sink = fetch(bench, reads);
    CHECK(sink.values.size() == 599);
    CHECK(sink.losses.at("d:n=100.Bad") == AttributeLoss::kUnknownClass);
    CHECK(sink.count(BeanOutcome::kRead) == 300);
    if (i > 0) CHECK(server.count(method::kGetAttributes) == 300);
    if (i == 2) CHECK(server.has_accepted(connections));
    connections = server.connections();
    server.take_calls();
  }
  // The bean, then its attribute, and the one after; and one more where the end of a connection
  // has taken the answers before it along.
  CHECK(connections <= 4);
}

TEST_CASE("fast lane: an attribute that was lost is asked for again after a rest", "[jrmp]") {
  std::atomic<bool> is_bad = true;
  FakeServer server([&](const FakeCall& call) -> Reply {
    const bool asks_bad =
        std::find(call.attributes.begin(), call.attributes.end(), "Bad") != call.attributes.end();
    if (!is_bad || !is_bean(call, 1) || !asks_bad) return plain_reply(call);
    return {stream::answer("\x7b" + stream::exception("java.io.NotSerializableException", "X")),
            Reply::Then::kClose};
  });
  LaneTimes times;
  times.lost_rest = 10ms;
  LaneBench bench(server, {}, times);
  const auto reads = beans(3, {"A", "Bad"});
  for (int i = 0; i < 3; ++i) CHECK(fetch(bench, reads).losses.contains("d:n=1.Bad"));
  is_bad = false;
  bool is_back = false;
  for (const Deadline end = in(kPatience); !is_back && std::chrono::steady_clock::now() < end;) {
    std::this_thread::sleep_for(1ms);
    const LineSink sink = fetch(bench, reads);
    CHECK(sink.values.size() + sink.losses.size() == 6);
    is_back = sink.values.contains("d:n=1.Bad");
  }
  CHECK(is_back);
  CHECK(fetch(bench, reads).values.size() == 6);
  is_bad = true;
  CHECK(fetch(bench, reads).losses.contains("d:n=1.Bad"));
}

TEST_CASE("fast lane: an answer that breaks the connection off is found and costs only itself",
          "[jrmp]") {
  const Reply::Then how = GENERATE(Reply::Then::kClose, Reply::Then::kReset);
  FakeServer server([&](const FakeCall& call) -> Reply {
    const bool asks_bad =
        std::find(call.attributes.begin(), call.attributes.end(), "Bad") != call.attributes.end();
    if (!is_bean(call, 150) || !asks_bad) return plain_reply(call);
    return {stream::answer(stream::attribute_list({{"A", stream::long_value(1)}})).substr(0, 60),
            how};
  });
  LaneBench bench(server);
  const auto reads = beans(300, {"A", "Bad"});
  int connections = 0;
  for (int i = 0; i < 3; ++i) {
    const LineSink sink = fetch(bench, reads);
    CHECK(sink.values.size() == 599);
    CHECK(sink.losses.at("d:n=150.Bad") == AttributeLoss::kMalformed);
    CHECK(sink.count(BeanOutcome::kRead) == 300);
    if (i == 1) connections = server.connections();
  }
  CHECK(server.has_accepted(connections));
}

TEST_CASE("fast lane: a connection that was closed while idle is made again in the same fetch",
          "[jrmp]") {
  FakeServer server(plain_reply);
  LaneBench bench(server);
  const auto reads = beans(700, {"A"});
  fetch(bench, reads);
  server.drop_connections();
  std::this_thread::sleep_for(20ms);
  CHECK(fetch(bench, reads).values.size() == 700);
  CHECK(server.has_accepted(4));
}

TEST_CASE("fast lane: an answer that cannot be decoded is for the other lane, its successors not",
          "[jrmp]") {
  const int which = GENERATE(0, 50, 99);
  FakeServer server([&](const FakeCall& call) -> Reply {
    if (!is_bean(call, which)) return plain_reply(call);
    return {stream::answer("\x73" + stream::class_desc("com.acme.External", 4, stream::kNoFields) +
                           std::string(5000, '\x51'))};
  });
  LaneBench bench(server);
  for (int again = 0; again < 3; ++again) {
    const LineSink sink = fetch(bench, beans(100, {"A"}));
    CHECK(sink.outcomes[static_cast<std::size_t>(which)] == BeanOutcome::kOtherLane);
    CHECK(sink.count(BeanOutcome::kRead) == 99);
    CHECK(sink.values.size() == 99);
  }
  CHECK(server.has_accepted(1));
}

TEST_CASE("fast lane: behind a bean that blocks all others are read", "[jrmp]") {
  FakeServer server([](const FakeCall& call) -> Reply {
    if (is_bean(call, 20)) return {{}, Reply::Then::kHang};
    return plain_reply(call);
  });
  LaneBench bench(server);
  const auto reads = beans(100, {"A"});
  LineSink sink(*reads);
  const Result<void> fetched = bench.wait_for(bench.source().fetch(reads, sink, in(2s)));
  REQUIRE_FALSE(fetched.has_value());
  CHECK(fetched.error().kind == ErrorKind::kDeadline);
  CHECK(sink.outcomes[20] == BeanOutcome::kBlocked);
  CHECK(sink.count(BeanOutcome::kRead) == 99);
  CHECK(server.connections() <= 3);
}

TEST_CASE("fast lane: a bean that has not answered is not asked again before it does", "[jrmp]") {
  std::atomic<bool> is_released = false;
  FakeServer server([&](const FakeCall& call) -> Reply {
    while (is_bean(call, 1) && !is_released) std::this_thread::sleep_for(1ms);
    return plain_reply(call);
  });
  LaneBench bench(server);
  const auto reads = beans(3, {"A"});
  LineSink first(*reads);
  CHECK_FALSE(bench.wait_for(bench.source().fetch(reads, first, in(2s))).has_value());
  CHECK(first.outcomes[1] == BeanOutcome::kBlocked);
  CHECK(first.count(BeanOutcome::kRead) == 2);
  server.take_calls();
  for (int i = 0; i < 2; ++i) {
    const LineSink sink = fetch(bench, reads);
    CHECK(sink.outcomes[1] == BeanOutcome::kBlocked);
    CHECK(sink.count(BeanOutcome::kRead) == 2);
  }
  CHECK(server.count(method::kGetAttributes) == 4);
  is_released = true;
  const Deadline end = in(kPatience);
  bool is_back = false;
  while (!is_back && std::chrono::steady_clock::now() < end) {
    is_back = fetch(bench, reads).count(BeanOutcome::kRead) == 3;
  }
  CHECK(is_back);
}

TEST_CASE("fast lane: a target that answers nothing costs the deadline and few blocked beans",
          "[jrmp]") {
  FakeServer server([](const FakeCall&) -> Reply { return {{}, Reply::Then::kHang}; });
  LaneBench bench(server);
  const auto reads = beans(2000, {"A"});
  LineSink sink(*reads);
  const auto start = std::chrono::steady_clock::now();
  const Result<void> fetched = bench.wait_for(bench.source().fetch(reads, sink, in(600ms)));
  CHECK(std::chrono::steady_clock::now() - start < kPatience / 2);
  REQUIRE_FALSE(fetched.has_value());
  CHECK(sink.count(BeanOutcome::kBlocked) <= 3);
  CHECK(sink.count(BeanOutcome::kBlocked) + sink.count(BeanOutcome::kUnanswered) == 2000);
  CHECK(server.connections() <= 3);
}

TEST_CASE("fast lane: a session that is gone, and a target that is gone, are a lost session",
          "[jrmp]") {
  std::atomic<bool> is_gone = false;
  FakeServer server([&](const FakeCall& call) -> Reply {
    if (!is_gone) return plain_reply(call);
    return {stream::answer(stream::exception("java.rmi.NoSuchObjectException", "no such object",
                                             "java.rmi.RemoteException"),
                           2)};
  });
  LaneBench bench(server);
  const auto reads = beans(10, {"A"});
  fetch(bench, reads);
  for (const bool stop : {false, true}) {
    is_gone = true;
    if (stop) server.stop();
    std::this_thread::sleep_for(20ms);
    LineSink sink(*reads);
    const Result<void> fetched = bench.wait_for(bench.source().fetch(reads, sink, in(kPatience)));
    REQUIRE_FALSE(fetched.has_value());
    INFO(fetched.error().text);
    CHECK((fetched.error().kind == ErrorKind::kSession ||
           (stop && fetched.error().kind == ErrorKind::kFailed)));
    CHECK(sink.count(BeanOutcome::kUnanswered) == 10);
  }
}

TEST_CASE("fast lane: a target that ends every connection is given up", "[jrmp]") {
  FakeServer server([](const FakeCall&) -> Reply { return {{}, Reply::Then::kClose}; });
  LaneBench bench(server);
  const auto reads = beans(1000, {"A"});
  LineSink sink(*reads);
  const Result<void> fetched = bench.wait_for(bench.source().fetch(reads, sink, in(kPatience)));
  REQUIRE_FALSE(fetched.has_value());
  CHECK(sink.told_twice == 0);
  CHECK(server.connections() < 300);
}

TEST_CASE("fast lane: a port that speaks something else is said to", "[jrmp]") {
  FakeServer server(plain_reply);
  const auto [greeting, text] =
      GENERATE(std::pair<std::string, std::string>("\x15\x03\x03\0\x02\x02\x0a"s, "it speaks TLS"),
               std::pair<std::string, std::string>("HTTP/1.1 400", "it does not speak JRMP"));
  server.greet_with(greeting);
  LaneBench bench(server);
  const Result<Changes> changes = bench.wait_for(bench.source().changes(in(kPatience)));
  REQUIRE_FALSE(changes.has_value());
  CHECK_THAT(changes.error().text, Contains(text));
}

TEST_CASE("fast lane: endless bytes end at the bound of an answer", "[jrmp]") {
  Limits limits;
  limits.answer_bytes = 100'000;
  FakeServer server([](const FakeCall& call) -> Reply {
    if (!is_bean(call, 1)) return plain_reply(call);
    return {stream::answer("\x7c" + stream::number(1ull << 40, 8) + std::string(5'000'000, 'x'))};
  });
  LaneBench bench(server, limits);
  const LineSink sink = fetch(bench, beans(3, {"A"}));
  CHECK(sink.outcomes[1] == BeanOutcome::kOtherLane);
  CHECK(sink.count(BeanOutcome::kRead) == 2);
}

TEST_CASE("fast lane: abort ends a fetch at once, and the source goes on", "[jrmp]") {
  std::atomic<bool> hangs = true;
  FakeServer server(plain_unless(hangs));
  LaneBench bench(server);
  const auto reads = beans(10, {"A"});
  LineSink sink(*reads);
  std::thread aborter([&] {
    while (server.take_calls().empty()) std::this_thread::sleep_for(1ms);
    bench.source().abort();
    hangs = false;
  });
  const auto start = std::chrono::steady_clock::now();
  const Result<void> fetched = bench.wait_for(bench.source().fetch(reads, sink, in(kPatience)));
  aborter.join();
  CHECK(std::chrono::steady_clock::now() - start < kPatience / 2);
  REQUIRE_FALSE(fetched.has_value());
  CHECK(fetched.error().kind == ErrorKind::kAborted);
  CHECK(fetch(bench, reads).values.size() == 10);
}

TEST_CASE("fast lane: an info that stays the same is handed out once", "[jrmp]") {
  std::atomic<bool> is_other = false;
  FakeServer server([&](const FakeCall& call) -> Reply {
    if (call.method != method::kGetMBeanInfo || !is_other) return plain_reply(call);
    return {stream::answer(stream::recorded("jdk17/mxbean_info.v1.bin"))};
  });
  LaneBench bench(server);
  const auto reads = beans(2, {"A"}, true);
  CHECK(fetch(bench, reads).infos.size() == 2);
  CHECK(fetch(bench, reads).infos.empty());
  is_other = true;
  CHECK(fetch(bench, reads).infos.size() == 2);
  const std::vector<FakeCall> calls = server.take_calls();
  CHECK(calls[0].method == method::kGetMBeanInfo);
  CHECK(calls[1].method == method::kGetAttributes);
}

TEST_CASE("fast lane: what was lost of a bean is asked for again once its info is another",
          "[jrmp]") {
  std::atomic<bool> is_other = false;
  FakeServer server([&](const FakeCall& call) -> Reply {
    if (call.method == method::kGetMBeanInfo && is_other) {
      return {stream::answer(stream::recorded("jdk17/mxbean_info.v1.bin"))};
    }
    if (call.method == method::kGetMBeanInfo || is_other) return plain_reply(call);
    const bool asks_bad =
        std::find(call.attributes.begin(), call.attributes.end(), "Bad") != call.attributes.end();
    if (!asks_bad) return plain_reply(call);
    return {stream::answer(stream::exception("java.lang.NoClassDefFoundError", "acme"), 2)};
  });
  LaneBench bench(server);
  const auto reads = beans(2, {"A", "Bad"}, true);
  CHECK(fetch(bench, reads).losses.size() == 2);
  CHECK(fetch(bench, reads).losses.size() == 2);
  is_other = true;

  SECTION("which the fetch shows: from the next one on") {
    CHECK(fetch(bench, reads).infos.size() == 2);
  }
  SECTION("which a description shows") {
    const std::vector<ObjectName> names = {(*reads)[0].name, (*reads)[1].name};
    InfoCounter infos;
    REQUIRE(bench.wait_for(bench.source().describe(names, infos, in(kPatience))).has_value());
    CHECK(infos.infos.size() == 2);
  }
  const LineSink sink = fetch(bench, reads);
  CHECK(sink.losses.empty());
  CHECK(sink.values.size() == 4);
}

TEST_CASE("fast lane: changes are told, an overrun and a refused listener are not known",
          "[jrmp]") {
  std::atomic<int> mode = 0;
  FakeServer server([&](const FakeCall& call) -> Reply {
    if (call.method == method::kAddNotificationListeners && mode == 3) {
      return {
          stream::answer(stream::exception("com.acme.No", "no", "java.lang.SecurityException"), 2)};
    }
    if (call.method != method::kFetchNotifications || call.from < 0) return plain_reply(call);
    if (mode == 1) {
      return {stream::answer(stream::notifications(0, call.from + 2, {"+d:type=A", "-d:type=B"}))};
    }
    if (mode == 2) return {stream::answer(stream::notifications(call.from + 1, call.from + 9, {}))};
    return plain_reply(call);
  });
  LaneBench bench(server);
  const auto ask = [&] { return *bench.wait_for(bench.source().changes(in(kPatience))); };
  CHECK(ask().unknown);
  CHECK_FALSE(ask().unknown);
  mode = 1;
  const Changes changes = ask();
  CHECK_FALSE(changes.unknown);
  REQUIRE(changes.list.size() == 2);
  CHECK(changes.list[0].registered);
  CHECK(changes.list[0].name.text() == "d:type=A");
  CHECK_FALSE(changes.list[1].registered);
  mode = 2;
  CHECK(ask().unknown);
  mode = 0;
  CHECK_FALSE(ask().unknown);

  mode = 3;
  LaneBench other(server);
  for (int i = 0; i < 2; ++i) {
    const Changes refused = *other.wait_for(other.source().changes(in(kPatience)));
    CHECK(refused.unknown);
    CHECK_FALSE(refused.listening);
  }
}

TEST_CASE("fast lane: names are queried and beans described", "[jrmp]") {
  FakeServer server([](const FakeCall& call) -> Reply {
    if (call.method == method::kQueryNames) {
      return {stream::answer(stream::object_names({"d:n=0", "d:n=1", "d:n=2"}))};
    }
    if (is_bean(call, 1)) {
      return {stream::answer(
          stream::exception("javax.management.InstanceNotFoundException", "d:n=1"), 2)};
    }
    return plain_reply(call);
  });
  LaneBench bench(server);
  const ObjectName pattern = name("d:*");
  const auto names = bench.wait_for(bench.source().query(pattern, in(kPatience)));
  REQUIRE(names.has_value());
  REQUIRE(names->size() == 3);
  InfoCounter sink;
  REQUIRE(bench.wait_for(bench.source().describe(*names, sink, in(kPatience))).has_value());
  CHECK(sink.infos.size() == 2);
  CHECK(sink.infos[0] > 0);
  CHECK(sink.failures[1] == BeanOutcome::kGone);
}
