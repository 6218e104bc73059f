#include "commands/live_configuration.h"

#include <sys/stat.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <functional>
#include <future>
#include <string>
#include <utility>
#include <vector>

#include "commands/configuration.h"
#include "folder.h"

using namespace jmxbridge;

namespace {

constexpr const char* kFine = "hostPort: 127.0.0.1:9999\npassword: hunter2\nusername: u\n";

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// What is handed on is in use.
asio::awaitable<void> at_once() { co_return; }

/// A live configuration on an executor of its own, which runs while the test waits.
class Fixture {
 public:
  explicit Fixture(bool with_file = true)
      : path_(folder_.write("c.yml", kFine)),
        live_(
            context_.get_executor(), with_file ? std::optional(WatchedFile(path_)) : std::nullopt,
            load_snapshot(path_).snapshot, counters_,
            [this](std::shared_ptr<const Snapshot> snapshot) {
              if (!refusal_.empty()) return Result<void>(fail(refusal_));
              used_.push_back(std::move(snapshot));
              if (during_) std::exchange(during_, nullptr)();
              return Result<void>();
            },
            at_once) {}

  void write(const std::string& text) { folder_.write("c.yml", text); }
  void refuse(std::string why) { refusal_ = std::move(why); }
  void remove() { std::filesystem::remove(path_); }
  /// Called once, in the middle of the next reading.
  void during_next(std::function<void()> call) { during_ = std::move(call); }

  Result<void> reload() {
    return finish(asio::co_spawn(context_, live_.reload(), asio::use_future));
  }
  std::vector<Result<void>> reload_at_once(int count) {
    std::vector<std::future<Result<void>>> asked;
    for (int i = 0; i < count; ++i) {
      asked.push_back(asio::co_spawn(context_, live_.reload(), asio::use_future));
    }
    run();
    std::vector<Result<void>> answers;
    for (std::future<Result<void>>& each : asked) answers.push_back(each.get());
    return answers;
  }
  void refresh() {
    const Deadline deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    finish(asio::co_spawn(context_, live_.refresh(deadline), asio::use_future));
  }
  void run() {
    context_.restart();
    context_.run();
  }

  const std::string& path() const { return path_; }
  LiveConfiguration& live() { return live_; }
  ProcessCounters& counters() { return counters_; }
  const std::vector<std::shared_ptr<const Snapshot>>& used() const { return used_; }

 private:
  template <class T>
  T finish(std::future<T> future) {
    run();
    REQUIRE(future.wait_for(std::chrono::seconds(0)) == std::future_status::ready);
    return future.get();
  }

  Folder folder_;
  std::string path_;
  std::string refusal_;
  std::function<void()> during_;
  asio::io_context context_;
  ProcessCounters counters_;
  std::vector<std::shared_ptr<const Snapshot>> used_;
  LiveConfiguration live_;
};

}  // namespace

TEST_CASE("live configuration: what its user cannot use leaves the old one in place",
          "[commands]") {
  Fixture fixture;
  const auto before = fixture.live().snapshot();
  fixture.refuse("The store k.p12 does not open with its password; correct it");
  fixture.write(std::string(kFine) + "lowercaseOutputName: true\n");
  const Result<void> reloaded = fixture.reload();
  REQUIRE_FALSE(reloaded);
  CHECK(has(reloaded.error().text, "the old one stays"));
  CHECK(has(reloaded.error().text, "The store k.p12 does not open"));
  CHECK(fixture.live().snapshot() == before);
  CHECK(fixture.counters().config_reload_failure == 1);
  CHECK(fixture.counters().config_reload_success == 0);
  CHECK_FALSE(fixture.counters().config_last_reload_successful);
}

TEST_CASE("live configuration: a file that has changed is taken, once", "[commands]") {
  Fixture fixture;
  const auto before = fixture.live().snapshot();
  fixture.refresh();
  CHECK(fixture.used().empty());
  fixture.write(std::string(kFine) + "lowercaseOutputName: true\n");
  fixture.refresh();
  REQUIRE(fixture.used().size() == 1);
  CHECK(fixture.used()[0]->config.lowercase_output_name);
  CHECK(fixture.live().snapshot() == fixture.used()[0]);
  CHECK(before != fixture.live().snapshot());
  CHECK(fixture.counters().config_reload_success == 1);
  CHECK(fixture.counters().config_loaded_at_ms > 0);
  fixture.refresh();
  fixture.live().start_refresh();
  fixture.run();
  CHECK(fixture.used().size() == 1);
}

TEST_CASE("live configuration: a wrong file counts once and leaves the old one, until it is mended",
          "[commands]") {
  Fixture fixture;
  const auto before = fixture.live().snapshot();
  for (int failures = 1; failures <= 2; ++failures) {
    fixture.write(failures == 1 ? "rules: 3\n" : "lowercaseOutputName: true\n");
    for (int i = 0; i < 3; ++i) fixture.refresh();
    CHECK(fixture.counters().config_reload_failure == static_cast<unsigned>(failures));
    CHECK_FALSE(fixture.counters().config_last_reload_successful);
    CHECK(fixture.live().snapshot() == before);
  }
  CHECK(fixture.used().empty());
  fixture.write(kFine);
  fixture.refresh();
  CHECK(fixture.counters().config_last_reload_successful);
  CHECK(fixture.counters().config_reload_success == 1);
  CHECK(fixture.counters().config_reload_failure == 2);
  CHECK(fixture.used().size() == 1);
}

TEST_CASE("live configuration: a missing file is no change, but a reload that is asked for fails",
          "[commands]") {
  Fixture fixture;
  fixture.remove();
  fixture.refresh();
  CHECK(fixture.counters().config_reload_failure == 0);
  const Result<void> failed = fixture.reload();
  REQUIRE_FALSE(failed.has_value());
  CHECK(has(failed.error().text, "is wrong, so the old one stays: correct what is listed.\n"));
  CHECK(has(failed.error().text, "c.yml: error: the file does not exist"));
  CHECK(fixture.counters().config_reload_failure == 1);
  fixture.write(kFine);
  fixture.refresh();
  CHECK(fixture.counters().config_reload_success == 1);
}

TEST_CASE("live configuration: a reload that is asked for reads also what has not changed",
          "[commands]") {
  Fixture fixture;
  CHECK(fixture.reload().has_value());
  fixture.live().start_reload();
  fixture.run();
  CHECK(fixture.counters().config_reload_success == 2);
  // What it has read is known, so that a look does not read it once more.
  fixture.write(std::string(kFine) + "excludeJvmMetrics: true\n");
  CHECK(fixture.reload().has_value());
  fixture.refresh();
  CHECK(fixture.counters().config_reload_success == 3);
}

TEST_CASE("live configuration: all who ask for a reload at once share a reading", "[commands]") {
  Fixture fixture;
  for (const Result<void>& answer : fixture.reload_at_once(50)) CHECK(answer.has_value());
  CHECK(fixture.used().size() <= 2);
  const std::size_t before = fixture.used().size();
  // What is asked for while the file is being read may be about what was written since.
  fixture.during_next([&] {
    fixture.write(std::string(kFine) + "lowercaseOutputName: true\n");
    fixture.live().start_reload();
    fixture.live().start_reload();
  });
  CHECK(fixture.reload().has_value());
  REQUIRE(fixture.used().size() == before + 2);
  CHECK_FALSE(fixture.used()[before]->config.lowercase_output_name);
  CHECK(fixture.used()[before + 1]->config.lowercase_output_name);
  fixture.write("nonsense");
  for (const Result<void>& answer : fixture.reload_at_once(50)) CHECK_FALSE(answer.has_value());
  CHECK(fixture.counters().config_reload_failure <= 2);
}

TEST_CASE("live configuration: findings are one a line, without control characters and secrets",
          "[commands]") {
  Fixture fixture;
  fixture.write("hostPort: \"a\\eb:1\"\npassword: {hunter2: hunter2}\nrules: 3\n");
  const Result<void> failed = fixture.reload();
  REQUIRE_FALSE(failed.has_value());
  CHECK(has(failed.error().text, ":2:"));
  CHECK(has(failed.error().text, ":3:"));
  CHECK_FALSE(has(failed.error().text, "\x1b"));
  CHECK_FALSE(has(failed.error().text, "hunter2"));
}

TEST_CASE("live configuration: it is shown without its secrets", "[commands]") {
  Fixture fixture;
  CHECK(has(fixture.live().text(), "username: \"u\"\npassword: \"<secret>\"\n"));
  CHECK_FALSE(has(fixture.live().text(), "hunter2"));
}

TEST_CASE("live configuration: without a file there is nothing to read again", "[commands]") {
  Fixture fixture(false);
  fixture.refresh();
  const Result<void> failed = fixture.reload();
  REQUIRE_FALSE(failed.has_value());
  CHECK(has(failed.error().text, "no configuration to read again"));
  CHECK(fixture.counters().config_reload_failure == 0);
}

TEST_CASE("live configuration: a look does not hold up its caller beyond the deadline",
          "[commands]") {
  // The executor that reads does not run at all.
  const Folder folder;
  const std::string path = folder.write("c.yml", kFine);
  asio::io_context context;
  asio::io_context stuck;  // ends first: what waits in it has a timer of the other
  ProcessCounters counters;
  LiveConfiguration live(
      stuck.get_executor(), WatchedFile(path), load_snapshot(path).snapshot, counters,
      [](const std::shared_ptr<const Snapshot>&) { return Result<void>(); }, at_once);
  const Deadline deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(30);
  std::future<void> done = asio::co_spawn(context, live.refresh(deadline), asio::use_future);
  context.run();
  CHECK(done.wait_for(std::chrono::seconds(0)) == std::future_status::ready);
  CHECK(std::chrono::steady_clock::now() >= deadline);
}

TEST_CASE("live configuration: a pipe gives it once, and it stays", "[commands]") {
  Fixture fixture;
  const auto before = fixture.live().snapshot();
  fixture.remove();
  REQUIRE(::mkfifo(fixture.path().c_str(), 0600) == 0);
  fixture.refresh();
  const Result<void> failed = fixture.reload();
  REQUIRE_FALSE(failed.has_value());
  CHECK(has(failed.error().text, "was read from a pipe, which gives it once"));
  CHECK(fixture.live().snapshot() == before);
  CHECK(fixture.counters().config_reload_failure == 0);
}
