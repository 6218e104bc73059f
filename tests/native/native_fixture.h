#pragma once

#include <sys/types.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdint>
#include <exception>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "free_port.h"
#include "jni/jvm_connector.h"
#include "jrmp/jrmp_lane.h"
#include "jrmp/lane_times.h"
#include "scrape/connector.h"

namespace jmxbridge::test {

/// The one embedded JVM of this process, started at the first call.
JavaVm& embedded_java();
/// Calls a static method without arguments in it; fails the test if that throws.
void call_java(const char* type, const char* method);
/// A connector of that JVM.
JvmConnector& connector();

/// The JDKs that targets must be read alike from, by their launchers: what one writes may differ.
/// JDK 25 is looked for once; where there is none a line says so, or, if JMXBRIDGE_REQUIRE names
/// it, the test fails.
const std::vector<std::string>& launchers();

/// A JVM of its own with the MutableTarget in it, served over JMX on loopback; dies with this.
class TargetJvm {
 public:
  struct Options {
    std::vector<std::string> flags;     ///< after the usual ones, which they override
    std::vector<std::string> commands;  ///< for the MutableTarget, before it is ready
    std::string java = TARGET_JAVA;
    std::uint16_t port = 0;  ///< 0: any
  };

  TargetJvm() : TargetJvm(Options{}) {}
  explicit TargetJvm(const Options& options);
  ~TargetJvm();
  TargetJvm(const TargetJvm&) = delete;
  TargetJvm& operator=(const TargetJvm&) = delete;

  std::uint16_t port() const { return port_; }
  /// Has the target do something and returns its answer without `ok `.
  std::string command(const std::string& line);
  void freeze();
  void thaw();
  void kill();

 private:
  std::string read_line();

  std::uint16_t port_;
  pid_t pid_ = -1;
  int in_ = -1;
  int out_ = -1;
  std::string unread_;
};

/// A port that accepts and answers each connection with fixed bytes after it has sent something.
class PlainServer {
 public:
  explicit PlainServer(std::string answer);
  ~PlainServer();
  PlainServer(const PlainServer&) = delete;
  PlainServer& operator=(const PlainServer&) = delete;

  std::uint16_t port() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Lets loopback through and counts what it was asked.
Dial loopback_dial(std::shared_ptr<std::vector<std::string>> asked = nullptr);

Endpoint endpoint_of(std::uint16_t port);

/// The limit of what must succeed: long enough for a machine that is busy with other things.
constexpr std::chrono::seconds kPatience{60};

inline Deadline in(std::chrono::milliseconds time) {
  return std::chrono::steady_clock::now() + time;
}

/// Waits for what is not awaited by itself, such as the end of a thread or of a connection.
template <class Condition>
bool eventually(Condition condition) {
  const Deadline end = in(kPatience);
  while (!condition() && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return condition();
}

/// Puts what a coroutine gives into `to`.
template <class T>
asio::awaitable<void> store(asio::awaitable<T> work, std::optional<T>& to) {
  to.emplace(co_await std::move(work));
}

/// Where all coroutines of the tests run: what a source keeps between two calls, as sockets and
/// timers, stays here.
asio::io_context& test_context();

/// Runs a coroutine to its end and returns what it gives.
template <class T>
T wait_for(asio::awaitable<T> work) {
  asio::io_context& context = test_context();
  std::optional<T> result;
  std::exception_ptr thrown;
  bool ended = false;
  asio::co_spawn(context, store(std::move(work), result), [&](std::exception_ptr failure) {
    thrown = failure;
    ended = true;
  });
  context.restart();
  while (!ended) context.run_one();
  if (thrown) std::rethrow_exception(thrown);
  return std::move(*result);
}

/// What a fetch brought, as text: `bean.attribute` to value, and how each bean ended.
class RecordingSink : public FetchSink {
 public:
  explicit RecordingSink(const ReadList& reads) : reads_(reads) {}

  void value(std::uint32_t bean, std::uint32_t attribute, const Value& value) override;
  void lost(std::uint32_t bean, std::uint32_t attribute, AttributeLoss why,
            std::string_view detail) override;
  void info(std::uint32_t bean, MBeanInfo info) override;
  void done(std::uint32_t bean, BeanOutcome outcome, std::string_view detail) override;

  std::map<std::string, std::string> values;
  std::map<std::string, AttributeLoss> losses;
  std::map<std::string, std::string> loss_details;
  std::map<std::uint32_t, MBeanInfo> infos;
  std::map<std::uint32_t, BeanOutcome> outcomes;
  std::map<std::uint32_t, std::string> details;
  std::uint32_t told_twice = 0;

 private:
  std::string key(std::uint32_t bean, std::uint32_t attribute) const;

  const ReadList& reads_;
};

class RecordingDescribeSink : public DescribeSink {
 public:
  void info(std::uint32_t bean, MBeanInfo info) override { infos[bean] = std::move(info); }
  void failed(std::uint32_t bean, BeanOutcome outcome, std::string_view detail) override {
    failures[bean] = outcome;
    details[bean] = detail;
  }

  std::map<std::uint32_t, MBeanInfo> infos;
  std::map<std::uint32_t, BeanOutcome> failures;
  std::map<std::uint32_t, std::string> details;
};

/// Opens a session; fails the test if that does not work.
Session open_session(std::uint16_t port, JvmConnector& with = connector());

/// The lanes that a test is run over.
enum class TestLane : std::uint8_t { kPortable, kFast };

/// A session, and the lane that reads it in this test.
struct LaneSession {
  std::unique_ptr<JvmConnector> connector;
  Session session;
  std::unique_ptr<JrmpLane> wire;
  std::unique_ptr<Source> fast;
  Source& source() { return fast ? *fast : *session.portable; }
};
LaneSession open_lane(TestLane lane, std::uint16_t port, const LaneTimes& times = {});
/// The one fast lane of all tests that need no other times.
JrmpLane& fast_lane();
/// A source of the fast lane, on loopback; fails the test if there is none.
std::unique_ptr<Source> make_fast(const WireAddress& wire, const TlsMaterial* tls = nullptr,
                                  JrmpLane& lane = fast_lane());
/// The text of the error that opening gives; fails the test if it works.
Error open_error(const Endpoint& endpoint, std::chrono::milliseconds time);

ObjectName name(std::string_view text);
BeanRead read_of(std::string_view name, std::vector<std::string> attributes, bool watch = false);
std::shared_ptr<const ReadList> reads_of(std::vector<BeanRead> reads);

}  // namespace jmxbridge::test
