#include "http/deadline.h"

#include <catch2/catch.hpp>

namespace jmxbridge {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

milliseconds time_for(std::optional<std::string_view> header,
                      milliseconds offset = milliseconds(500)) {
  return scrape_time(header, offset, milliseconds(60'000));
}

TEST_CASE("scrape time: the header's less the offset", "[http]") {
  CHECK(time_for("10") == milliseconds(9'500));
  CHECK(time_for("9.5") == milliseconds(9'000));
  CHECK(time_for("10.000000") == milliseconds(9'500));
  CHECK(time_for("1e1") == milliseconds(9'500));
  CHECK(time_for("10", milliseconds(0)) == milliseconds(10'000));
}

TEST_CASE("scrape time: the offset takes a quarter at most", "[http]") {
  CHECK(time_for("2") == milliseconds(1'500));
  CHECK(time_for("1") == milliseconds(750));
  CHECK(time_for("0.1") == milliseconds(75));
  CHECK(time_for("10", milliseconds(5'000)) == milliseconds(7'500));
  CHECK(time_for("10", milliseconds(-5'000)) == milliseconds(10'000));
}

TEST_CASE("scrape time: without a header, or with nonsense in it, the default", "[http]") {
  CHECK(time_for(std::nullopt) == milliseconds(60'000));
  for (const char* text : {"", " ", "abc", "10s", "-1", "0", "-0", "nan", "inf", "-inf", "1e999",
                           "10 ", " 10", "+10", "1,5", "0x10"}) {
    INFO(text);
    CHECK(time_for(text) == milliseconds(60'000));
  }
}

TEST_CASE("scrape time: an hour is the most", "[http]") {
  CHECK(time_for("1e300", milliseconds(0)) == hours(1));
  CHECK(time_for("3600.5", milliseconds(0)) == hours(1));
}

}  // namespace
}  // namespace jmxbridge
