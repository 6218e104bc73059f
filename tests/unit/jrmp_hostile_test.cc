// Answers that are not what they say, and a target that says what it was not asked.
#include <catch2/catch.hpp>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "jrmp_lane_bench.h"

using namespace jmxbridge;
using namespace jmxbridge::test;
using namespace std::chrono_literals;

namespace {

LaneTimes quick() {
  LaneTimes times;
  times.cut_pause = 20ms;
  return times;
}

/// The answer that a bean of beans() gives, and for one of them another.
FakeServer::Answerer one_other(int which, std::string bytes) {
  return [which, bytes = std::move(bytes)](const FakeCall& call) -> Reply {
    if (call.method != method::kGetAttributes || number_of(call.name) != which) {
      return plain_reply(call);
    }
    return {bytes};
  };
}

std::string normal(int number) {
  return stream::answer(stream::attribute_list({{"A", stream::long_value(number)}}));
}

/// All beans but one have their values, time and again, over one connection.
void check_all_but(FakeServer& server, int which, BeanOutcome outcome, int connections) {
  LaneBench bench(server, {}, quick());
  const auto reads = beans(100, {"A"});
  for (int again = 0; again < 3; ++again) {
    const LineSink sink = fetch(bench, reads);
    CHECK(sink.outcomes[static_cast<std::size_t>(which)] == outcome);
    CHECK(sink.count(BeanOutcome::kRead) == (outcome == BeanOutcome::kRead ? 100 : 99));
    for (int i = 0; i < 100; ++i) {
      if (i != which) CHECK(sink.values.at("d:n=" + std::to_string(i) + ".A") == i);
    }
  }
  CHECK(server.connections() <= connections);
}

}  // namespace

TEST_CASE("hostile target: an answer that says it is longer than it is costs only itself",
          "[jrmp]") {
  const int which = GENERATE(0, 50, 98, 99);
  const std::string text = GENERATE("\x74\x7f\xff"s, "\x7c\0\0\0\0\x03\xff\xff\xff"s);
  FakeServer server(one_other(which, stream::answer(text + "only this")));
  // Not for the JVM, which would wait for the rest: it is read attribute by attribute.
  check_all_but(server, which, BeanOutcome::kRead, 1);
}

TEST_CASE("hostile target: lengths that nobody can mean cost only their answer", "[jrmp]") {
  const int which = GENERATE(0, 99);
  const std::string value =
      GENERATE("\x7c\x7f\xff\xff\xff\xff\xff\xff\xff"s, "\x7c\xff\xff\xff\xff\xff\xff\xff\xff"s,
               "\x75" + stream::class_desc("[J", 2, stream::kNoFields) + "\x7f\xff\xff\xff"s,
               "\x75" + stream::class_desc("[Ljava.lang.Object;", 2, stream::kNoFields) +
                   "\x7f\xff\xff\xff"s,
               "\x71\0\x7e\xff\xff"s, std::string(5000, '\x73'));
  FakeServer server(one_other(which, stream::answer(value)));
  check_all_but(server, which, BeanOutcome::kOtherLane, 1);
}

TEST_CASE("hostile target: bytes between two answers are left out", "[jrmp]") {
  const int which = GENERATE(0, 50, 98);
  const std::string between = GENERATE("\x78"s, "\x51\xac\xed"s, std::string(3000, '\x51'));
  FakeServer server(one_other(which, normal(which) + between));
  check_all_but(server, which, BeanOutcome::kRead, 1);
}

TEST_CASE("hostile target: bytes behind the last answer cost the connection and no value",
          "[jrmp]") {
  const std::string behind = GENERATE("\x78"s, normal(77), std::string(200'000, 'x'));
  FakeServer server(one_other(99, normal(99) + behind));
  check_all_but(server, 99, BeanOutcome::kRead, 3);
}

TEST_CASE("hostile target: where answers cannot be told apart, a new connection is made",
          "[jrmp]") {
  // Nothing that follows looks like the answers before: each is by another JVM.
  std::atomic<std::uint32_t> count = 0;
  FakeServer server([&](const FakeCall& call) -> Reply {
    Reply reply = number_of(call.name) == 50 ? Reply{stream::answer("\x01")} : plain_reply(call);
    reply.bytes.replace(8, 4, stream::number(++count, 4));
    return reply;
  });
  LaneBench bench(server, {}, quick());
  const LineSink sink = fetch(bench, beans(100, {"A"}), 1s);
  CHECK(sink.outcomes[50] == BeanOutcome::kOtherLane);
  CHECK(sink.count(BeanOutcome::kRead) == 99);
  CHECK(server.has_accepted(2));
}

TEST_CASE("hostile target: a large answer whose end comes late is whole", "[jrmp]") {
  std::vector<std::pair<std::string, std::string>> values = {{"A", stream::long_value(7)}};
  for (int i = 0; i < 40'000; ++i) {
    values.emplace_back("B" + std::to_string(i), stream::long_value(i));
  }
  const std::string whole = stream::answer(stream::attribute_list(values));
  const std::size_t most = whole.size() - 10;
  FakeServer server([&](const FakeCall& call) -> Reply {
    if (call.method == method::kGetAttributes) return {whole.substr(0, most)};
    // What is asked in the pause is answered behind the end, which is not looked for at once.
    return {whole.substr(most) + plain_reply(call).bytes};
  });
  LaneTimes times;
  times.cut_pause = 1ms;
  LaneBench bench(server, {}, times);
  const LineSink sink = fetch(bench, beans(1, {"A"}));
  CHECK(sink.losses.empty());
  CHECK(sink.values.at("d:n=0.A") == 7);
}

TEST_CASE("hostile target: noise without end ends with the scrape", "[jrmp]") {
  FakeServer server([](const FakeCall& call) -> Reply {
    if (number_of(call.name) < 5) return plain_reply(call);
    return {std::string(1'000'000, 'x')};
  });
  LaneBench bench(server, {}, quick());
  const auto reads = beans(20, {"A"});
  LineSink sink(*reads);
  const auto start = std::chrono::steady_clock::now();
  const Result<void> fetched = bench.wait_for(bench.source().fetch(reads, sink, in(1s)));
  CHECK(std::chrono::steady_clock::now() - start < kPatience / 2);
  CHECK(sink.outcomes.size() == 20);
  CHECK(sink.values.size() == 5);
  CHECK(server.connections() < 300);
}
