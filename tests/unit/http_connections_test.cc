#include "http/connections.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <utility>
#include <vector>

namespace jmxbridge {
namespace {

using Ending = Connections::Ending;

std::optional<Connections::Place> join(Connections& all, std::string peer = "127.0.0.1:1") {
  return all.join(std::move(peer), [](Ending) {});
}

TEST_CASE("connections: beyond the bound places are for turning away, and then there are none",
          "[http]") {
  Connections all(2);
  std::vector<std::optional<Connections::Place>> places;
  for (int i = 0; i < 2; ++i) {
    places.push_back(join(all));
    REQUIRE(places.back().has_value());
    CHECK(places.back()->admitted());
  }
  for (std::size_t i = 0; i < Connections::kMostTurnedAway; ++i) {
    places.push_back(join(all));
    REQUIRE(places.back().has_value());
    CHECK_FALSE(places.back()->admitted());
  }
  CHECK_FALSE(join(all).has_value());
  places.clear();
  CHECK(all.count() == 0);
  CHECK(join(all)->admitted());
}

TEST_CASE("connections: a place that is moved leaves once", "[http]") {
  Connections all(2);
  std::optional<Connections::Place> first = join(all);
  std::optional<Connections::Place> second = std::move(first);
  first.reset();
  CHECK(all.count() == 1);
  second.reset();
  CHECK(all.count() == 0);
}

TEST_CASE("connections: all are told to end", "[http]") {
  Connections all(2);
  std::vector<Ending> told;
  const auto end = [&](Ending how) { told.push_back(how); };
  const std::optional<Connections::Place> first = all.join("a", end);
  const std::optional<Connections::Place> second = all.join("b", end);
  all.end_all(Ending::kWhenIdle);
  CHECK(told == std::vector<Ending>{Ending::kWhenIdle, Ending::kWhenIdle});
  all.end_all(Ending::kAtOnce);
  CHECK(told.size() == 4);
  CHECK(told.back() == Ending::kAtOnce);
}

TEST_CASE("connections: emptiness is told once, at once if there is nobody", "[http]") {
  Connections all(2);
  int calls = 0;
  all.when_empty([&] { ++calls; });
  CHECK(calls == 1);
  std::optional<Connections::Place> first = join(all);
  std::optional<Connections::Place> second = join(all);
  all.when_empty([&] { ++calls; });
  first.reset();
  CHECK(calls == 1);
  second.reset();
  CHECK(calls == 2);
  join(all).reset();
  CHECK(calls == 2);
}

TEST_CASE("connections: the dump names peers, phases and counts, and escapes hostile text",
          "[http]") {
  Connections all(2);
  std::optional<Connections::Place> place = join(all, "127.0.0.1:4711");
  place->enter(ConnectionPhase::kWriting, "/\n\x1b[31m" + std::string(10'000, 'x'));
  place->count_answer();
  place->count_answer();
  const std::string dump = all.dump();
  CHECK(dump.starts_with("http client 127.0.0.1:4711 takes in an answer /"));
  CHECK(dump.ends_with("2 answered\n"));
  CHECK(std::count(dump.begin(), dump.end(), '\n') == 1);
  CHECK(dump.find('\x1b') == std::string::npos);
  CHECK(dump.size() < 1'000);
}

}  // namespace
}  // namespace jmxbridge
