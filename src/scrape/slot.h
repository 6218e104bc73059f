#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/metric.h"
#include "jmx/object_name.h"
#include "jmx/value.h"

namespace jmxbridge {

/// A sample that a slot yields, and the place of its number. There are many: texts are shared, and
/// those that follow from the attribute are not kept (scrape/sample_texts.h).
struct PlannedSample {
  std::shared_ptr<const std::string> family;  ///< base name (RuleSample::family)
  LabelSet labels;
  std::shared_ptr<const std::string> help;         ///< null: it follows from the attribute
  std::shared_ptr<const std::string> object_name;  ///< null: it follows from the attribute
  double factor = 1.0;  ///< by which the leaf's number is taken, or the number itself if fixed
  std::uint32_t number = 0;
  FamilyType type = FamilyType::kUnknown;
  SamplePart part = SamplePart::kPlain;
  bool is_fixed = false;
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

struct Branch;

/// What is remembered of one value: a leaf, the items of a composite, the rows of a table. Only the
/// part that fits the value of this scrape is used; the rest stays for when it comes back.
struct Node {
  Node();
  ~Node();
  Node(Node&&) noexcept;
  Node& operator=(Node&&) noexcept;

  /// The branch, made if there is none.
  Branch& grow();

  std::unique_ptr<Slot> slot;
  std::unique_ptr<Branch> branch;
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

/// What is remembered of a value that holds others.
struct Branch {
  std::vector<Item> items;
  std::vector<Row> rows;
};

inline Node::Node() = default;
inline Node::~Node() = default;
inline Node::Node(Node&&) noexcept = default;
inline Node& Node::operator=(Node&&) noexcept = default;
inline Branch& Node::grow() {
  if (!branch) branch = std::make_unique<Branch>();
  return *branch;
}

/// Calls `take` with each PlannedSample of the node.
template <class Take>
void each_sample(const Node& node, Take take) {
  if (node.slot) {
    for (const PlannedSample& planned : node.slot->samples) take(planned);
  }
  if (!node.branch) return;
  for (const Item& item : node.branch->items) each_sample(item.node, take);
  for (const Row& row : node.branch->rows) {
    for (const Item& column : row.columns) each_sample(column.node, take);
  }
}

}  // namespace jmxbridge
