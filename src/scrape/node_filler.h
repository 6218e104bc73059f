#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "jmx/value.h"
#include "scrape/bean_properties.h"
#include "scrape/place.h"
#include "scrape/slot.h"
#include "scrape/slot_filler.h"
#include "scrape/table_rows.h"

namespace jmxbridge {

/// Fills nodes: walks a value with what is remembered of it, and has each leaf fill its slot.
///
/// Not thread-safe: lives on its target's strand.
class NodeFiller {
 public:
  /// Both must outlive it.
  NodeFiller(SlotFiller& slots, BeanProperties& properties)
      : slots_(slots), properties_(properties) {}

  /// Takes in one value. What the deadline leaves undone is lost for this scrape.
  void fill(Node& node, const Value& value, const BeanPlan& bean, const Place& place);
  /// Gives the places of its samples back.
  void forget(Node& node);
  /// Has the rules asked anew for all of its leaves.
  static void reset(Node& node);

 private:
  void fill_part(Node& node, const Value& value, const BeanPlan& bean, const Place& place);
  void fill_composite(Node& node, const CompositeValue& value, const BeanPlan& bean,
                      const Place& place);
  void fill_table(Node& node, const TabularValue& value, const BeanPlan& bean, const Place& place);
  Row& row_for(std::vector<Row>& rows, RowIndex& index, const TabularValue& table,
               const CompositeValue& row, const BeanPlan& bean, const Place& place);
  void drop_spare_rows(std::vector<Row>& rows, std::size_t in_use);

  SlotFiller& slots_;
  BeanProperties& properties_;
  std::uint64_t fill_ = 0;  ///< counts values, so that the rows of one can be told from others
  std::string row_key_;
  std::string scratch_;
};

}  // namespace jmxbridge
