#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "jmx/limits.h"
#include "jmx/value.h"
#include "rules/match_budget.h"
#include "rules/rule_set.h"
#include "scrape/bean_plan.h"
#include "scrape/bean_properties.h"
#include "scrape/losses.h"
#include "scrape/numbers.h"
#include "scrape/place.h"
#include "scrape/shared_texts.h"
#include "scrape/slot.h"
#include "scrape/snapshot.h"
#include "scrape/source.h"

namespace jmxbridge {

/// Fills slots: asks the rules what they make of a leaf, once where no number can change that, and
/// sets the numbers of its samples. Notes what the rules lose.
///
/// Not thread-safe: lives on its target's strand.
class SlotFiller {
 public:
  /// `properties` must outlive it. The first `own_numbers` places are the daemon's own.
  SlotFiller(std::shared_ptr<const Snapshot> snapshot, const Limits& limits,
             std::uint32_t own_numbers, BeanProperties& properties);

  /// Starts a scrape: a new epoch. After the deadline no rule is asked any more; what they have not
  /// seen by then is lost for this scrape, and flagged.
  void begin(Deadline deadline);
  std::uint32_t epoch() const { return epoch_; }
  /// True if the deadline has passed; then what was about to be done is lost.
  bool is_late();
  /// True if the deadline has kept the rules from something.
  bool was_late() const { return late_; }

  /// Takes in the value of a leaf: neither composite nor tabular.
  void fill(Slot& slot, const Value& value, const BeanPlan& bean, const Place& place);
  /// The slot of a leaf that is to have numbers, if no number can change what the rules make of it;
  /// else null. Notes no loss: that comes with the value.
  std::unique_ptr<Slot> foresee(const BeanPlan& bean, const Place& place);
  /// Gives the places of its samples back.
  void forget(Slot& slot);

  /// True if samples or their texts changed since this was last called.
  bool take_layout_change();
  Losses::Outcome take_losses() { return losses_.take(); }

  Numbers& numbers() { return numbers_; }
  const Numbers& numbers() const { return numbers_; }
  /// Slots of this scrape that hold what a rule with `cache` made, or that none matches.
  std::uint32_t cached_slots() const { return cached_slots_; }

 private:
  bool evaluate(Slot& slot, const Value& value, const BeanPlan& bean, const Place& place);
  void install(Slot& slot, Match match, const BeanPlan& bean, const Place& place);
  bool is_within_limits(const RuleSample& sample, std::int32_t rule);
  PlannedSample planned(RuleSample sample, bool is_plain, const BeanPlan& bean);
  void store(const Slot& slot, const Value& value);

  std::shared_ptr<const Snapshot> snapshot_;
  Limits limits_;
  Numbers numbers_;
  BeanProperties& properties_;
  std::uint32_t epoch_ = 0;
  std::uint32_t cached_slots_ = 0;
  bool layout_changed_ = true;
  MatchBudget budget_;
  Deadline deadline_ = Deadline::max();
  bool late_ = false;
  Losses losses_;
  SharedTexts texts_;
  LabelSet last_labels_;  ///< of the sample that was planned last
  std::string text_;      ///< that rules match, of the value at hand
  std::vector<std::string> keys_;
};

}  // namespace jmxbridge
