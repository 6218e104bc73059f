#include <catch2/catch.hpp>
#include <chrono>
#include <string>
#include <vector>

#include "commands/state_dump.h"

using namespace jmxbridge;

namespace {

TargetStatus up() {
  TargetStatus status;
  status.name = "127.0.0.1:9999";
  status.up = true;
  status.lane = "portable";
  status.beans = 28;
  status.samples = 302;
  status.last_duration = std::chrono::milliseconds(41);
  status.scrapes = 7;
  status.sessions_opened = 1;
  return status;
}

}  // namespace

TEST_CASE("state dump: one line says how the target stands", "[commands]") {
  CHECK(state_lines(up(), "") ==
        std::vector<std::string>{
            "State: target 127.0.0.1:9999 is up on the portable lane; 28 beans, 302 samples; 7 "
            "scrapes, the last took 41 ms; 1 sessions opened."});
}

TEST_CASE("state dump: it says why the JVM reads the target", "[commands]") {
  TargetStatus status = up();
  status.lane_reason = "its RMI port speaks\nTLS";
  CHECK(state_lines(status, "")[1] == "State: the portable lane serves: its RMI port speaks\\nTLS");
}

TEST_CASE("state dump: a target that is down shows its error and what is set aside", "[commands]") {
  TargetStatus status = up();
  status.up = false;
  status.lane.clear();
  status.scraping = true;
  status.last_error = "connection refused";
  status.set_aside_beans = {"a:type=B", "a:type=C"};
  const std::vector<std::string> lines = state_lines(status, "");
  REQUIRE(lines.size() == 4);
  CHECK(lines[0].find("is down, a scrape is under way;") != std::string::npos);
  CHECK(lines[1] == "State: last error: connection refused");
  CHECK(lines[2] == "State: set aside: a:type=B");
  CHECK(lines[3] == "State: set aside: a:type=C");
}

TEST_CASE("state dump: each connection has a line", "[commands]") {
  for (const char* connections : {"one\ntwo", "one\ntwo\n", "\none\n\ntwo\n"}) {
    const std::vector<std::string> lines = state_lines(up(), connections);
    REQUIRE(lines.size() == 3);
    CHECK(lines[1] == "State: one");
    CHECK(lines[2] == "State: two");
  }
}

TEST_CASE("state dump: hostile texts stay on their line", "[commands]") {
  TargetStatus status = up();
  status.last_error = "a\nb\x1b[31m";
  status.set_aside_beans = {"x:name=\"\n\""};
  for (const std::string& line : state_lines(status, "GET /\r\x01")) {
    CHECK(line.find_first_of("\n\r\x1b\x01") == std::string::npos);
  }
}
