#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "jmx/limits.h"
#include "jmx/mbean_info.h"
#include "jmx/object_name.h"
#include "scrape/bean_plan.h"
#include "scrape/bean_properties.h"
#include "scrape/losses.h"
#include "scrape/node_filler.h"
#include "scrape/numbers.h"
#include "scrape/reads.h"
#include "scrape/selection.h"
#include "scrape/slot_filler.h"
#include "scrape/snapshot.h"
#include "scrape/source.h"

namespace jmxbridge {

/// Inventory × module: which attributes are read, and for each of their values the ready-made
/// sample (design section 4). Fed by a fetch through value() and finish_bean(); a scrape in which
/// nothing but numbers changed evaluates no rule and allocates nothing.
///
/// Not thread-safe: lives on its target's strand.
class Plan {
 public:
  /// The first `own_numbers` places of numbers() are the daemon's own.
  Plan(std::shared_ptr<const Snapshot> snapshot, const Limits& limits, std::uint32_t own_numbers);
  ~Plan();
  Plan(const Plan&) = delete;
  Plan& operator=(const Plan&) = delete;

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
  void begin(Deadline deadline) { slots_.begin(deadline); }
  std::uint32_t epoch() const { return slots_.epoch(); }
  /// True if the deadline has kept the rules from something.
  bool was_late() const { return slots_.was_late(); }
  /// Takes in one value; `attribute_position` is that in its bean's list of names.
  void value(const Reads::Bean& read, std::uint32_t attribute_position, const Value& value);
  /// Ends a bean's answer. True: its labels came after values that need them, read it once more.
  bool finish_bean(const Reads::Bean& read);
  /// Ends the answer of a bean that yields nothing (gone, failed).
  void finish_without_values(const Reads::Bean& read);

  /// True if samples or their texts changed since take_layout_change() was last called.
  bool take_layout_change() { return slots_.take_layout_change(); }
  Losses::Outcome take_losses() { return slots_.take_losses(); }

  Numbers& numbers() { return slots_.numbers(); }
  const Numbers& numbers() const { return slots_.numbers(); }
  const std::map<ObjectName, std::unique_ptr<BeanPlan>>& beans() const { return beans_; }
  /// Leaves of this scrape for which a rule with `cache` has made samples, or none ever will.
  std::uint32_t cached_slots() const { return slots_.cached_slots(); }

 private:
  void select_attributes(BeanPlan& bean);
  bool is_useful(const BeanPlan& bean, const AttributeInfo& attribute);
  void forget(BeanPlan& bean);
  void take_label(BeanPlan& bean, AttributePlan& attribute, const Value& value);
  void set_label(BeanPlan& bean, const AttributePlan& attribute, std::optional<std::string> text);
  void fill_extras(BeanPlan& bean);

  std::shared_ptr<const Snapshot> snapshot_;
  Selection selection_;
  bool uses_text_;  ///< some rule makes a sample of a text
  BeanProperties properties_;
  SlotFiller slots_;
  NodeFiller nodes_;
  std::map<ObjectName, std::unique_ptr<BeanPlan>> beans_;
  std::shared_ptr<const Reads> reads_;
  std::set<ObjectName> aside_;
  bool watch_all_ = false;
  bool reads_changed_ = true;
  bool labels_changed_ = false;         ///< of the bean being read
  bool metrics_before_labels_ = false;  ///< of that bean: some value came ahead of a label
};

}  // namespace jmxbridge
