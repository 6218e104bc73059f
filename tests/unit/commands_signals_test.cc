#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>
#include <optional>
#include <thread>

#include <unistd.h>

#include "commands/signals.h"

using namespace jmxbridge;
using namespace std::chrono_literals;

TEST_CASE("signals: each is taken by the one that waits", "[commands]") {
  const Signals signals;
  for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGQUIT}) {
    REQUIRE(raise(signal) == 0);
    CHECK(signals.wait_for(60s) == signal);
    std::thread thread([signal] { raise(signal); });
    thread.join();
    // Sent to a thread that is gone: nobody else gets it.
    CHECK_FALSE(signals.wait_for(0ms).has_value());
  }
}

TEST_CASE("signals: one that is sent to the process reaches the waiting thread", "[commands]") {
  const Signals signals;
  std::thread other([] { std::this_thread::sleep_for(50ms); });
  REQUIRE(kill(getpid(), SIGHUP) == 0);
  CHECK(signals.wait_for(60s) == SIGHUP);
  other.join();
}

TEST_CASE("signals: waiting ends when none comes", "[commands]") {
  const Signals signals;
  const auto begin = std::chrono::steady_clock::now();
  CHECK_FALSE(signals.wait_for(30ms).has_value());
  CHECK(std::chrono::steady_clock::now() - begin >= 30ms);
}
