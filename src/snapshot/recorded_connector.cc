#include "snapshot/recorded_connector.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

namespace jmxbridge {
namespace {

/// What MBeanServerFactory calls the default domain unless it is told otherwise.
constexpr std::string_view kUsualDefaultDomain = "DefaultDomain";

/// The pattern with the domain it means on the recorded target.
ObjectName with_domain(const ObjectName& pattern, const Recording& recording) {
  if (!pattern.domain().empty()) return pattern;
  const std::string_view domain = recording.default_domain.empty()
                                      ? kUsualDefaultDomain
                                      : std::string_view(recording.default_domain);
  const Result<ObjectName> whole = ObjectName::parse(std::string(domain).append(pattern.text()));
  return whole ? *whole : pattern;
}

class RecordedSource : public Source {
 public:
  explicit RecordedSource(std::vector<std::shared_ptr<const Recording>> recordings)
      : recordings_(std::move(recordings)) {}

  asio::awaitable<Result<Changes>> changes(Deadline) override {
    if (started_ && at_ + 1 < recordings_.size()) ++at_;
    started_ = true;
    Changes all;
    all.unknown = true;
    co_return all;
  }

  asio::awaitable<Result<std::vector<ObjectName>>> query(const ObjectName& pattern,
                                                         Deadline) override {
    const ObjectName meant = with_domain(pattern, now());
    std::vector<ObjectName> names;
    for (const auto& [name, bean] : now().beans) {
      if (meant.matches(name)) names.push_back(name);
    }
    co_return names;
  }

  asio::awaitable<Result<void>> describe(std::span<const ObjectName> names, DescribeSink& sink,
                                         Deadline) override {
    for (std::uint32_t i = 0; i < names.size(); ++i) {
      const auto bean = now().beans.find(names[i]);
      if (bean == now().beans.end()) {
        sink.failed(i, BeanOutcome::kGone, "");
      } else if (!bean->second.is_described) {
        sink.failed(i, BeanOutcome::kFailed, bean->second.trouble);
      } else {
        sink.info(i, bean->second.info);
      }
    }
    co_return Result<void>();
  }

  asio::awaitable<Result<void>> fetch(std::shared_ptr<const ReadList> reads, FetchSink& sink,
                                      Deadline) override {
    for (std::uint32_t i = 0; i < reads->size(); ++i) {
      const BeanRead& read = (*reads)[i];
      const auto bean = now().beans.find(read.name);
      if (bean == now().beans.end()) {
        sink.done(i, BeanOutcome::kGone, "");
      } else if (!bean->second.trouble.empty()) {
        sink.done(i, BeanOutcome::kFailed, bean->second.trouble);
      } else {
        hand_over(i, read, bean->second, sink);
        sink.done(i, BeanOutcome::kRead, "");
      }
    }
    co_return Result<void>();
  }

  void abort() override {}

 private:
  const Recording& now() const { return *recordings_[at_]; }

  static void hand_over(std::uint32_t position, const BeanRead& read, const RecordedBean& bean,
                        FetchSink& sink) {
    const std::vector<AttributeInfo>& attributes = bean.info.attributes;
    for (std::uint32_t i = 0; i < read.attributes.size(); ++i) {
      const auto at = std::find_if(
          attributes.begin(), attributes.end(),
          [&](const AttributeInfo& attribute) { return attribute.name == read.attributes[i]; });
      const Value* value =
          at == attributes.end()
              ? nullptr
              : std::get_if<Value>(&bean.values[static_cast<std::size_t>(at - attributes.begin())]);
      if (value != nullptr) {
        sink.value(position, i, *value);
      } else {
        sink.lost(position, i, AttributeLoss::kThrew, "");
      }
    }
  }

  std::vector<std::shared_ptr<const Recording>> recordings_;
  std::size_t at_ = 0;
  bool started_ = false;
};

}  // namespace

asio::awaitable<Result<Session>> RecordedConnector::open(const Endpoint&, Deadline) {
  Session session;
  session.portable = std::make_unique<RecordedSource>(recordings_);
  co_return session;
}

}  // namespace jmxbridge
