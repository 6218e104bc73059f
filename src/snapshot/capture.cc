#include "snapshot/capture.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/log.h"

namespace jmxbridge {
namespace {

using Clock = std::chrono::steady_clock;

/// A round shorter than this is not begun.
constexpr std::chrono::milliseconds kShortestRound{200};

constexpr std::string_view kNoAnswer = "it does not answer";

std::string trouble_of(BeanOutcome outcome, std::string_view detail) {
  if (!detail.empty()) return std::string(detail);
  switch (outcome) {
    case BeanOutcome::kGone:
      return "it is gone";
    case BeanOutcome::kBlocked:
    case BeanOutcome::kUnanswered:
      return std::string(kNoAnswer);
    default:
      return "it cannot be read";
  }
}

/// Takes descriptions into the recording; beans that were not reached are for another round.
class DescriptionSink : public DescribeSink {
 public:
  DescriptionSink(Recording& recording, const std::vector<ObjectName>& names)
      : recording_(recording), names_(names) {}

  void info(std::uint32_t bean, MBeanInfo info) override {
    RecordedBean& recorded = recording_.beans[names_[bean]];
    recorded.is_described = true;
    recorded.trouble.clear();
    recorded.values.assign(info.attributes.size(), Unread());
    recorded.info = std::move(info);
    ++answered;
  }
  void failed(std::uint32_t bean, BeanOutcome outcome, std::string_view detail) override {
    if (outcome == BeanOutcome::kGone) {
      recording_.beans.erase(names_[bean]);
      return;
    }
    recording_.beans[names_[bean]].trouble = trouble_of(outcome, detail);
    if (outcome == BeanOutcome::kUnanswered) {
      unreached.push_back(names_[bean]);
    } else {
      ++answered;
    }
  }

  std::vector<ObjectName> unreached;
  std::size_t answered = 0;

 private:
  Recording& recording_;
  const std::vector<ObjectName>& names_;
};

/// Takes values into the recording.
class ValueSink : public FetchSink {
 public:
  ValueSink(Recording& recording, const ReadList& list) : recording_(recording), list_(list) {}

  void value(std::uint32_t bean, std::uint32_t attribute, const Value& value) override {
    place(bean, attribute) = recording_.keep(value);
  }
  void lost(std::uint32_t bean, std::uint32_t attribute, AttributeLoss why,
            std::string_view detail) override {
    place(bean, attribute) = Lost{why, std::string(detail)};
  }
  // Nothing is watched in a single look.
  void info(std::uint32_t, MBeanInfo) override {}
  void done(std::uint32_t bean, BeanOutcome outcome, std::string_view detail) override {
    RecordedBean& recorded = recording_.beans.at(list_[bean].name);
    if (outcome == BeanOutcome::kRead) {
      recorded.trouble.clear();
      ++answered;
      return;
    }
    recorded.trouble = trouble_of(outcome, detail);
    if (outcome == BeanOutcome::kUnanswered) {
      unreached.push_back(list_[bean]);
    } else {
      ++answered;
    }
  }

  ReadList unreached;
  std::size_t answered = 0;

 private:
  RecordedValue& place(std::uint32_t bean, std::uint32_t attribute) {
    RecordedBean& recorded = recording_.beans.at(list_[bean].name);
    const std::string& name = list_[bean].attributes[attribute];
    const auto& attributes = recorded.info.attributes;
    const auto at =
        std::find_if(attributes.begin(), attributes.end(),
                     [&](const AttributeInfo& each) { return each.readable && each.name == name; });
    return recorded.values.at(static_cast<std::size_t>(at - attributes.begin()));
  }

  Recording& recording_;
  const ReadList& list_;
};

/// The deadline of a round: a bean that blocks leaves time for those behind it.
Deadline round_deadline(Deadline deadline) {
  const Clock::time_point now = Clock::now();
  return now + (deadline - now) / 2;
}

bool ends_rounds(const Result<void>& round) {
  if (round) return false;
  return round.error().kind == ErrorKind::kSession || round.error().kind == ErrorKind::kAborted;
}

asio::awaitable<Result<void>> describe(Source& source, Recording& recording,
                                       std::vector<ObjectName> names, Deadline deadline) {
  while (!names.empty()) {
    DescriptionSink sink(recording, names);
    Result<void> round = co_await source.describe(names, sink, round_deadline(deadline));
    if (ends_rounds(round)) co_return round;
    const bool goes_on = sink.answered > 0 && deadline - Clock::now() > 2 * kShortestRound;
    names = std::move(sink.unreached);
    if (!goes_on) break;
  }
  co_return Result<void>();
}

ReadList reads_of(const Recording& recording, const CaptureScope& scope) {
  ReadList list;
  for (const auto& [name, bean] : recording.beans) {
    std::vector<std::string> attributes;
    for (const AttributeInfo& attribute : bean.info.attributes) {
      if (!attribute.readable || (scope.leaves_out && scope.leaves_out(name, attribute.name))) {
        continue;
      }
      attributes.push_back(attribute.name);
    }
    if (attributes.empty()) continue;
    list.push_back({.name = name, .attributes = std::move(attributes)});
  }
  return list;
}

asio::awaitable<Result<void>> fetch(Source& source, Recording& recording, ReadList reads,
                                    Deadline deadline) {
  while (!reads.empty()) {
    const auto list = std::make_shared<const ReadList>(std::move(reads));
    ValueSink sink(recording, *list);
    Result<void> round = co_await source.fetch(list, sink, round_deadline(deadline));
    if (ends_rounds(round)) co_return round;
    const bool goes_on = sink.answered > 0 && deadline - Clock::now() > 2 * kShortestRound;
    reads = std::move(sink.unreached);
    if (!goes_on) break;
  }
  co_return Result<void>();
}

/// The names in scope; notes the target's default domain, which only the target knows.
asio::awaitable<Result<std::vector<ObjectName>>> list_names(Source& source, Recording& recording,
                                                            const ObjectName& pattern,
                                                            Deadline deadline) {
  const ObjectName default_domain = *ObjectName::parse(":*");
  const Result<std::vector<ObjectName>> own = co_await source.query(default_domain, deadline);
  if (!own) co_return fail(own.error());
  if (!own->empty()) recording.default_domain = own->front().domain();
  co_return co_await source.query(pattern, deadline);
}

asio::awaitable<Result<void>> capture_into(Recording& recording, Source& source,
                                           const CaptureScope& scope, Deadline deadline) {
  const ObjectName everything = *ObjectName::parse("*:*");
  const ObjectName& pattern = scope.beans ? *scope.beans : everything;
  Result<std::vector<ObjectName>> names = co_await list_names(source, recording, pattern, deadline);
  if (!names) co_return fail(std::move(names.error()));
  for (const ObjectName& name : *names) recording.beans[name].trouble = kNoAnswer;
  Result<void> described = co_await describe(source, recording, std::move(*names), deadline);
  if (!described) co_return described;
  ReadList reads = reads_of(recording, scope);
  co_return co_await fetch(source, recording, std::move(reads), deadline);
}

}  // namespace

asio::awaitable<Result<Recording>> capture(Source& source, const CaptureScope& scope,
                                           Deadline deadline) {
  Recording recording;
  Result<void> captured = co_await capture_into(recording, source, scope, deadline);
  if (!captured) co_return fail(std::move(captured.error()));
  co_return std::move(recording);
}

}  // namespace jmxbridge
