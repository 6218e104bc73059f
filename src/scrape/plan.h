#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "jmx/limits.h"
#include "jmx/mbean_info.h"
#include "jmx/object_name.h"
#include "rules/match_budget.h"
#include "rules/rule_set.h"
#include "scrape/bean_plan.h"
#include "scrape/losses.h"
#include "scrape/numbers.h"
#include "scrape/place.h"
#include "scrape/reads.h"
#include "scrape/selection.h"
#include "scrape/shared_texts.h"
#include "scrape/slot.h"
#include "scrape/snapshot.h"
#include "scrape/source.h"

namespace jmxbridge {

class RowIndex;

/// The value that the file gives an extra metric; a view of it.
Value value_of(const ExtraMetric& extra);

/// Inventory × module: which attributes are read, and for each of their values the ready-made
/// sample (design section 4). Fed by a fetch through value() and finish_bean(); a scrape in which
/// nothing but numbers changed evaluates no rule and allocates nothing.
///
/// Not thread-safe: lives on its target's strand.
class Plan {
 public:
  Plan(std::shared_ptr<const Snapshot> snapshot, const Limits& limits, std::uint32_t own_numbers);
  ~Plan();

  const CollectorConfig& config() const { return snapshot_->config; }
  const Selection& selection() const { return selection_; }

  /// Adds a bean or gives it another info; keeps all that still fits.
  void put(const ObjectName& name, std::shared_ptr<const MBeanInfo> info);
  void remove(const ObjectName& name);
  /// Asks the rules ahead of its values what they make of a bean, where no number can change that.
  void foresee(const ObjectName& name);

  /// What to read, without the beans of `aside`; the same list as last time if nothing changed.
  /// `watch_all`: look at every info again, since registrations cannot be seen. To be
  /// used until a bean is put or removed.
  std::shared_ptr<const Reads> reads(const std::set<ObjectName>& aside, bool watch_all);
  /// A list of these beans alone; names that are not in the plan are left out.
  Reads reads_of(const std::vector<ObjectName>& names) const;

  /// Starts a scrape: a new epoch. After the deadline no rule is asked any more; what they have not
  /// seen by then is lost for this scrape, and flagged.
  void begin(Deadline deadline);
  std::uint32_t epoch() const { return epoch_; }
  /// True if the deadline has kept the rules from something.
  bool late() const { return late_; }
  /// Takes in one value; `attribute_position` is that in its bean's list of names.
  void value(const Reads::Bean& read, std::uint32_t attribute_position, const Value& value);
  /// Ends a bean's answer. True: its labels came after values that need them, read it once more.
  bool finish_bean(const Reads::Bean& read);
  /// Ends the answer of a bean that yields nothing (gone, failed).
  void finish_without_values(const Reads::Bean& read);

  /// True if samples or their texts changed since take_layout_change() was last called.
  bool take_layout_change();
  Losses::Outcome take_losses();

  Numbers& numbers() { return numbers_; }
  const Numbers& numbers() const { return numbers_; }
  const std::map<ObjectName, std::unique_ptr<BeanPlan>>& beans() const { return beans_; }
  std::uint32_t cached_slots() const { return cached_slots_; }

 private:
  void select_attributes(BeanPlan& bean);
  bool is_useful(const BeanPlan& bean, const AttributeInfo& attribute);
  const std::vector<Property>& properties_of(const BeanPlan& bean);
  void forget(BeanPlan& bean);
  void forget(Node& node);
  void forget(Slot& slot);
  void reset(Node& node);
  void take_label(BeanPlan& bean, AttributePlan& attribute, const Value& value);
  void set_label(BeanPlan& bean, const AttributePlan& attribute, std::optional<std::string> text);
  void fill_extras(BeanPlan& bean);
  void fill(Node& node, const Value& value, const BeanPlan& bean, const Place& place);
  void fill_leaf(Slot& slot, const Value& value, const BeanPlan& bean, const Place& place);
  void fill_composite(Node& node, const CompositeValue& value, const BeanPlan& bean,
                      const Place& place);
  void fill_table(Node& node, const TabularValue& value, const BeanPlan& bean, const Place& place);
  Row& row_for(std::vector<Row>& rows, RowIndex& index, const TabularValue& table,
               const CompositeValue& row, const BeanPlan& bean, const Place& place);
  bool evaluate(Slot& slot, const Value& value, const BeanPlan& bean, const Place& place);
  bool is_late();
  void install(Slot& slot, Match match, const BeanPlan& bean, const Place& place);
  PlannedSample planned(RuleSample sample, bool is_plain, const BeanPlan& bean);
  void store(Slot& slot, const Value& value);

  std::shared_ptr<const Snapshot> snapshot_;
  Selection selection_;
  Limits limits_;
  bool uses_text_;  ///< some rule makes a sample of a text
  Numbers numbers_;
  std::map<ObjectName, std::unique_ptr<BeanPlan>> beans_;
  std::shared_ptr<const Reads> reads_;
  std::set<ObjectName> aside_;
  bool watch_all_ = false;
  bool reads_changed_ = true;
  bool layout_changed_ = true;
  std::uint32_t epoch_ = 0;
  std::uint64_t fill_ = 0;  ///< counts values, so that the rows of one can be told from others
  std::uint32_t cached_slots_ = 0;
  MatchBudget budget_;
  Deadline deadline_;
  bool late_ = false;  ///< the deadline has passed
  Losses losses_;
  bool labels_changed_ = false;  ///< of the bean being read
  bool metrics_before_labels_ = false;
  SharedTexts texts_;
  LabelSet last_labels_;  ///< of the sample that was planned last
  const BeanPlan* properties_of_ = nullptr;
  std::vector<Property> properties_;  ///< of that bean; few are needed, and not for long
  std::string scratch_;
  std::string row_key_;
  std::vector<std::string> keys_;
};

}  // namespace jmxbridge
