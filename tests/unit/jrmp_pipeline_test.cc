#include "jrmp/pipeline.h"

#include <catch2/catch.hpp>
#include <chrono>
#include <vector>

#include "jrmp_lane_bench.h"

using namespace jmxbridge;
using namespace jmxbridge::test;
using namespace std::chrono_literals;

namespace {

class NumberSink : public AnswerSink {
 public:
  bool answered(const Call&, const Answer& answer) override {
    numbers.push_back(answer.decoder.value()->integer);
    return true;
  }
  void lost(const Call&, CallLoss, std::string_view) override { ++losses; }

  std::vector<std::int64_t> numbers;
  int losses = 0;
};

/// A pipeline on a fake server, and calls for attributes of its beans.
struct Fixture {
  explicit Fixture(FakeServer& server) {
    WireAddress address;
    address.host = "target.test";
    address.port = server.port();
    connector.emplace(
        address, nullptr,
        [](const std::string&, std::uint16_t) {
          return Result<std::vector<std::string>>(std::vector<std::string>{"127.0.0.1"});
        },
        std::make_shared<asio::thread_pool>(1));
    connector->prepare(context.get_executor());
    Bytes idle_call;
    requests.get_default_domain(idle_call);
    pipeline.emplace(*connector, Limits{}, std::move(idle_call));
  }

  NumberSink run(int first, int count) {
    CallList calls;
    for (int i = first; i < first + count; ++i) {
      requests.get_attribute(name("d:n=" + std::to_string(i)), "A", calls.out());
      calls.add(CallKind::kAttribute, static_cast<std::uint32_t>(i));
    }
    NumberSink sink;
    bool ended = false;
    asio::co_spawn(context, pipeline->run(calls, sink, in(kPatience)),
                   [&](const std::exception_ptr& thrown, const Result<void>& result) {
                     CHECK(!thrown);
                     CHECK(result.has_value());
                     ended = true;
                   });
    context.restart();
    while (!ended) context.run_one();
    return sink;
  }

  asio::io_context context;
  Requests requests{ObjectId{}};
  std::optional<WireConnector> connector;
  std::optional<Pipeline> pipeline;
};

}  // namespace

TEST_CASE("pipeline: a call that keeps the session has an answer that goes to nobody", "[jrmp]") {
  FakeServer server(plain_reply);
  Fixture fixture(server);
  CHECK(fixture.run(0, 3).numbers == std::vector<std::int64_t>{0, 1, 2});
  for (int i = 0; i < 3; ++i) fixture.pipeline->keep_alive();
  CHECK(fixture.run(5, 3).numbers == std::vector<std::int64_t>{5, 6, 7});
  CHECK(fixture.run(7, 2).numbers == std::vector<std::int64_t>{7, 8});
  CHECK(server.count(method::kGetDefaultDomain) == 3);
  CHECK(server.has_accepted(1));
}

TEST_CASE("pipeline: a session is kept for as long as its target answers", "[jrmp]") {
  FakeServer server(plain_reply);
  Fixture fixture(server);
  CHECK(fixture.run(0, 3).numbers.size() == 3);
  std::size_t calls = 0;
  for (const Deadline end = in(kPatience); calls < 50 && std::chrono::steady_clock::now() < end;) {
    fixture.pipeline->keep_alive();
    calls += server.count(method::kGetDefaultDomain);
  }
  CHECK(calls >= 50);
  CHECK(fixture.run(5, 3).numbers == std::vector<std::int64_t>{5, 6, 7});
  CHECK(server.has_accepted(1));
}

TEST_CASE("pipeline: a target that does not answer such calls is not asked without end", "[jrmp]") {
  FakeServer server([](const FakeCall& call) -> Reply {
    if (call.method == method::kGetDefaultDomain) return {{}, Reply::Then::kHang};
    return plain_reply(call);
  });
  Fixture fixture(server);
  CHECK(fixture.run(0, 3).numbers.size() == 3);
  for (int i = 0; i < 1000; ++i) fixture.pipeline->keep_alive();
  CHECK(server.count(method::kGetDefaultDomain) <= 16);
}
