#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <catch2/catch.hpp>
#include <chrono>
#include <future>
#include <string>

#include "scrape_fake_target.h"
#include "snapshot/capture.h"
#include "snapshot/recorded_connector.h"

using namespace jmxbridge;
using namespace std::chrono_literals;

namespace {

/// Runs a coroutine to its end, on this thread.
template <class T>
T run(asio::awaitable<T> work) {
  asio::io_context context;
  std::optional<T> out;
  const auto keep = [](asio::awaitable<T> inner, std::optional<T>& to) -> asio::awaitable<void> {
    to.emplace(co_await std::move(inner));
  };
  std::future<void> done = asio::co_spawn(context, keep(std::move(work), out), asio::use_future);
  context.run();
  done.get();
  return std::move(*out);
}

Result<Recording> captured(FakeServer& server, const CaptureScope& scope = {},
                           std::chrono::milliseconds time = 60s) {
  FakeSource source(server);
  return run(capture(source, scope, std::chrono::steady_clock::now() + time));
}

const RecordedValue& value_of(const Recording& recording, std::string_view bean,
                              std::string_view attribute) {
  const RecordedBean& recorded = recording.beans.at(name_of(bean));
  for (std::size_t i = 0; i < recorded.values.size(); ++i) {
    if (recorded.info.attributes[i].name == attribute) return recorded.values[i];
  }
  FAIL("no attribute " << attribute);
  return recorded.values.at(0);
}

/// Takes in what a replayed fetch hands over, as texts.
class Log : public FetchSink {
 public:
  void value(std::uint32_t, std::uint32_t attribute, const Value& value) override {
    std::string text;
    append_match_text(value, text);
    lines.push_back(std::to_string(attribute) + "=" + text);
  }
  void lost(std::uint32_t, std::uint32_t attribute, AttributeLoss, std::string_view) override {
    lines.push_back(std::to_string(attribute) + " lost");
  }
  void info(std::uint32_t, MBeanInfo) override { lines.emplace_back("info"); }
  void done(std::uint32_t, BeanOutcome outcome, std::string_view) override {
    lines.push_back("done " + std::to_string(static_cast<int>(outcome)));
  }
  std::vector<std::string> lines;
};

std::unique_ptr<Source> replay(std::vector<std::shared_ptr<const Recording>> recordings) {
  RecordedConnector connector(std::move(recordings));
  Result<std::unique_ptr<Source>> source = std::unique_ptr<Source>();
  const Endpoint endpoint;
  asio::io_context context;
  const auto open = [&]() -> asio::awaitable<void> {
    Result<Session> session = co_await connector.open(endpoint, Deadline::max());
    if (session) source = std::move(session->portable);
  };
  std::future<void> done = asio::co_spawn(context, open(), asio::use_future);
  context.run();
  done.get();
  return std::move(*source);
}

std::vector<std::string> fetched(Source& source, std::string_view bean,
                                 std::vector<std::string> attributes) {
  const auto list = std::make_shared<const ReadList>(
      ReadList{{.name = name_of(bean), .attributes = std::move(attributes)}});
  Log log;
  Result<void> result = run(source.fetch(list, log, Deadline::max()));
  CHECK(result);
  return log.lines;
}

}  // namespace

TEST_CASE("capture: everything that can be read is recorded, what is left out is not read",
          "[snapshot]") {
  FakeServer server;
  server.add("d:type=A", {{"X", integer_value(1)}, {"Secret", text_value("s")}});
  server.add("d:type=B", {{"Y", double_value(0.5)}});
  server.beans.at(name_of("d:type=A")).info.attributes.push_back({"Gone", "long", {}, true});
  server.beans.at(name_of("d:type=A")).info.attributes.push_back({"WriteOnly", "long", {}, false});
  const Result<Recording> recording = captured(
      server,
      {{}, [](const ObjectName&, std::string_view attribute) { return attribute == "Secret"; }});
  REQUIRE(recording);
  CHECK(recording->beans.size() == 2);
  CHECK(std::get<Value>(value_of(*recording, "d:type=A", "X")).integer == 1);
  CHECK(std::holds_alternative<Unread>(value_of(*recording, "d:type=A", "Secret")));
  CHECK(std::get<Lost>(value_of(*recording, "d:type=A", "Gone")).why == AttributeLoss::kThrew);
  CHECK(std::holds_alternative<Unread>(value_of(*recording, "d:type=A", "WriteOnly")));
  CHECK(std::get<Value>(value_of(*recording, "d:type=B", "Y")).number == 0.5);
  CHECK(recording->beans.at(name_of("d:type=B")).trouble.empty());
}

TEST_CASE("capture: a pattern narrows what is asked for", "[snapshot]") {
  FakeServer server;
  server.add("d:type=A", {{"X", integer_value(1)}});
  server.add("e:type=B", {{"Y", integer_value(2)}});
  const Result<Recording> recording = captured(server, {name_of("e:*"), {}});
  REQUIRE(recording);
  REQUIRE(recording->beans.size() == 1);
  CHECK(recording->beans.begin()->first == name_of("e:type=B"));
}

TEST_CASE("capture: a bean that blocks is noted and does not take the others with it",
          "[snapshot]") {
  FakeServer server;
  server.add("d:type=A", {{"X", integer_value(1)}});
  server.add("d:type=B", {{"X", integer_value(2)}});
  server.blocked.insert(name_of("d:type=A"));
  const Result<Recording> recording = captured(server, {}, 1s);
  REQUIRE(recording);
  CHECK(recording->beans.at(name_of("d:type=A")).trouble == "it does not answer");
  CHECK(std::get<Value>(value_of(*recording, "d:type=B", "X")).integer == 2);
}

TEST_CASE("capture: a lost session and a target that hangs are errors", "[snapshot]") {
  FakeServer server;
  server.add("d:type=A", {{"X", integer_value(1)}});
  server.session_lost = true;
  CHECK_FALSE(captured(server));
  server.frozen = true;
  CHECK_FALSE(captured(server, {}, 300ms));
}

TEST_CASE("recorded target: each scrape sees the next recording, then stays with the last",
          "[snapshot]") {
  FakeServer server;
  server.add("d:type=A", {{"X", integer_value(1)}});
  auto first = std::make_shared<const Recording>(std::move(*captured(server)));
  server.value("d:type=A", "X") = integer_value(2);
  auto second = std::make_shared<const Recording>(std::move(*captured(server)));
  const std::unique_ptr<Source> source = replay({first, second});
  for (const char* expected : {"0=1", "0=2", "0=2"}) {
    const Result<Changes> changes = run(source->changes(Deadline::max()));
    REQUIRE(changes);
    CHECK(changes->unknown);
    CHECK(fetched(*source, "d:type=A", {"X"}).at(0) == expected);
  }
}

TEST_CASE("recorded target: what was not recorded is lost, and no more than that", "[snapshot]") {
  FakeServer server;
  server.add("d:type=A", {{"X", integer_value(1)}, {"Y", integer_value(2)}});
  server.add("d:type=B", {{"X", integer_value(1)}});
  Recording recording = std::move(*captured(server));
  recording.beans.at(name_of("d:type=A")).values[1] = Unread();
  recording.beans.at(name_of("d:type=B")).trouble = "it hangs";
  recording.beans[name_of("d:type=C")].trouble = "not described";
  const std::unique_ptr<Source> source =
      replay({std::make_shared<const Recording>(std::move(recording))});
  CHECK(fetched(*source, "d:type=A", {"Y", "X", "Z"}) ==
        std::vector<std::string>{"0 lost", "1=1", "2 lost", "done 0"});
  CHECK(fetched(*source, "d:type=B", {"X"}) == std::vector<std::string>{"done 2"});
  CHECK(fetched(*source, "d:type=D", {"X"}) == std::vector<std::string>{"done 1"});
}

TEST_CASE("recorded target: a pattern without a domain means the recorded default domain",
          "[snapshot]") {
  FakeServer server;
  server.add("DefaultDomain:type=A", {});
  server.add("own:type=A", {});
  const auto names = [&](const char* domain) {
    Recording recording = std::move(*captured(server));
    recording.default_domain = domain;
    const std::unique_ptr<Source> source =
        replay({std::make_shared<const Recording>(std::move(recording))});
    return std::string(run(source->query(name_of(":type=A"), Deadline::max()))->at(0).text());
  };
  CHECK(names("") == "DefaultDomain:type=A");
  CHECK(names("own") == "own:type=A");
}
