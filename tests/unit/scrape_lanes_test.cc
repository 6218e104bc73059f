#include "scrape/lanes.h"

#include <boost/asio/detached.hpp>
#include <catch2/catch.hpp>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "scrape_bench.h"

namespace jmxbridge {
namespace {

/// Makes sources on a server of its own, as if it were read over another way.
class FakeWire : public WireLane {
 public:
  explicit FakeWire(FakeServer& server) : server_(server) {}

  Result<std::unique_ptr<Source>> make(const WireAddress&, const TlsMaterial*,
                                       const Dial&) override {
    if (!refusal.empty()) return fail(refusal);
    return std::unique_ptr<Source>(std::make_unique<FakeSource>(server_));
  }

  std::string refusal;

 private:
  FakeServer& server_;
};

struct Fixture {
  explicit Fixture(LaneChoice choice = LaneChoice::kAuto) : choice_(choice) {
    for (FakeServer* server : {&fast, &portable}) {
      server->add("d:n=1", {{"X", integer_value(1)}});
      server->add("d:n=2", {{"X", integer_value(2)}});
      server->add("d:n=3", {{"X", integer_value(3)}});
    }
  }

  std::unique_ptr<Lanes> open(bool has_wire = true) {
    Session session;
    session.portable = std::make_unique<FakeSource>(portable);
    if (has_wire) session.wire = WireAddress{};
    session.wire_withheld = withheld;
    return std::make_unique<Lanes>(std::move(session), LaneSettings{&wire, choice_, fast_rest},
                                   Dial());
  }

  FakeServer fast;
  FakeServer portable;
  FakeWire wire{fast};
  std::string withheld;
  std::chrono::milliseconds fast_rest{600'000};

 private:
  LaneChoice choice_;
};

template <class T>
asio::awaitable<void> store(asio::awaitable<T> work, std::optional<T>& to) {
  to.emplace(co_await std::move(work));
}

template <class T>
T wait_for(asio::awaitable<T> work) {
  asio::io_context context;
  std::optional<T> result;
  asio::co_spawn(context, store(std::move(work), result), asio::detached);
  context.run();
  return std::move(*result);
}

Deadline soon() { return std::chrono::steady_clock::now() + std::chrono::seconds(60); }

/// A fetch of d:n=1 to d:n=3 as `POSITION=VALUE` and `POSITION OUTCOME`.
Log fetch(Lanes& lanes, const std::shared_ptr<const ReadList>& reads) {
  struct Sink : FetchSink {
    void value(std::uint32_t bean, std::uint32_t, const Value& value) override {
      log.push_back(std::to_string(bean) + "=" + std::to_string(value.integer));
    }
    void lost(std::uint32_t, std::uint32_t, AttributeLoss, std::string_view) override {}
    void info(std::uint32_t, MBeanInfo) override {}
    void done(std::uint32_t bean, BeanOutcome outcome, std::string_view) override {
      if (outcome == BeanOutcome::kRead) return;
      log.push_back(std::to_string(bean) + " " + std::to_string(static_cast<int>(outcome)));
    }
    Log log;
  } sink;
  (void)wait_for(lanes.fetch(reads, sink, soon()));
  return sink.log;
}

std::shared_ptr<const ReadList> three() {
  ReadList list;
  for (const char* name : {"d:n=1", "d:n=2", "d:n=3"}) list.push_back({name_of(name), {"X"}});
  return std::make_shared<const ReadList>(std::move(list));
}

TEST_CASE("lanes: the fast lane serves where it can", "[scrape]") {
  Fixture fixture;
  const std::unique_ptr<Lanes> lanes = fixture.open();
  CHECK(wait_for(lanes->changes(soon()))->unknown);
  CHECK(fetch(*lanes, three()) == Log{"0=1", "1=2", "2=3"});
  CHECK(lanes->name() == "fast");
  CHECK(lanes->reason().empty());
  CHECK(fixture.portable.log.empty());
}

TEST_CASE("lanes: the portable one serves alone where that is asked for, or the only way",
          "[scrape]") {
  Fixture fixture(LaneChoice::kPortable);
  std::unique_ptr<Lanes> lanes = fixture.open();
  CHECK(wait_for(lanes->changes(soon()))->unknown);
  CHECK(lanes->name() == "portable");
  CHECK(lanes->reason().empty());

  Fixture automatic;
  lanes = automatic.open(false);
  CHECK(wait_for(lanes->changes(soon()))->unknown);
  CHECK(lanes->reason() == "only the JVM can reach it");
  automatic.withheld = "the private key cannot leave the JVM";
  lanes = automatic.open(false);
  CHECK(lanes->name() == "portable");
  CHECK(lanes->reason() == "the private key cannot leave the JVM");
  automatic.wire.refusal = "its RMI port speaks TLS";
  lanes = automatic.open();
  CHECK(fetch(*lanes, three()) == Log{"0=1", "1=2", "2=3"});
  CHECK(lanes->reason() == "its RMI port speaks TLS");
  CHECK(automatic.fast.log.empty());
}

TEST_CASE("lanes: a fast lane that does not work at all gives way, one that has worked does not",
          "[scrape]") {
  Fixture fixture;
  std::unique_ptr<Lanes> lanes = fixture.open();
  fixture.fast.session_lost = true;
  CHECK(wait_for(lanes->changes(soon()))->unknown);
  CHECK(lanes->name() == "portable");
  CHECK(lanes->reason() == "The session is gone.");
  CHECK_FALSE(wait_for(lanes->changes(soon()))->unknown);
  CHECK(fixture.fast.log == Log{"changes"});

  lanes = fixture.open();
  CHECK(wait_for(lanes->changes(soon())).has_value());
  fixture.fast.session_lost = true;
  const Result<Changes> lost = wait_for(lanes->changes(soon()));
  REQUIRE_FALSE(lost.has_value());
  CHECK(lost.error().kind == ErrorKind::kSession);
  CHECK(lanes->name() == "fast");
}

TEST_CASE("lanes: a fast lane that did not work is tried again", "[scrape]") {
  Fixture fixture;
  fixture.fast_rest = std::chrono::milliseconds(0);
  const std::unique_ptr<Lanes> lanes = fixture.open();
  for (const bool first : {true, false}) {
    fixture.fast.session_lost = true;
    CHECK(wait_for(lanes->changes(soon()))->unknown == first);
    CHECK(lanes->name() == "portable");
    CHECK(lanes->reason() == "The session is gone.");
  }
  // One that does not answer leaves time for the other.
  fixture.fast.frozen = true;
  const auto short_time = std::chrono::seconds(1);
  CHECK(wait_for(lanes->changes(std::chrono::steady_clock::now() + short_time)).has_value());
  CHECK(lanes->name() == "portable");
  fixture.fast.frozen = false;
  CHECK(wait_for(lanes->changes(soon()))->unknown);
  CHECK(lanes->name() == "fast");
  CHECK(lanes->reason().empty());
  CHECK(fetch(*lanes, three()) == Log{"0=1", "1=2", "2=3"});
  CHECK(fixture.portable.log == Log{"changes", "changes", "changes"});
}

TEST_CASE("lanes: where only the fast lane may serve, its failure is the target's", "[scrape]") {
  Fixture fixture(LaneChoice::kFast);
  fixture.wire.refusal = "its RMI port speaks TLS";
  std::unique_ptr<Lanes> lanes = fixture.open();
  const Result<Changes> refused = wait_for(lanes->changes(soon()));
  REQUIRE_FALSE(refused.has_value());
  CHECK_THAT(refused.error().text, Catch::Contains("its RMI port speaks TLS"));
  fixture.withheld = "the private key cannot leave the JVM";
  lanes = fixture.open(false);
  CHECK_THAT(wait_for(lanes->changes(soon())).error().text,
             Catch::Contains("the private key cannot leave the JVM; leave --lane out"));
  fixture.wire.refusal.clear();
  fixture.fast.undecodable.insert(name_of("d:n=2"));
  lanes = fixture.open();
  CHECK(fetch(*lanes, three()) == Log{"0=1", "1 5", "2=3"});
  CHECK(fixture.portable.log.empty());
}

TEST_CASE("lanes: what the fast lane cannot decode is read through the JVM from then on",
          "[scrape]") {
  Fixture fixture;
  fixture.fast.undecodable.insert(name_of("d:n=2"));
  const std::unique_ptr<Lanes> lanes = fixture.open();
  CHECK(wait_for(lanes->changes(soon())).has_value());
  const auto reads = three();
  CHECK(fetch(*lanes, reads) == Log{"0=1", "2=3", "1=2"});
  CHECK(lanes->portable_beans() == 1);
  CHECK(fixture.fast.log.back() == "fetch 3");
  CHECK(fetch(*lanes, reads) == Log{"0=1", "2=3", "1=2"});
  CHECK(fixture.fast.log.back() == "fetch 2");
  CHECK(fixture.portable.log == Log{"fetch 1", "fetch 1"});

  // Registered anew, it may be another.
  fixture.fast.add("d:n=2", {{"X", integer_value(9)}});
  fixture.fast.undecodable.clear();
  CHECK(wait_for(lanes->changes(soon()))->list.size() == 2);
  CHECK(lanes->portable_beans() == 0);
  CHECK(fetch(*lanes, three()) == Log{"0=1", "1=9", "2=3"});
}

TEST_CASE("lanes: a description that cannot be decoded is read through the JVM", "[scrape]") {
  Fixture fixture;
  fixture.fast.undecodable.insert(name_of("d:n=1"));
  const std::unique_ptr<Lanes> lanes = fixture.open();
  struct Sink : DescribeSink {
    void info(std::uint32_t bean, MBeanInfo) override { infos.push_back(bean); }
    void failed(std::uint32_t, BeanOutcome, std::string_view) override { ++failures; }
    std::vector<std::uint32_t> infos;
    int failures = 0;
  } sink;
  const std::vector<ObjectName> names = {name_of("d:n=1"), name_of("d:n=2")};
  CHECK(wait_for(lanes->describe(names, sink, soon())).has_value());
  CHECK(sink.infos == std::vector<std::uint32_t>{1, 0});
  CHECK(sink.failures == 0);
}

}  // namespace
}  // namespace jmxbridge
