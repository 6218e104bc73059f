#include "scrape/slot_filler.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <utility>

namespace jmxbridge {
namespace {

/// Texts longer than this are not remembered, and are matched again in every scrape.
constexpr std::size_t kRememberedText = 4096;

/// The room of longer texts is given back.
constexpr std::size_t kKeptRoom = 64 * 1024;

/// True if the text is kept, and equal, or follows from the attribute and so is not kept.
bool is_same(const std::shared_ptr<const std::string>& kept, const std::string& text,
             bool follows) {
  return follows ? kept == nullptr : kept != nullptr && *kept == text;
}

/// `is_plain`: the leaf is the value of an attribute, not a part of it.
bool is_same(const PlannedSample& was, const RuleSample& now, bool is_plain) {
  return *was.family == now.family && was.type == now.type && was.part == now.part &&
         was.labels == now.labels && is_same(was.help, now.help, is_plain && now.help_is_default) &&
         is_same(was.object_name, now.object_name, is_plain && now.object_name_is_subject);
}

void set_number(const RuleSample& sample, PlannedSample& planned) {
  planned.is_fixed = sample.fixed.has_value();
  planned.factor = sample.fixed ? *sample.fixed * sample.factor : sample.factor;
}

}  // namespace

SlotFiller::SlotFiller(std::shared_ptr<const Snapshot> snapshot, const Limits& limits,
                       std::uint32_t own_numbers, BeanProperties& properties)
    : snapshot_(std::move(snapshot)),
      limits_(limits),
      numbers_(own_numbers),
      properties_(properties),
      budget_(snapshot_->rules->size()),
      losses_(snapshot_->rules->size()) {}

void SlotFiller::begin(Deadline deadline) {
  ++epoch_;
  budget_.refill();
  deadline_ = deadline;
  late_ = false;
  losses_.begin();
  cached_slots_ = 0;
}

void SlotFiller::fill(Slot& slot, const Value& value, const BeanPlan& bean, const Place& place) {
  // What a cache holds is dropped as soon as a scrape does not meet its leaf (7.10.7).
  if (slot.met != bean.answered && (slot.cached || slot.no_cached_match)) {
    slot.state = Slot::State::kNew;
    slot.cached = false;
    slot.no_cached_match = false;
  }
  // A bean can be read twice in a scrape.
  const bool is_again = slot.met == epoch_;
  slot.met = epoch_;
  const bool settled = slot.state == Slot::State::kSettled && is_numeric(value.kind);
  const bool waits = slot.postponed && !budget_.has_room(static_cast<std::size_t>(slot.rule));
  if (!settled && !slot.cached && !waits && !evaluate(slot, value, bean, place)) return;
  if (!is_again && (slot.cached || slot.no_cached_match)) ++cached_slots_;
  store(slot, value);
}

std::unique_ptr<Slot> SlotFiller::foresee(const BeanPlan& bean, const Place& place) {
  Value some_number;
  some_number.kind = ValueKind::kInteger;
  auto slot = std::make_unique<Slot>();
  evaluate(*slot, some_number, bean, place);
  losses_.forget();
  if (slot->state == Slot::State::kSettled && !slot->failed) return slot;
  forget(*slot);
  return nullptr;
}

/// Asks the rules, unless they have been asked with this text; false if the value never reaches
/// them, or the time is over.
bool SlotFiller::evaluate(Slot& slot, const Value& value, const BeanPlan& bean,
                          const Place& place) {
  if (text_.capacity() > kKeptRoom) text_ = std::string();
  text_.clear();
  if (!append_match_text(value, text_)) return false;
  const bool known = slot.state == Slot::State::kByText && slot.kind == value.kind &&
                     slot.text == text_ && !slot.postponed;
  if (known) return true;
  if (is_late()) return false;
  list_names(place.keys, keys_);
  Match match = snapshot_->rules->evaluate(
      {.domain = bean.name.domain(),
       .properties = place.row != nullptr ? *place.row : properties_.of(bean),
       .attribute_keys = keys_,
       .attribute = place.attribute,
       .description = place.description,
       .bean_labels = bean.labels},
      value, slot.no_cached_match ? RuleChoice::kUncached : RuleChoice::kAll, &budget_);
  const bool settles = match.settled;
  slot.cached = match.cached;
  slot.postponed = match.postponed;
  slot.rule = match.rule;
  // What was stored once stays, whichever rule without a cache matches later (7.10.5).
  slot.no_cached_match = slot.no_cached_match ||
                         (match.kind == Match::Kind::kNone && snapshot_->rules->has_cached_rules());
  install(slot, std::move(match), bean, place);
  slot.state = settles ? Slot::State::kSettled : Slot::State::kByText;
  slot.kind = value.kind;
  slot.text.clear();
  if (text_.size() > kRememberedText) {
    slot.state = Slot::State::kNew;
  } else if (!settles) {
    slot.text = text_;
  }
  return true;
}

bool SlotFiller::is_late() {
  late_ = late_ || std::chrono::steady_clock::now() >= deadline_;
  if (late_) {
    losses_.note(
        Losses::kWholeTarget,
        "The rules did not get through all attributes before the deadline; those that are left "
        "out come in later scrapes. Raise Prometheus' scrape_timeout, or make the patterns of the "
        "rules less ambiguous.");
  }
  return late_;
}

void SlotFiller::install(Slot& slot, Match match, const BeanPlan& bean, const Place& place) {
  const bool is_plain = place.row == nullptr && place.keys == nullptr;
  slot.failed = match.kind == Match::Kind::kError || match.flagged;
  if (slot.failed) losses_.note(match.rule, std::move(match.error));
  const bool same = match.samples.size() == slot.samples.size() &&
                    std::equal(match.samples.begin(), match.samples.end(), slot.samples.begin(),
                               [&](const RuleSample& now, const PlannedSample& was) {
                                 return is_same(was, now, is_plain);
                               });
  if (same) {
    for (std::size_t i = 0; i < slot.samples.size(); ++i) {
      set_number(match.samples[i], slot.samples[i]);
    }
    return;
  }
  forget(slot);
  slot.samples.reserve(match.samples.size());
  for (RuleSample& sample : match.samples) {
    if (!is_within_limits(sample, match.rule)) {
      slot.failed = true;
      continue;
    }
    slot.samples.push_back(planned(std::move(sample), is_plain, bean));
    layout_changed_ = true;
  }
}

/// Notes a sample that is not as a loss.
bool SlotFiller::is_within_limits(const RuleSample& sample, std::int32_t rule) {
  const auto is_long = [&](const Label& label) {
    return label.value.size() > limits_.label_value_bytes;
  };
  if (std::any_of(sample.labels.begin(), sample.labels.end(), is_long)) {
    losses_.note(rule, "A label value of " + sample.family + " is longer than " +
                           std::to_string(limits_.label_value_bytes) +
                           " bytes; the sample is left out. Capture less of it in the rule.");
    return false;
  }
  if (numbers_.in_use() >= limits_.samples) {
    losses_.note(Losses::kWholeTarget,
                 "The target has more than " + std::to_string(limits_.samples) +
                     " samples; the rest is left out. Narrow includeObjectNames.");
    return false;
  }
  return true;
}

PlannedSample SlotFiller::planned(RuleSample sample, bool is_plain, const BeanPlan& bean) {
  PlannedSample planned;
  set_number(sample, planned);
  planned.family = texts_.share(std::move(sample.family));
  if (last_labels_ != sample.labels) last_labels_ = std::move(sample.labels);
  planned.labels = last_labels_;
  if (!is_plain || !sample.help_is_default) planned.help = texts_.share(std::move(sample.help));
  if (!is_plain || !sample.object_name_is_subject) {
    planned.object_name = std::make_shared<const std::string>(std::move(sample.object_name));
  }
  planned.type = sample.type;
  planned.part = sample.part;
  planned.number = numbers_.take(&bean);
  return planned;
}

void SlotFiller::store(const Slot& slot, const Value& value) {
  if (slot.failed) losses_.note(slot.rule, {});
  if (slot.samples.empty()) return;
  const bool is_boolean = value.kind == ValueKind::kBoolean;
  const std::optional<double> number = as_number(value);
  for (const PlannedSample& planned : slot.samples) {
    if (planned.is_fixed) {
      numbers_.set(planned.number, planned.factor, epoch_);
    } else if (number) {
      numbers_.set(planned.number, is_boolean ? *number : *number * planned.factor, epoch_);
    }
  }
}

void SlotFiller::forget(Slot& slot) {
  if (slot.samples.empty()) return;
  for (const PlannedSample& planned : slot.samples) numbers_.give_back(planned.number);
  slot.samples.clear();
  layout_changed_ = true;
}

bool SlotFiller::take_layout_change() { return std::exchange(layout_changed_, false); }

}  // namespace jmxbridge
