#include "config/nearest_key.h"

#include <array>
#include <catch2/catch.hpp>
#include <string>

namespace jmxbridge {

TEST_CASE("nearest key: one or two mistakes lead to the key that was meant", "[config]") {
  constexpr std::array<std::string_view, 5> kKnown = {"pattern", "name", "value", "valueFactor",
                                                      "labels"};
  CHECK(nearest_key("pattren", kKnown) == "pattern");
  CHECK(nearest_key("Pattern", kKnown) == "pattern");
  CHECK(nearest_key("patern", kKnown) == "pattern");
  CHECK(nearest_key("label", kKnown) == "labels");
  CHECK(nearest_key("valuefactor", kKnown) == "valueFactor");
  CHECK(nearest_key("nmae", kKnown) == "name");
}

TEST_CASE("nearest key: what is near no key has no suggestion", "[config]") {
  constexpr std::array<std::string_view, 2> kKnown = {"pattern", "name"};
  CHECK(nearest_key("colour", kKnown).empty());
  CHECK(nearest_key("", kKnown).empty());
  CHECK(nearest_key("x", kKnown).empty());
  CHECK(nearest_key(std::string(100'000, 'n'), kKnown).empty());
}

}  // namespace jmxbridge
