#include "http/authenticator.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <catch2/catch.hpp>
#include <condition_variable>
#include <future>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "http/rate_limit.h"

namespace jmxbridge {
namespace {

using Form = StoredPassword::Form;
using Verdict = Authenticator::Verdict;

constexpr const char* kPassword = "Gr\xC3\xBCn:1";

std::string from_hex(const std::string& hex) {
  std::string bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  }
  return bytes;
}

/// The same password in each form; the hashes are those of Python's hashlib and of crypt(3).
std::vector<StoredPassword> all_forms() {
  const std::string pepper = "p\xC3\xA9pper";
  return {
      {"prom", Form::kPlaintext, kPassword, "", 0},
      {"prom", Form::kSha1, from_hex("6e0aa8ac52f610b4176b99f27577d9e6b5a71f31"), "pepper", 0},
      {"prom", Form::kSha256,
       from_hex("f37836607d93fa7c9babc779385e8b400ed57390e00dd980506e176f4ac3e6e8"), "pepper", 0},
      {"prom", Form::kSha512,
       from_hex("ac101d71fd135b1699f78c5c3b967b6e5b31ea8b7c385cf79b7b1e0131e004bc"
                "366f9280eeca7a68dd2627be2b3de166214560234d8d8a41cc450ca0e46e0069"),
       "pepper", 0},
      {"prom", Form::kPbkdf2Sha1, from_hex("73eee1ba0a01ce363b7a3ca228ec91af"), pepper, 1000},
      {"prom", Form::kPbkdf2Sha256,
       from_hex("1d542455038854e71faff53981046669a38716a1d5c05a1327e00aa02e48ea3f"), pepper, 1000},
      {"prom", Form::kPbkdf2Sha512,
       from_hex("6545dba47e1f6799111f685a3e2dbbe3ffa1f1da121501aa329e55bc2c9e510a"
                "2183f63b6b49d4e352b70b89b0bd3e269fa8aad84558e8b3ead4584b8800f76f"),
       pepper, 1000},
      {"prom", Form::kBcrypt, "$2y$04$abcdefghijklmnopqrstuubZDwPHYxnXi1YTA.xIR5HX0M7fgUqAC", "",
       0},
  };
}

Authorization login(std::string user, std::string password) {
  return {Authorization::Kind::kBasic, std::move(user), std::move(password)};
}

/// An authenticator and a context that waits for it.
class Door {
 public:
  explicit Door(std::vector<StoredPassword> users)
      : authenticator_(std::move(users), std::make_shared<PasswordWork>()) {}

  Verdict judge(const Authorization& authorization) {
    std::future<Verdict> verdict =
        asio::co_spawn(context_, authenticator_.judge(authorization), asio::use_future);
    context_.restart();
    context_.run();
    return verdict.get();
  }

 private:
  asio::io_context context_;
  Authenticator authenticator_;
};

TEST_CASE("password: each form knows the password and no other", "[http]") {
  for (const StoredPassword& stored : all_forms()) {
    INFO(static_cast<int>(stored.form));
    CHECK(is_password(stored, kPassword));
    for (const char* other : {"", "x", "Gr\xC3\xBCn:2", "Gr\xC3\xBCn:", "Gr\xC3\xBCn:11"}) {
      CHECK_FALSE(is_password(stored, other));
    }
    // To C the first is where the text ends.
    CHECK_FALSE(is_password(stored, std::string(kPassword) + std::string(1, '\0') + "x"));
  }
}

TEST_CASE("password: bcrypt looks at 72 bytes and at no version's letter", "[http]") {
  StoredPassword stored{"u", Form::kBcrypt,
                        "$2b$04$abcdefghijklmnopqrstuubzadhGtS2zEF.gu0yd0opP6cVzb.e0i", "", 0};
  CHECK(is_password(stored, std::string(72, 'x')));
  CHECK(is_password(stored, std::string(100, 'x')));
  CHECK_FALSE(is_password(stored, std::string(71, 'x')));
  stored.secret[2] = 'a';
  CHECK(is_password(stored, std::string(72, 'x')));
  for (const char* broken : {"", "$2b$", "*0", "$2b$04$short", "$6$rounds=5000$x$y"}) {
    INFO(broken);
    stored.secret = broken;
    CHECK_FALSE(is_password(stored, std::string(72, 'x')));
    CHECK_FALSE(is_password(stored, ""));
  }
}

TEST_CASE("password: a hash of another length is never right", "[http]") {
  for (StoredPassword stored : all_forms()) {
    if (stored.form == Form::kPlaintext || stored.form == Form::kBcrypt) continue;
    INFO(static_cast<int>(stored.form));
    if (!stored.is_slow()) {
      stored.secret.pop_back();
      CHECK_FALSE(is_password(stored, kPassword));
    }
    stored.secret.clear();
    CHECK_FALSE(is_password(stored, kPassword));
  }
}

TEST_CASE("authenticator: name and password must both be right, again and again", "[http]") {
  for (const StoredPassword& stored : all_forms()) {
    INFO(static_cast<int>(stored.form));
    Door door({stored});
    for (int i = 0; i < 2; ++i) {
      CHECK(door.judge(login("prom", kPassword)) == Verdict::kAdmitted);
      CHECK(door.judge(login("prom", "wrong")) == Verdict::kRefused);
      CHECK(door.judge(login("Prom", kPassword)) == Verdict::kRefused);
      CHECK(door.judge(login("", kPassword)) == Verdict::kRefused);
      CHECK(door.judge({}) == Verdict::kRefused);
      CHECK(door.judge({Authorization::Kind::kMalformed, "prom", kPassword}) == Verdict::kRefused);
    }
  }
}

TEST_CASE("authenticator: each user has a password of his own", "[http]") {
  Door door({{"a", Form::kPlaintext, "1", "", 0}, {"b", Form::kPlaintext, "2", "", 0}});
  CHECK(door.judge(login("a", "1")) == Verdict::kAdmitted);
  CHECK(door.judge(login("b", "2")) == Verdict::kAdmitted);
  CHECK(door.judge(login("a", "2")) == Verdict::kRefused);
  CHECK(door.judge(login("b", "1")) == Verdict::kRefused);
}

TEST_CASE("remembered logins: right and wrong ones are bounded apart from each other", "[http]") {
  RememberedLogins logins;
  const RememberedLogins::Print right = logins.print_of("u", "right");
  CHECK_FALSE(logins.find(right));
  logins.add(right, true);
  const RememberedLogins::Print first = logins.print_of("u", "wrong 0");
  for (std::size_t i = 0; i <= RememberedLogins::kMost; ++i) {
    logins.add(logins.print_of("u", "wrong " + std::to_string(i)), false);
  }
  CHECK(logins.find(right) == true);
  CHECK_FALSE(logins.find(first));
  CHECK(logins.find(logins.print_of("u", "wrong 1")) == false);
  // Where the name ends counts, and so does whose memory it is.
  CHECK(logins.print_of("ab", "c") != logins.print_of("a", "bc"));
  CHECK(RememberedLogins().print_of("u", "right") != right);
}

TEST_CASE("password work: what has no room is told so, and the room comes back", "[http]") {
  std::mutex mutex;
  std::condition_variable changed;
  bool open = false;
  asio::io_context context;
  PasswordWork work;
  const auto waits = std::make_shared<const PasswordWork::Check>([&] {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return open; });
    return true;
  });
  std::vector<std::future<std::optional<bool>>> answers;
  for (std::size_t i = 0; i < PasswordWork::kMost + 3; ++i) {
    answers.push_back(asio::co_spawn(context, work.run(waits), asio::use_future));
  }
  // Those beyond the bound are answered while the first is still under way.
  context.poll();
  for (std::size_t i = PasswordWork::kMost; i < answers.size(); ++i) {
    REQUIRE(answers[i].wait_for(std::chrono::seconds(0)) == std::future_status::ready);
    CHECK_FALSE(answers[i].get());
  }
  {
    const std::lock_guard lock(mutex);
    open = true;
  }
  changed.notify_all();
  context.run();
  for (std::size_t i = 0; i < PasswordWork::kMost; ++i) CHECK(answers[i].get() == true);
  std::future<std::optional<bool>> again =
      asio::co_spawn(context, work.run(waits), asio::use_future);
  context.restart();
  context.run();
  CHECK(again.get() == true);
}

TEST_CASE("rate limit: a burst, then one for each interval", "[http]") {
  using std::chrono::milliseconds;
  RateLimit limit(milliseconds(100), 3);
  const auto start = RateLimit::Clock::now();
  for (int i = 0; i < 3; ++i) CHECK(limit.take(start));
  CHECK_FALSE(limit.take(start));
  CHECK_FALSE(limit.take(start + milliseconds(90)));
  CHECK(limit.take(start + milliseconds(101)));
  CHECK_FALSE(limit.take(start + milliseconds(102)));
  // What was not used is kept up to the burst; a time that goes back gives nothing.
  CHECK(limit.take(start + milliseconds(10'000)));
  CHECK(limit.take(start));
  CHECK(limit.take(start + milliseconds(10'000)));
  CHECK_FALSE(limit.take(start + milliseconds(10'000)));
}

}  // namespace
}  // namespace jmxbridge
