#include "jrmp/fetch_run.h"

#include <algorithm>
#include <numeric>
#include <string>
#include <utility>

#include "base/log.h"
#include "jrmp/call_failure.h"

namespace jmxbridge {

void FetchRun::begin(const FetchPlan& plan, FetchSink& sink) {
  plan_ = &plan;
  sink_ = &sink;
  has_learned_ = false;
  answered_ = 0;
  single_.clear();
  const std::span<const std::uint32_t> calls = plan.calls_of_beans();
  states_.assign(calls.size(), {});
  for (std::uint32_t bean = 0; bean < calls.size(); ++bean) {
    states_[bean].calls = calls[bean];
    if (plan.waits() == bean) {
      done(bean, BeanOutcome::kBlocked, "it has not answered an earlier call");
    } else if (calls[bean] == 0) {
      count_down(bean);
    }
  }
}

void FetchRun::begin_single(const CallList& calls) {
  for (const std::uint32_t bean : single_) states_[bean].phase = Phase::kSingle;
  for (std::size_t i = 0; i < calls.size(); ++i) ++states_[calls[i].item].calls;
  for (const std::uint32_t bean : single_) {
    if (states_[bean].calls == 0) count_down(bean);
  }
}

void FetchRun::finish(std::span<const Pipeline::Stuck> stuck) {
  for (const Pipeline::Stuck& one : stuck) {
    if (is_open(one.item)) done(one.item, BeanOutcome::kBlocked, "it does not answer");
  }
  for (std::uint32_t bean = 0; bean < states_.size(); ++bean) {
    if (states_[bean].phase != Phase::kDone) {
      done(bean, BeanOutcome::kUnanswered, "nobody got to it in time");
    }
  }
}

bool FetchRun::answered(const Call& call, const Answer& answer) {
  if (answer.threw) return take_exception(call, answer.decoder);
  if (!is_open(call.item)) return true;
  switch (call.kind) {
    case CallKind::kInfo:
      take_info(call.item, answer);
      break;
    case CallKind::kAttributes:
      take_attributes(call.item, answer.decoder);
      break;
    case CallKind::kAttribute:
      take_attribute(call, answer.decoder);
      break;
    case CallKind::kOther:
      break;
  }
  count_down(call.item);
  return true;
}

bool FetchRun::take_exception(const Call& call, StreamDecoder& decoder) {
  const Thrown thrown = decoder.thrown();
  const CallFailure failure = judge(thrown);
  if (failure == CallFailure::kSessionLost) return false;
  if (!is_open(call.item)) return true;
  // An info that cannot be read now says nothing; the attributes show whether the bean is there.
  if (call.kind == CallKind::kInfo) {
    count_down(call.item);
    return true;
  }
  if (failure == CallFailure::kGone) {
    done(call.item, BeanOutcome::kGone, {});
  } else if (call.kind == CallKind::kAttributes && failure == CallFailure::kDenied) {
    done(call.item, BeanOutcome::kFailed, printable(thrown.brief));
  } else if (call.kind == CallKind::kAttributes) {
    read_singly(call.item);
  } else {
    learn(call, std::nullopt, {});
    sink_->lost(call.item, call.part, AttributeLoss::kThrew, printable(thrown.brief));
    count_down(call.item);
  }
  return true;
}

void FetchRun::lost(const Call& call, CallLoss why, std::string_view detail) {
  if (!is_open(call.item)) return;
  if (call.kind == CallKind::kInfo) {
    count_down(call.item);
  } else if (why == CallLoss::kUnreadable) {
    done(call.item, BeanOutcome::kOtherLane, detail);
  } else if (call.kind == CallKind::kAttributes) {
    read_singly(call.item);
  } else {
    const AttributeLoss loss = why == CallLoss::kNotSerializable ? AttributeLoss::kUnknownClass
                                                                 : AttributeLoss::kMalformed;
    learn(call, loss, detail);
    count_down(call.item);
  }
}

/// A bean that has changed in place has to be learned anew.
void FetchRun::take_info(std::uint32_t bean, const Answer& answer) {
  marks_.note(read(bean).name, answer.value);
  if (lessons_.erase(read(bean).name) > 0) has_learned_ = true;
  Result<MBeanInfo> info = answer.decoder.mbean_info();
  if (info) {
    sink_->info(bean, std::move(*info));
  } else {
    log::debug("The MBeanInfo of {} cannot be read: {}", printable(read(bean).name.text()),
               printable(info.error().text));
  }
}

/// An info whose bytes are those of the last one is not even looked into.
std::size_t FetchRun::unchanged(const Call& call, std::span<const std::byte> bytes) {
  if (call.kind != CallKind::kInfo) return 0;
  const std::size_t size = marks_.same(read(call.item).name, bytes);
  if (size > 0) count_down(call.item);
  return size;
}

void FetchRun::take_attributes(std::uint32_t bean, StreamDecoder& decoder) {
  const Result<std::span<const NamedValue>> list = decoder.attribute_list();
  if (!list) {
    done(bean, BeanOutcome::kOtherLane, list.error().text);
    return;
  }
  const AttributeNames& asked = read(bean).attributes;
  const std::vector<std::uint32_t>* const together = plan_->together(bean);
  const std::size_t count = together != nullptr ? together->size() : asked.size();
  is_sorted_ = false;
  std::size_t at = 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint32_t attribute = together != nullptr ? (*together)[i] : i;
    const NamedValue* found = nullptr;
    if (at < list->size() && (*list)[at].name == asked[attribute]) {
      found = &(*list)[at++];
    } else {
      found = find(*list, asked[attribute]);
    }
    if (found != nullptr) {
      hand_over(bean, attribute, *found);
    } else {
      sink_->lost(bean, attribute, AttributeLoss::kThrew, {});
    }
  }
}

/// For answers that leave something out or are in another order: a hostile one could make a search
/// from front to back very long.
const NamedValue* FetchRun::find(std::span<const NamedValue> values, std::string_view name) {
  const auto less = [&](std::uint32_t a, std::string_view b) { return values[a].name < b; };
  if (!std::exchange(is_sorted_, true)) {
    by_name_.resize(values.size());
    std::iota(by_name_.begin(), by_name_.end(), 0);
    std::sort(by_name_.begin(), by_name_.end(),
              [&](std::uint32_t a, std::uint32_t b) { return values[a].name < values[b].name; });
  }
  const auto it = std::lower_bound(by_name_.begin(), by_name_.end(), name, less);
  return it != by_name_.end() && values[*it].name == name ? &values[*it] : nullptr;
}

void FetchRun::take_attribute(const Call& call, StreamDecoder& decoder) {
  Result<Value> value = decoder.value();
  NamedValue named;
  named.over_limit = !value;
  if (value) named.value = *value;
  hand_over(call.item, call.part, named);
}

void FetchRun::hand_over(std::uint32_t bean, std::uint32_t attribute, const NamedValue& named) {
  if (named.over_limit) {
    sink_->lost(bean, attribute, AttributeLoss::kLimit,
                "a value holds too many others, nests them too deep, or holds itself");
  } else if (named.value.kind == ValueKind::kUnknownClass) {
    sink_->lost(bean, attribute, AttributeLoss::kUnknownClass, named.value.text);
  } else {
    sink_->value(bean, attribute, named.value);
  }
}

/// A call for several attributes has failed: which of them is to blame shows when they are asked
/// for one by one, once the others have been read.
void FetchRun::read_singly(std::uint32_t bean) {
  states_[bean].calls = 0;
  states_[bean].phase = Phase::kAwaitsSingle;
  single_.push_back(bean);
}

void FetchRun::learn(const Call& call, std::optional<AttributeLoss> loss, std::string_view detail) {
  BeanLesson& bean = lessons_[read(call.item).name];
  const auto [it, is_new] = bean.attributes.try_emplace(read(call.item).attributes[call.part]);
  AttributeLesson& lesson = it->second;
  if (!is_new && (lesson.loss || !loss)) return;
  if (loss) {
    lesson.loss = loss;
    lesson.detail = detail;
    lesson.rest = std::clamp(2 * lesson.rest, first_rest_, 32 * first_rest_);
    lesson.ask_again = std::chrono::steady_clock::now() + lesson.rest;
  }
  states_[call.item].is_taught = has_learned_ = true;
}

/// All attributes have been read one by one. Where none is to blame, it was the call for all of
/// them; if that is the rule, they are read so from now on.
void FetchRun::end_singly(std::uint32_t bean) {
  if (states_[bean].is_taught) return;
  BeanLesson& lesson = lessons_[read(bean).name];
  if (++lesson.innocent < 2) return;
  for (const std::string& attribute : read(bean).attributes) {
    lesson.attributes.try_emplace(attribute);
  }
  has_learned_ = true;
}

/// What was lost in an earlier fetch, or in this one, is not asked for before its time.
void FetchRun::tell_known_losses(std::uint32_t bean) {
  if (plan_->together(bean) == nullptr && states_[bean].phase != Phase::kSingle) return;
  const auto lesson = lessons_.find(read(bean).name);
  if (lesson == lessons_.end()) return;
  const AttributeNames& attributes = read(bean).attributes;
  for (std::uint32_t i = 0; i < attributes.size(); ++i) {
    const auto known = lesson->second.attributes.find(attributes[i]);
    if (known == lesson->second.attributes.end() || !known->second.loss) continue;
    sink_->lost(bean, i, *known->second.loss, known->second.detail);
  }
}

void FetchRun::count_down(std::uint32_t bean) {
  State& state = states_[bean];
  if (!is_open(bean)) return;
  if (state.calls > 0) --state.calls;
  if (state.calls > 0) return;
  if (state.phase == Phase::kSingle) end_singly(bean);
  tell_known_losses(bean);
  done(bean, BeanOutcome::kRead, {});
}

void FetchRun::done(std::uint32_t bean, BeanOutcome outcome, std::string_view detail) {
  states_[bean].phase = Phase::kDone;
  if (outcome != BeanOutcome::kUnanswered && outcome != BeanOutcome::kBlocked) ++answered_;
  sink_->done(bean, outcome, detail);
}

}  // namespace jmxbridge
