#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "jmx/object_name.h"
#include "jmx/value.h"
#include "rules/rule_set.h"

namespace jmxbridge {

/// A sample that a slot yields, and the place of its number.
struct PlannedSample {
  RuleSample sample;
  std::uint32_t number = 0;
};

/// One leaf of one attribute with what the rules made of it (design section 4, "Settled slots").
struct Slot {
  enum class State : std::uint8_t {
    kNew,      ///< not evaluated, or what it was evaluated with has changed
    kSettled,  ///< no number, boolean or date can change the outcome
    kByText,   ///< the outcome belongs to `text`
  };

  State state = State::kNew;
  ValueKind kind = ValueKind::kNull;  ///< kByText: the kind that `text` was
  bool failed = false;                ///< a rule matches it and loses something
  bool postponed = false;             ///< to be evaluated when `rule` has budget (Match::postponed)
  std::int32_t rule = -1;             ///< that made the outcome; -1: none
  bool cached = false;                ///< made by a rule with `cache`: stands while it is met
  bool no_cached_match = false;       ///< no rule with `cache` matches: only the others are asked
  std::uint32_t met = 0;              ///< the scrape that saw its value last
  std::string text;
  std::vector<PlannedSample> samples;
};

struct Item;
struct Row;

/// What is remembered of one value: a leaf, the items of a composite, the rows of a table. Only the
/// part that fits the value of this scrape is used; the rest stays for when it comes back.
struct Node {
  std::unique_ptr<Slot> slot;
  std::vector<Item> items;
  std::vector<Row> rows;
};

struct Item {
  std::string name;
  Node node;
};

struct Row {
  std::string key;                   ///< the index values, as one text
  std::vector<Property> properties;  ///< the bean's, then the index columns (specification 5.3)
  std::vector<Item> columns;
  std::uint64_t fill = 0;  ///< the value that held it last
};

/// Calls `take` with each PlannedSample of the node.
template <class Take>
void each_sample(const Node& node, Take take) {
  if (node.slot) {
    for (const PlannedSample& planned : node.slot->samples) take(planned);
  }
  for (const Item& item : node.items) each_sample(item.node, take);
  for (const Row& row : node.rows) {
    for (const Item& column : row.columns) each_sample(column.node, take);
  }
}

}  // namespace jmxbridge
