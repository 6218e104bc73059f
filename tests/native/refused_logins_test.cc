#include "jni/refused_logins.h"

#include <catch2/catch.hpp>
#include <chrono>
#include <string>
#include <vector>

using namespace jmxbridge;
using namespace std::chrono_literals;

namespace {

const Error kRefusal{ErrorKind::kLogin, "h:1 refused the login"};

}  // namespace

TEST_CASE("refused logins: the pause before the next try grows to a bound", "[jni]") {
  RefusedLogins logins;
  const RefusedLogins::Id login = logins.id_of("h:1", "ops", "wrong");
  RefusedLogins::Clock::time_point now{};
  CHECK_FALSE(logins.too_early(login, now));
  std::vector<int> pauses;
  for (int i = 0; i < 8; ++i) {
    logins.refused(login, kRefusal, now);
    int seconds = 0;
    while (logins.too_early(login, now + std::chrono::seconds(seconds))) ++seconds;
    pauses.push_back(seconds);
    now += std::chrono::seconds(seconds);
  }
  CHECK(pauses == std::vector<int>{2, 4, 8, 16, 32, 60, 60, 60});
  logins.refused(login, kRefusal, now);
  REQUIRE(logins.too_early(login, now));
  CHECK(logins.too_early(login, now)->text == kRefusal.text);
  CHECK(logins.too_early(login, now)->kind == ErrorKind::kLogin);
  logins.accepted(login);
  CHECK_FALSE(logins.too_early(login, now));
  logins.refused(login, kRefusal, now);
  CHECK_FALSE(logins.too_early(login, now + 2s));
}

TEST_CASE("refused logins: another password, user or target is another login", "[jni]") {
  RefusedLogins logins;
  const RefusedLogins::Clock::time_point now{};
  logins.refused(logins.id_of("h:1", "ops", "wrong"), kRefusal, now);
  CHECK(logins.too_early(logins.id_of("h:1", "ops", "wrong"), now));
  CHECK_FALSE(logins.too_early(logins.id_of("h:1", "ops", "right"), now));
  CHECK_FALSE(logins.too_early(logins.id_of("h:1", "op", "swrong"), now));
  CHECK_FALSE(logins.too_early(logins.id_of("h:2", "ops", "wrong"), now));
}

TEST_CASE("refused logins: there is a bound on how many are known", "[jni]") {
  RefusedLogins logins;
  const RefusedLogins::Clock::time_point now{};
  const auto id = [&logins](std::size_t i) {
    return logins.id_of("h:" + std::to_string(i), "ops", "wrong");
  };
  for (std::size_t i = 0; i < RefusedLogins::kMost; ++i) {
    logins.refused(id(i), kRefusal, now + std::chrono::milliseconds(i));
  }
  logins.refused(id(RefusedLogins::kMost), kRefusal, now + 1s);
  CHECK_FALSE(logins.too_early(id(0), now));
  CHECK(logins.too_early(id(1), now));
  CHECK(logins.too_early(id(RefusedLogins::kMost), now));
}
