#include "jrmp/describe_run.h"

#include <utility>

#include "base/log.h"
#include "jrmp/call_failure.h"

namespace jmxbridge {

void DescribeRun::add_calls(const Requests& requests, const std::optional<ObjectName>& waits,
                            CallList& out) {
  for (std::uint32_t bean = 0; bean < names_.size(); ++bean) {
    if (waits == names_[bean]) {
      failed(bean, BeanOutcome::kBlocked, "it has not answered an earlier call");
      continue;
    }
    requests.get_mbean_info(names_[bean], out.out());
    out.add(CallKind::kInfo, bean);
  }
}

void DescribeRun::finish(std::span<const Pipeline::Stuck> stuck) {
  constexpr std::string_view kDetail = "it did not answer in time";
  for (const Pipeline::Stuck& one : stuck) {
    if (!done_[one.item]) failed(one.item, BeanOutcome::kBlocked, kDetail);
  }
  for (std::uint32_t bean = 0; bean < names_.size(); ++bean) {
    if (!done_[bean]) failed(bean, BeanOutcome::kUnanswered, kDetail);
  }
}

bool DescribeRun::answered(const Call& call, const Answer& answer) {
  if (answer.threw) {
    const Thrown thrown = answer.decoder.thrown();
    const CallFailure failure = judge(thrown);
    if (failure == CallFailure::kSessionLost) return false;
    ++answered_;
    const bool is_gone = failure == CallFailure::kGone;
    failed(call.item, is_gone ? BeanOutcome::kGone : BeanOutcome::kFailed, printable(thrown.brief));
    return true;
  }
  ++answered_;
  Result<MBeanInfo> info = answer.decoder.mbean_info();
  if (!info) {
    failed(call.item, BeanOutcome::kOtherLane, info.error().text);
    return true;
  }
  known_.add(answer.value, *info);
  take(call.item, std::move(*info), answer.value);
  return true;
}

std::size_t DescribeRun::unchanged(const Call& call, std::span<const std::byte> bytes) {
  const KnownInfos::Known* const known = known_.find(bytes);
  if (known == nullptr) return 0;
  ++answered_;
  take(call.item, known->info, known->bytes);
  return known->bytes.size();
}

void DescribeRun::take(std::uint32_t bean, MBeanInfo info, std::span<const std::byte> bytes) {
  const ObjectName& name = names_[bean];
  if (info.immutable) {
    marks_.forget(name);
  } else {
    if (marks_.same(name, bytes) == 0 && lessons_.erase(name) > 0) has_forgotten_ = true;
    marks_.note(name, bytes);
  }
  done_[bean] = true;
  sink_.info(bean, std::move(info));
}

void DescribeRun::lost(const Call& call, CallLoss why, std::string_view detail) {
  ++answered_;
  failed(call.item, why == CallLoss::kUnreadable ? BeanOutcome::kOtherLane : BeanOutcome::kFailed,
         detail);
}

void DescribeRun::failed(std::uint32_t bean, BeanOutcome outcome, std::string_view detail) {
  done_[bean] = true;
  sink_.failed(bean, outcome, detail);
}

}  // namespace jmxbridge
