#include "scrape/reader.h"

#include <algorithm>
#include <span>
#include <utility>

#include "base/log.h"
#include "config/jmx_url.h"

namespace jmxbridge {
namespace {

using Clock = std::chrono::steady_clock;

/// Between two looks at the clock while beans are planned.
constexpr std::size_t kBeansBetweenLooks = 64;

/// Adds the time of its life to one phase.
class PhaseTimer {
 public:
  PhaseTimer(ReadReport& report, Phase phase)
      : seconds_(report.phase_seconds[static_cast<std::size_t>(phase)]), start_(Clock::now()) {}
  ~PhaseTimer() { seconds_ += std::chrono::duration<double>(Clock::now() - start_).count(); }
  PhaseTimer(const PhaseTimer&) = delete;
  PhaseTimer& operator=(const PhaseTimer&) = delete;

 private:
  double& seconds_;
  Clock::time_point start_;
};

/// Takes descriptions into the inventory. Every bean is missing in the report until it is
/// described.
class InventorySink : public DescribeSink {
 public:
  InventorySink(Inventory& inventory, const std::vector<ObjectName>& names, ReadReport& report)
      : inventory_(inventory), names_(names), report_(report) {
    report_.beans_missing += static_cast<std::uint32_t>(names_.size());
  }

  void info(std::uint32_t bean, MBeanInfo info) override {
    --report_.beans_missing;
    inventory_.describe(names_[bean], std::move(info));
  }
  void failed(std::uint32_t bean, BeanOutcome outcome, std::string_view detail) override {
    if (outcome == BeanOutcome::kGone) inventory_.remove(names_[bean]);
    if (outcome == BeanOutcome::kBlocked) blocked.push_back(names_[bean]);
    if (outcome != BeanOutcome::kUnanswered && outcome != BeanOutcome::kBlocked) {
      --report_.beans_missing;
    }
    if (outcome != BeanOutcome::kFailed && outcome != BeanOutcome::kOtherLane) return;
    const std::string name = printable(names_[bean].text());
    log::debug("{} cannot be described: {}", name, printable(detail));
    if (broken.empty()) {
      broken = name + " cannot be described and is left out: " + printable(detail) +
               ". Exclude it with excludeObjectNames if that is as it should be.";
    }
  }

  std::vector<ObjectName> blocked;
  std::string broken;

 private:
  Inventory& inventory_;
  const std::vector<ObjectName>& names_;
  ReadReport& report_;
};

/// Takes values into the plan and notes which beans need more. Every bean of the list is missing in
/// the report until it has answered.
class PlanSink : public FetchSink {
 public:
  PlanSink(Plan& plan, const Reads& reads, ReadReport& report)
      : plan_(plan), reads_(reads), report_(report) {
    report_.beans_missing += static_cast<std::uint32_t>(reads_.list->size());
  }

  void value(std::uint32_t bean, std::uint32_t attribute, const Value& value) override {
    plan_.value(reads_.beans[bean], attribute, value);
  }
  void lost(std::uint32_t bean, std::uint32_t attribute, AttributeLoss why,
            std::string_view detail) override {
    if (why != AttributeLoss::kMalformed && why != AttributeLoss::kLimit) return;
    if (broken.empty()) {
      const BeanRead& read = (*reads_.list)[bean];
      broken = "Attribute " + printable(read.attributes[attribute]) + " of " +
               printable(read.name.text()) + " cannot be read: " + printable(detail);
    }
  }
  void info(std::uint32_t bean, MBeanInfo info) override {
    infos.emplace_back((*reads_.list)[bean].name, std::move(info));
  }
  void done(std::uint32_t bean, BeanOutcome outcome, std::string_view detail) override {
    const ObjectName& name = (*reads_.list)[bean].name;
    switch (outcome) {
      case BeanOutcome::kRead:
        --report_.beans_missing;
        if (plan_.finish_bean(reads_.beans[bean])) again.push_back(name);
        return;
      case BeanOutcome::kOtherLane:
        if (broken.empty()) {
          broken = printable(name.text()) + " cannot be read by the fast lane (" +
                   printable(detail) + "): leave --lane out to read it through the JVM.";
        }
        [[fallthrough]];
      case BeanOutcome::kFailed:
        log::debug("{} cannot be read: {}", printable(name.text()), printable(detail));
        [[fallthrough]];
      case BeanOutcome::kGone:
        --report_.beans_missing;
        plan_.finish_without_values(reads_.beans[bean]);
        return;
      case BeanOutcome::kBlocked:
        blocked.push_back(name);
        return;
      case BeanOutcome::kUnanswered:
        return;
    }
  }

  std::vector<std::pair<ObjectName, MBeanInfo>> infos;
  std::vector<ObjectName> again;
  std::vector<ObjectName> blocked;
  std::string broken;

 private:
  Plan& plan_;
  const Reads& reads_;
  ReadReport& report_;
};

/// Takes in one description, and notes whether there is an answer at all.
class LateInfoSink : public DescribeSink {
 public:
  LateInfoSink(Inventory& inventory, const ObjectName& name) : inventory_(inventory), name_(name) {}

  void info(std::uint32_t, MBeanInfo info) override {
    inventory_.describe(name_, std::move(info));
    answered = true;
  }
  void failed(std::uint32_t, BeanOutcome outcome, std::string_view) override {
    answered = outcome != BeanOutcome::kUnanswered && outcome != BeanOutcome::kBlocked;
  }

  bool answered = false;

 private:
  Inventory& inventory_;
  const ObjectName& name_;
};

/// Takes in no value, and notes whether there is an answer at all.
class LateValueSink : public FetchSink {
 public:
  void value(std::uint32_t, std::uint32_t, const Value&) override {}
  void lost(std::uint32_t, std::uint32_t, AttributeLoss, std::string_view) override {}
  void info(std::uint32_t, MBeanInfo) override {}
  void done(std::uint32_t, BeanOutcome outcome, std::string_view) override {
    answered = outcome != BeanOutcome::kUnanswered && outcome != BeanOutcome::kBlocked;
  }

  bool answered = false;
};

bool is_lost_session(const Result<void>& result) {
  return !result && result.error().kind == ErrorKind::kSession;
}

}  // namespace

Reader::Reader(Connector& connector, Endpoint endpoint, const LaneSettings& lanes,
               const Limits& limits)
    : connector_(connector), endpoint_(std::move(endpoint)), lanes_(lanes), limits_(limits) {}

asio::awaitable<void> Reader::read(Plan& plan, Deadline deadline, ReadReport& report) {
  // A session that was kept may have died since the last scrape; one that was opened just now and
  // is lost again is not worth a third try.
  for (bool last_try = false;; last_try = true) {
    if (!source_) {
      last_try = true;
      PhaseTimer timer(report, Phase::kConnect);
      Result<void> opened = co_await open(deadline);
      if (!opened) {
        report.failed = true;
        report.error = std::move(opened.error().text);
        co_return;
      }
    }
    Result<void> result = co_await read_session(plan, deadline, report);
    if (is_lost_session(result)) source_.reset();
    if (result || !is_lost_session(result) || last_try) {
      if (!result) {
        report.failed = true;
        report.error = std::move(result.error().text);
      }
      co_return;
    }
  }
}

asio::awaitable<Result<void>> Reader::open(Deadline deadline) {
  Result<Session> session = co_await connector_.open(endpoint_, deadline);
  if (!session) co_return fail(std::move(session.error()));
  warn_of_clear_password(*session);
  source_ = std::make_unique<Lanes>(std::move(*session), lanes_, endpoint_.dial);
  known_ = false;
  listening_ = true;
  ++sessions_opened_;
  co_return Result<void>();
}

/// Of a configuration without `ssl` its loader says so; here the target's stub has led elsewhere
/// than the configuration wants.
void Reader::warn_of_clear_password(const Session& session) {
  const bool is_plain = session.wire && session.wire->socket == WireAddress::Socket::kPlain;
  if (!is_plain || !endpoint_.login || !endpoint_.tls || warned_of_clear_password_) return;
  if (is_loopback_host(session.wire->host)) return;
  warned_of_clear_password_ = true;
  log::warn(
      "The password went over the network in clear although ssl is on: the stub of the target "
      "leads to {} without TLS; start the target with -Dcom.sun.management.jmxremote.ssl=true",
      printable(session.wire->host));
}

asio::awaitable<Result<void>> Reader::read_session(Plan& plan, Deadline deadline,
                                                   ReadReport& report) {
  report.up = false;
  // Until the end it is not whole: who leaves before that must see so.
  report.failed = true;
  report.beans_missing = 0;
  {
    PhaseTimer timer(report, Phase::kDiscover);
    Result<void> discovered = co_await discover(plan, deadline);
    if (!discovered) co_return discovered;
  }
  report.up = true;
  {
    PhaseTimer timer(report, Phase::kDescribe);
    Result<void> described = co_await describe(plan, deadline, report);
    if (is_lost_session(described)) co_return described;
  }
  PhaseTimer timer(report, Phase::kRead);
  co_return co_await fetch(plan, deadline, report);
}

asio::awaitable<Result<void>> Reader::discover(const Plan& plan, Deadline deadline) {
  Result<Changes> changes = co_await source_->changes(deadline);
  if (!changes) co_return fail(std::move(changes.error()));
  listening_ = changes->listening;
  const bool cannot_tell = !changes->list.empty() && !plan.selection().is_local();
  const bool other_scope = std::exchange(scope_changed_, false);
  if (!known_ || changes->unknown || cannot_tell || over_limit_ || other_scope) {
    const bool describe_all = !known_ || (changes->unknown && listening_) || cannot_tell;
    co_return co_await query_all(plan, describe_all, deadline);
  }
  for (const Change& change : changes->list) {
    if (!change.registered) {
      inventory_.remove(change.name);
    } else if (plan.selection().takes(change.name)) {
      inventory_.add(change.name);
    }
  }
  co_return Result<void>();
}

asio::awaitable<Result<void>> Reader::query_all(const Plan& plan, bool describe_all,
                                                Deadline deadline) {
  std::vector<ObjectName> names;
  for (const ObjectName& pattern : plan.selection().queries()) {
    Result<std::vector<ObjectName>> found = co_await source_->query(pattern, deadline);
    if (!found) co_return fail(std::move(found.error()));
    for (ObjectName& name : *found) {
      if (plan.selection().takes(name)) names.push_back(std::move(name));
    }
  }
  std::set<ObjectName> excluded;
  for (const ObjectName& pattern : plan.selection().remote_excludes()) {
    Result<std::vector<ObjectName>> found = co_await source_->query(pattern, deadline);
    if (!found) co_return fail(std::move(found.error()));
    excluded.insert(found->begin(), found->end());
  }
  std::erase_if(names, [&](const ObjectName& name) { return excluded.contains(name); });
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  over_limit_ = names.size() > limits_.beans;
  if (over_limit_) names.erase(names.begin() + limits_.beans, names.end());
  inventory_.replace(names, describe_all);
  known_ = true;
  co_return Result<void>();
}

asio::awaitable<Result<void>> Reader::describe(Plan& plan, Deadline deadline, ReadReport& report) {
  std::vector<ObjectName> names;
  if (inventory_.stale() > 0) {
    for (const auto& [name, bean] : inventory_.beans()) {
      if (bean.stale && !set_aside_.names().contains(name)) names.push_back(name);
    }
  }
  Result<void> described;
  undescribed_.clear();
  if (!names.empty()) {
    // What is known already is read in any case, whatever becomes of the new.
    const Clock::time_point now = Clock::now();
    const Deadline until = plan.beans().empty() ? deadline : now + (deadline - now) / 2;
    InventorySink sink(inventory_, names, report);
    described = co_await source_->describe(names, sink, until);
    put_aside(sink.blocked);
    undescribed_ = std::move(sink.broken);
  }
  update_plan(plan, deadline);
  co_return described;
}

asio::awaitable<Result<void>> Reader::fetch(Plan& plan, Deadline deadline, ReadReport& report) {
  const std::shared_ptr<const Reads> reads = plan.reads(set_aside_.names(), !listening_);
  PlanSink sink(plan, *reads, report);
  Result<void> fetched;
  if (!reads->list->empty()) fetched = co_await source_->fetch(reads->list, sink, deadline);

  put_aside(sink.blocked);
  std::vector<ObjectName> again = std::move(sink.again);
  for (auto& [name, info] : sink.infos) {
    inventory_.describe(name, std::move(info));
    again.push_back(name);
  }
  if (!sink.infos.empty()) update_plan(plan, deadline);
  if (fetched && !again.empty()) {
    fetched = co_await fetch_again(plan, std::move(again), deadline, report);
  }

  report.beans_missing += static_cast<std::uint32_t>(pending_.size());
  report.complete = fetched.has_value() && report.beans_missing == 0;
  report.failed = !report.complete || !set_aside_.names().empty() || over_limit_ ||
                  !sink.broken.empty() || !undescribed_.empty();
  if (!undescribed_.empty()) report.error = undescribed_;
  if (!sink.broken.empty()) report.error = std::move(sink.broken);
  if (over_limit_) {
    report.error = "The target has more than " + std::to_string(limits_.beans) +
                   " MBeans; the rest is left out. Narrow includeObjectNames.";
  }
  if (report.beans_missing > 0) {
    report.error = std::to_string(report.beans_missing) +
                   " MBeans did not answer before the deadline. Raise Prometheus' scrape_timeout, "
                   "or narrow includeObjectNames.";
  }
  // Beans that are missing at the deadline are reported as such; only a lost session is an error.
  if (!fetched && fetched.error().kind != ErrorKind::kSession) co_return Result<void>();
  co_return fetched;
}

asio::awaitable<Result<void>> Reader::fetch_again(Plan& plan, std::vector<ObjectName> names,
                                                  Deadline deadline, ReadReport& report) {
  const Reads reads = plan.reads_of(names);
  if (reads.list->empty()) co_return Result<void>();
  PlanSink sink(plan, reads, report);
  Result<void> fetched = co_await source_->fetch(reads.list, sink, deadline);
  co_return fetched;
}

void Reader::put_aside(const std::vector<ObjectName>& names) {
  for (const ObjectName& name : names) {
    log::warn(
        "{} does not answer and is set aside: it is asked again in the background. Exclude it "
        "with excludeObjectNames if that is as it should be.",
        printable(name.text()));
    set_aside_.put(name, Clock::now());
  }
}

/// Brings the plan up to the inventory; what the deadline leaves undone is done in the next scrape.
void Reader::update_plan(Plan& plan, Deadline deadline) {
  std::vector<ObjectName> changed = inventory_.take_changed();
  if (std::exchange(plan_is_new_, false)) {
    pending_.clear();
    changed.clear();
    for (const auto& [name, bean] : inventory_.beans()) changed.push_back(name);
    // One that was made ahead may have what is gone since.
    for (const auto& [name, bean] : plan.beans()) {
      if (inventory_.find(name) == nullptr) changed.push_back(name);
    }
  }
  pending_.insert(pending_.end(), changed.begin(), changed.end());
  std::size_t done = 0;
  for (; done < pending_.size(); ++done) {
    if (done % kBeansBetweenLooks == 0 && Clock::now() >= deadline) break;
    const ObjectName& name = pending_[done];
    const Inventory::Bean* bean = inventory_.find(name);
    if (bean == nullptr || !plan.selection().takes(name)) {
      plan.remove(name);
      set_aside_.remove(name);
    } else if (bean->info) {
      plan.put(name, bean->info);
    }
  }
  pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(done));
  if (pending_.empty()) pending_.shrink_to_fit();
}

asio::awaitable<void> Reader::retry_set_aside(Plan& plan, std::chrono::milliseconds each) {
  for (const ObjectName& name : set_aside_.due(Clock::now())) {
    if (!source_) co_return;
    const Reads reads = plan.reads_of({name});
    Result<void> asked;
    bool answered = false;
    if (const Inventory::Bean* bean = inventory_.find(name); bean != nullptr && bean->stale) {
      LateInfoSink sink(inventory_, name);
      const std::span<const ObjectName> one(&name, 1);
      asked = co_await source_->describe(one, sink, Clock::now() + each);
      answered = sink.answered;
    } else if (!reads.list->empty()) {
      LateValueSink sink;
      asked = co_await source_->fetch(reads.list, sink, Clock::now() + each);
      answered = sink.answered;
    } else {
      answered = true;
    }
    if (!asked && asked.error().kind == ErrorKind::kAborted) co_return;
    if (is_lost_session(asked)) {
      source_.reset();
      co_return;
    }
    if (answered) {
      log::info("{} answers again and is asked as before.", printable(name.text()));
      set_aside_.remove(name);
    } else {
      set_aside_.put(name, Clock::now());
    }
  }
}

void Reader::forget_plan(bool scope_changed) {
  plan_is_new_ = true;
  scope_changed_ = scope_changed_ || scope_changed;
}

void Reader::abort() {
  if (source_) source_->abort();
}

void Reader::close() { source_.reset(); }

}  // namespace jmxbridge
