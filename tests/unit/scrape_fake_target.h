#pragma once

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "scrape/connector.h"
#include "scrape/source.h"
#include "values.h"

namespace jmxbridge {

inline ObjectName name_of(std::string_view text) { return *ObjectName::parse(text); }

/// Keeps composites and tables for as long as it lives.
class ValueStore {
 public:
  Value composite(std::string_view description,
                  std::vector<std::pair<std::string_view, Value>> items) {
    CompositeValue& made = composites_.emplace_back();
    std::vector<std::string_view>& names = names_.emplace_back();
    std::vector<Value>& values = values_.emplace_back();
    for (const auto& [name, value] : items) {
      names.push_back(name);
      values.push_back(value);
    }
    made.description = description;
    made.names = names;
    made.values = values;
    Value value;
    value.kind = ValueKind::kComposite;
    value.composite = &made;
    return value;
  }

  Value table(std::vector<std::string_view> index, std::vector<Value> rows) {
    TabularValue& made = tables_.emplace_back();
    std::vector<const CompositeValue*>& list = rows_.emplace_back();
    for (const Value& row : rows) list.push_back(row.composite);
    made.row_description = "row";
    made.index_names = names_.emplace_back(std::move(index));
    made.rows = list;
    Value value;
    value.kind = ValueKind::kTabular;
    value.tabular = &made;
    return value;
  }

 private:
  std::deque<CompositeValue> composites_;
  std::deque<TabularValue> tables_;
  std::deque<std::vector<std::string_view>> names_;
  std::deque<std::vector<Value>> values_;
  std::deque<std::vector<const CompositeValue*>> rows_;
};

/// A JMX server in memory, which logs what it is asked. Its attributes have the type `long` unless
/// they are declared otherwise.
struct FakeServer {
  struct Bean {
    MBeanInfo info;
    std::map<std::string, Value> values;
  };

  void add(std::string_view name, std::vector<std::pair<std::string, Value>> attributes) {
    Bean bean;
    bean.info.class_name = "org.example.Bean";
    bean.info.immutable = true;
    for (auto& [attribute, value] : attributes) {
      const char* type = value.kind == ValueKind::kString    ? "java.lang.String"
                         : value.kind == ValueKind::kInteger ? "long"
                                                             : "java.lang.Object";
      bean.info.attributes.push_back({attribute, type, "Attribute exposed", true});
      bean.values[attribute] = value;
    }
    const ObjectName key = name_of(name);
    if (beans.erase(key) > 0) changes.push_back({false, key});
    beans.emplace(key, std::move(bean));
    changes.push_back({true, key});
  }
  void remove(std::string_view name) {
    beans.erase(name_of(name));
    changes.push_back({false, name_of(name)});
  }
  Value& value(std::string_view name, const std::string& attribute) {
    return beans.at(name_of(name)).values[attribute];
  }

  std::map<ObjectName, Bean> beans;
  std::vector<Change> changes;
  std::vector<std::string> log;
  ValueStore store;

  bool refuses = false;
  std::optional<TlsSettings> asked_tls;  ///< at the last open
  bool listening = true;
  bool session_lost = false;  ///< the next call fails with kSession, once
  bool frozen = false;        ///< answers nothing until the deadline
  bool opening = false;       ///< no session is open before the deadline
  std::set<ObjectName> blocked;
  std::set<ObjectName> undecodable;  ///< for another lane
  std::chrono::milliseconds fetch_time{0};
  void (*on_changes)() = nullptr;             ///< called when changes are asked for
  void (*around_fill)(bool begin) = nullptr;  ///< called around what a fetch hands over
};

class FakeSource : public Source {
 public:
  explicit FakeSource(FakeServer& server) : server_(server) {}

  asio::awaitable<Result<Changes>> changes(Deadline deadline) override {
    server_.log.push_back("changes");
    Result<void> ready = co_await answer(deadline);
    if (!ready) co_return fail(ready.error());
    Changes out;
    out.listening = server_.listening;
    if (server_.on_changes != nullptr) server_.on_changes();
    out.unknown = !std::exchange(called_, true) || !server_.listening;
    std::vector<Change> list = std::exchange(server_.changes, {});
    if (!out.unknown) out.list = std::move(list);
    co_return out;
  }

  asio::awaitable<Result<std::vector<ObjectName>>> query(const ObjectName& pattern,
                                                         Deadline deadline) override {
    server_.log.push_back("query " + std::string(pattern.text()));
    Result<void> ready = co_await answer(deadline);
    if (!ready) co_return fail(ready.error());
    std::vector<ObjectName> out;
    for (const auto& [name, bean] : server_.beans) {
      if (pattern.matches(name)) out.push_back(name);
    }
    co_return out;
  }

  asio::awaitable<Result<void>> describe(std::span<const ObjectName> names, DescribeSink& sink,
                                         Deadline deadline) override {
    server_.log.push_back("describe " + std::to_string(names.size()));
    Result<void> ready = co_await answer(deadline);
    for (std::uint32_t i = 0; i < names.size(); ++i) {
      const auto it = server_.beans.find(names[i]);
      if (!ready) {
        sink.failed(i, BeanOutcome::kUnanswered, "");
      } else if (it == server_.beans.end()) {
        sink.failed(i, BeanOutcome::kGone, "");
      } else if (server_.undecodable.contains(names[i])) {
        sink.failed(i, BeanOutcome::kOtherLane, "it cannot be decoded");
      } else {
        told_[names[i]] = it->second.info;
        sink.info(i, it->second.info);
      }
    }
    co_return ready;
  }

  asio::awaitable<Result<void>> fetch(std::shared_ptr<const ReadList> reads, FetchSink& sink,
                                      Deadline deadline) override {
    server_.log.push_back("fetch " + std::to_string(reads->size()));
    Result<void> ready = co_await answer(deadline);
    if (ready && server_.fetch_time.count() > 0) {
      ready = co_await pause(std::min(deadline, now() + server_.fetch_time), deadline);
    }
    if (server_.around_fill != nullptr) server_.around_fill(true);
    bool is_blocked = false;
    for (std::uint32_t i = 0; i < reads->size(); ++i) {
      const BeanRead& read = (*reads)[i];
      if (!ready) {
        sink.done(i, BeanOutcome::kUnanswered, "");
      } else if (server_.blocked.contains(read.name)) {
        is_blocked = true;
        sink.done(i, BeanOutcome::kBlocked, "");
      } else if (server_.undecodable.contains(read.name)) {
        sink.done(i, BeanOutcome::kOtherLane, "it cannot be decoded");
      } else {
        answer_bean(i, read, sink);
      }
    }
    if (server_.around_fill != nullptr) server_.around_fill(false);
    if (ready && is_blocked) {
      static_cast<void>(co_await pause(deadline, deadline));
      co_return fail(aborted_ ? ErrorKind::kAborted : ErrorKind::kDeadline, "blocked");
    }
    co_return ready;
  }

  void abort() override {
    aborted_ = true;
    if (timer_ != nullptr) timer_->cancel();
  }

 private:
  static Deadline now() { return std::chrono::steady_clock::now(); }

  void answer_bean(std::uint32_t i, const BeanRead& read, FetchSink& sink) {
    const auto it = server_.beans.find(read.name);
    if (it == server_.beans.end()) {
      sink.done(i, BeanOutcome::kGone, "");
      return;
    }
    if (read.watch_info && told_[read.name] != it->second.info) {
      told_[read.name] = it->second.info;
      sink.info(i, it->second.info);
    }
    for (std::uint32_t a = 0; a < read.attributes.size(); ++a) {
      const auto value = it->second.values.find(read.attributes[a]);
      if (value == it->second.values.end()) {
        sink.lost(i, a, AttributeLoss::kThrew, "");
      } else {
        sink.value(i, a, value->second);
      }
    }
    sink.done(i, BeanOutcome::kRead, "");
  }

  asio::awaitable<Result<void>> answer(Deadline deadline) {
    aborted_ = false;
    if (std::exchange(server_.session_lost, false)) {
      co_return fail(ErrorKind::kSession, "The session is gone.");
    }
    if (!server_.frozen) co_return Result<void>();
    static_cast<void>(co_await pause(deadline, deadline));
    co_return fail(ErrorKind::kDeadline, "The target does not answer.");
  }

  asio::awaitable<Result<void>> pause(Deadline until, Deadline deadline) {
    asio::steady_timer timer(co_await asio::this_coro::executor, until);
    timer_ = &timer;
    boost::system::error_code ignored;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    timer_ = nullptr;
    if (until < deadline) co_return Result<void>();
    co_return fail(ErrorKind::kDeadline, "The target does not answer.");
  }

  FakeServer& server_;
  bool called_ = false;
  bool aborted_ = false;
  asio::steady_timer* timer_ = nullptr;
  std::map<ObjectName, MBeanInfo> told_;
};

class FakeConnector : public Connector {
 public:
  explicit FakeConnector(FakeServer& server) : server_(server) {}

  asio::awaitable<Result<Session>> open(const Endpoint& endpoint, Deadline deadline) override {
    server_.log.push_back("open " + endpoint.url);
    if (server_.opening) {
      asio::steady_timer timer(co_await asio::this_coro::executor, deadline);
      co_await timer.async_wait(asio::use_awaitable);
    }
    server_.asked_tls = endpoint.tls;
    if (server_.refuses) co_return fail("Nothing listens there: start the target.");
    server_.changes.clear();
    Session session;
    session.portable = std::make_unique<FakeSource>(server_);
    co_return session;
  }

 private:
  FakeServer& server_;
};

}  // namespace jmxbridge
