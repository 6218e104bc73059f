#include "scrape/lanes.h"

#include <algorithm>
#include <utility>

#include "base/log.h"

namespace jmxbridge {
namespace {

/// Hands on what the fast lane brings, with the positions of the whole list, and keeps back the
/// beans that are for the other lane.
class PartSink : public FetchSink {
 public:
  PartSink(FetchSink& sink, const std::vector<std::uint32_t>* positions, bool keeps_back)
      : sink_(sink), positions_(positions), keeps_back_(keeps_back) {}

  void value(std::uint32_t bean, std::uint32_t attribute, const Value& value) override {
    sink_.value(at(bean), attribute, value);
  }
  void lost(std::uint32_t bean, std::uint32_t attribute, AttributeLoss why,
            std::string_view detail) override {
    sink_.lost(at(bean), attribute, why, detail);
  }
  void info(std::uint32_t bean, MBeanInfo info) override { sink_.info(at(bean), std::move(info)); }
  void done(std::uint32_t bean, BeanOutcome outcome, std::string_view detail) override {
    if (outcome == BeanOutcome::kOtherLane && keeps_back_) {
      kept_back.push_back(at(bean));
    } else {
      sink_.done(at(bean), outcome, detail);
    }
  }

  std::vector<std::uint32_t> kept_back;

 private:
  std::uint32_t at(std::uint32_t bean) const {
    return positions_ == nullptr ? bean : (*positions_)[bean];
  }

  FetchSink& sink_;
  const std::vector<std::uint32_t>* positions_;
  bool keeps_back_;
};

/// The same for descriptions.
class PartDescribeSink : public DescribeSink {
 public:
  PartDescribeSink(DescribeSink& sink, const std::vector<std::uint32_t>* positions, bool keeps_back)
      : sink_(sink), positions_(positions), keeps_back_(keeps_back) {}

  void info(std::uint32_t bean, MBeanInfo info) override { sink_.info(at(bean), std::move(info)); }
  void failed(std::uint32_t bean, BeanOutcome outcome, std::string_view detail) override {
    if (outcome == BeanOutcome::kOtherLane && keeps_back_) {
      kept_back.push_back(at(bean));
    } else {
      sink_.failed(at(bean), outcome, detail);
    }
  }

  std::vector<std::uint32_t> kept_back;

 private:
  std::uint32_t at(std::uint32_t bean) const {
    return positions_ == nullptr ? bean : (*positions_)[bean];
  }

  DescribeSink& sink_;
  const std::vector<std::uint32_t>* positions_;
  bool keeps_back_;
};

}  // namespace

Lanes::Lanes(Session session, const LaneSettings& settings, const Dial& dial)
    : portable_(std::move(session.portable)),
      longest_rest_(64 * settings.fast_rest),
      rest_(settings.fast_rest),
      choice_(settings.choice) {
  if (settings.wire == nullptr || choice_ == LaneChoice::kPortable) return;
  if (!session.wire) {
    if (session.wire_withheld.empty()) {
      reason_ = "only the JVM can reach it";
    } else {
      leave_fast(std::move(session.wire_withheld));
    }
    return;
  }
  const TlsMaterial* const tls = session.tls ? &*session.tls : nullptr;
  Result<std::unique_ptr<Source>> fast = settings.wire->make(*session.wire, tls, dial);
  if (fast) {
    fast_ = std::move(*fast);
  } else {
    leave_fast(std::move(fast.error().text));
  }
}

void Lanes::leave_fast(std::string reason) {
  resting_ = std::move(fast_);
  try_again_ = std::chrono::steady_clock::now() + rest_;
  rest_ = std::min(2 * rest_, longest_rest_);
  const bool is_news = reason != reason_;
  reason_ = std::move(reason);
  // Where only the fast lane may serve, the scrape's error says it.
  if (choice_ == LaneChoice::kAuto && is_news) {
    log::warn("The JVM reads the target: {}.", printable(reason_));
  }
}

asio::awaitable<Result<Changes>> Lanes::changes(Deadline deadline) {
  if (choice_ == LaneChoice::kFast && !fast_) {
    co_return fail("The fast lane cannot read the target: " + reason_ +
                   "; leave --lane out to read it through the JVM");
  }
  const Deadline now = std::chrono::steady_clock::now();
  const bool is_trial = resting_ && now >= try_again_;
  if (is_trial) fast_ = std::move(resting_);
  if (fast_) {
    // Where the JVM reads well, a trial must leave it the time to.
    const Deadline until = is_trial ? now + (deadline - now) / 4 : deadline;
    Result<Changes> changes = co_await fast_->changes(until);
    if (changes) {
      if (is_trial) log::info("The fast lane reads the target now.");
      reason_.clear();
      is_proven_ = true;
      if (changes->unknown && changes->listening) others_.clear();
      for (const Change& change : changes->list) others_.erase(change.name);
      co_return changes;
    }
    const ErrorKind kind = changes.error().kind;
    const bool was_cut_short = kind == ErrorKind::kDeadline || kind == ErrorKind::kAborted;
    if (is_proven_ || choice_ == LaneChoice::kFast || (was_cut_short && !is_trial)) {
      co_return changes;
    }
    // Whether it is the session that is at fault, the portable lane finds out.
    leave_fast(changes.error().text);
    if (kind == ErrorKind::kAborted) co_return changes;
  }
  co_return co_await portable_->changes(deadline);
}

asio::awaitable<Result<std::vector<ObjectName>>> Lanes::query(const ObjectName& pattern,
                                                              Deadline deadline) {
  co_return co_await main().query(pattern, deadline);
}

asio::awaitable<Result<void>> Lanes::describe(std::span<const ObjectName> names, DescribeSink& sink,
                                              Deadline deadline) {
  if (!fast_) co_return co_await portable_->describe(names, sink, deadline);
  PartDescribeSink part(sink, nullptr, choice_ == LaneChoice::kAuto);
  Result<void> described = co_await fast_->describe(names, part, deadline);
  if (part.kept_back.empty()) co_return described;
  if (!described) {
    for (const std::uint32_t bean : part.kept_back) {
      sink.failed(bean, BeanOutcome::kUnanswered, "it did not answer in time");
    }
    co_return described;
  }
  std::vector<ObjectName> others;
  others.reserve(part.kept_back.size());
  for (const std::uint32_t bean : part.kept_back) others.push_back(names[bean]);
  PartDescribeSink rest(sink, &part.kept_back, /*keeps_back=*/false);
  co_return co_await portable_->describe(others, rest, deadline);
}

asio::awaitable<Result<void>> Lanes::fetch(std::shared_ptr<const ReadList> reads, FetchSink& sink,
                                           Deadline deadline) {
  if (!fast_) co_return co_await portable_->fetch(std::move(reads), sink, deadline);
  split(reads);
  const bool is_whole = !other_part_.reads;
  PartSink part(sink, is_whole ? nullptr : &fast_part_.positions, choice_ == LaneChoice::kAuto);
  Result<void> fetched = co_await fast_->fetch(is_whole ? reads : fast_part_.reads, part, deadline);
  if (!part.kept_back.empty()) {
    for (const std::uint32_t bean : part.kept_back) others_.insert((*reads)[bean].name);
    whole_ = nullptr;
    split(reads);
  }
  if (!other_part_.reads) co_return fetched;
  PartSink rest(sink, &other_part_.positions, /*keeps_back=*/false);
  if (fetched) co_return co_await portable_->fetch(other_part_.reads, rest, deadline);
  for (const std::uint32_t bean : other_part_.positions) {
    sink.done(bean, BeanOutcome::kUnanswered, "nobody got to it in time");
  }
  co_return fetched;
}

void Lanes::split(const std::shared_ptr<const ReadList>& reads) {
  if (whole_ == reads) return;
  whole_ = reads;
  fast_part_ = {};
  other_part_ = {};
  if (others_.empty()) return;
  std::vector<std::uint32_t> fast;
  std::vector<std::uint32_t> other;
  for (std::uint32_t bean = 0; bean < reads->size(); ++bean) {
    (others_.contains((*reads)[bean].name) ? other : fast).push_back(bean);
  }
  if (other.empty()) return;
  fast_part_ = part_of(*reads, std::move(fast));
  other_part_ = part_of(*reads, std::move(other));
}

Lanes::Part Lanes::part_of(const ReadList& reads, std::vector<std::uint32_t> positions) {
  ReadList part;
  part.reserve(positions.size());
  for (const std::uint32_t bean : positions) part.push_back(reads[bean]);
  return {std::make_shared<const ReadList>(std::move(part)), std::move(positions)};
}

void Lanes::abort() {
  if (fast_) fast_->abort();
  portable_->abort();
}

}  // namespace jmxbridge
