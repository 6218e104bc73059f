#include "jrmp/known_infos.h"

#include <catch2/catch.hpp>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "jrmp/requests.h"

using namespace jmxbridge;

namespace {

MBeanInfo info_of(std::string class_name) {
  MBeanInfo info;
  info.class_name = std::move(class_name);
  return info;
}

}  // namespace

TEST_CASE("known infos: equal bytes are the info they were once, whatever stands behind them",
          "[jrmp]") {
  KnownInfos known;
  CHECK(known.find(bytes_of("one")) == nullptr);
  known.add(bytes_of("one"), info_of("One"));
  known.add(bytes_of("two"), info_of("Two"));
  REQUIRE(known.find(bytes_of("one, and more")) != nullptr);
  CHECK(known.find(bytes_of("one, and more"))->info.class_name == "One");
  CHECK(known.find(bytes_of("two"))->info.class_name == "Two");
  CHECK(known.find(bytes_of("on")) == nullptr);
  CHECK(known.find(bytes_of("onE")) == nullptr);
  CHECK(known.find({}) == nullptr);
}

TEST_CASE("known infos: few and small ones are kept, those that were met last", "[jrmp]") {
  KnownInfos known;
  known.add(bytes_of(std::string(KnownInfos::kMostBytes + 1, 'x')), info_of("Large"));
  CHECK(known.find(bytes_of(std::string(KnownInfos::kMostBytes + 1, 'x'))) == nullptr);
  known.add({}, info_of("Empty"));
  CHECK(known.find(bytes_of("x")) == nullptr);

  const auto text = [](std::size_t i) { return "info " + std::to_string(i) + ";"; };
  for (std::size_t i = 0; i < KnownInfos::kMost; ++i)
    known.add(bytes_of(text(i)), info_of(text(i)));
  REQUIRE(known.find(bytes_of(text(0))) != nullptr);
  known.add(bytes_of("another"), info_of("Another"));
  CHECK(known.find(bytes_of(text(0))) != nullptr);
  CHECK(known.find(bytes_of(text(1))) == nullptr);
}
