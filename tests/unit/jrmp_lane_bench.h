#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>
#include <chrono>
#include <cstdint>
#include <exception>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "jrmp/jrmp_lane.h"
#include "jrmp_fake_server.h"

namespace jmxbridge::test {

/// A source of the fast lane on a fake server, on the test's own thread.
class LaneBench {
 public:
  explicit LaneBench(FakeServer& server, const Limits& limits = {}, const LaneTimes& times = {},
                     const TlsMaterial* tls = nullptr, const std::string& host = "target.test")
      : lane_(limits, times), source_(make(server.port(), tls, host)) {}

  /// Another source of the same lane.
  std::unique_ptr<Source> make(std::uint16_t port, const TlsMaterial* tls,
                               const std::string& host) {
    WireAddress address;
    address.host = host;
    address.port = port;
    address.object_id.fill(7);
    if (tls != nullptr) address.socket = WireAddress::Socket::kTls;
    return *lane_.make(address, tls, [](const std::string&, std::uint16_t) {
      return Result<std::vector<std::string>>(std::vector<std::string>{"127.0.0.1"});
    });
  }

  Source& source() { return *source_; }
  asio::io_context& context() { return context_; }

  template <class T>
  T wait_for(asio::awaitable<T> work) {
    std::optional<T> result;
    std::exception_ptr thrown;
    asio::co_spawn(context_, store(std::move(work), result), [&](std::exception_ptr failure) {
      thrown = failure;
      context_.stop();
    });
    // In one go, so that the thread keeps what Asio keeps for it.
    context_.restart();
    context_.run();
    if (thrown) std::rethrow_exception(thrown);
    return std::move(*result);
  }

 private:
  template <class T>
  static asio::awaitable<void> store(asio::awaitable<T> work, std::optional<T>& to) {
    to.emplace(co_await std::move(work));
  }

  JrmpLane lane_;
  asio::io_context context_;
  std::unique_ptr<Source> source_;
};

/// What a fetch brought, as lines: `NAME.ATTRIBUTE=NUMBER`, `NAME.ATTRIBUTE!LOSS`, `NAME: OUTCOME`.
class LineSink : public FetchSink {
 public:
  explicit LineSink(const ReadList& reads) : reads_(reads) {}

  void value(std::uint32_t bean, std::uint32_t attribute, const Value& value) override {
    values[key(bean, attribute)] = value.integer;
  }
  void lost(std::uint32_t bean, std::uint32_t attribute, AttributeLoss why,
            std::string_view detail) override {
    losses[key(bean, attribute)] = why;
    details[key(bean, attribute)] = detail;
  }
  void info(std::uint32_t bean, MBeanInfo) override { infos.push_back(bean); }
  void done(std::uint32_t bean, BeanOutcome outcome, std::string_view) override {
    if (outcomes.size() < reads_.size()) outcomes.resize(reads_.size());
    told_twice += outcomes[bean].has_value() ? 1 : 0;
    outcomes[bean] = outcome;
  }

  std::size_t count(BeanOutcome outcome) const {
    std::size_t found = 0;
    for (const auto& one : outcomes) found += one == outcome ? 1 : 0;
    return found;
  }

  std::map<std::string, std::int64_t> values;
  std::map<std::string, AttributeLoss> losses;
  std::map<std::string, std::string> details;
  std::vector<std::uint32_t> infos;
  std::vector<std::optional<BeanOutcome>> outcomes;
  int told_twice = 0;

 private:
  std::string key(std::uint32_t bean, std::uint32_t attribute) const {
    return std::string(reads_[bean].name.text()) + "." + reads_[bean].attributes[attribute];
  }

  const ReadList& reads_;
};

inline ObjectName name(std::string_view text) { return *ObjectName::parse(text); }

/// `count` beans d:n=0, d:n=1, … with these attributes.
inline std::shared_ptr<const ReadList> beans(int count, const std::vector<std::string>& attributes,
                                             bool watch = false) {
  ReadList list;
  for (int i = 0; i < count; ++i) {
    list.push_back({name("d:n=" + std::to_string(i)), attributes, watch});
  }
  return std::make_shared<const ReadList>(std::move(list));
}

/// One fetch that must succeed, and tell of each bean once.
inline LineSink fetch(LaneBench& bench, const std::shared_ptr<const ReadList>& reads,
                      std::chrono::milliseconds time = kPatience) {
  LineSink sink(*reads);
  const Result<void> fetched = bench.wait_for(bench.source().fetch(reads, sink, in(time)));
  INFO((fetched ? std::string() : fetched.error().text));
  REQUIRE(fetched.has_value());
  CHECK(sink.told_twice == 0);
  CHECK(sink.outcomes.size() == reads->size());
  return sink;
}

}  // namespace jmxbridge::test
