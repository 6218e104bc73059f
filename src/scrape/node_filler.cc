#include "scrape/node_filler.h"

#include <algorithm>
#include <compare>
#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>

#include "base/utf.h"

namespace jmxbridge {
namespace {

/// Rows that are not there any more are kept until they outnumber the others by this many.
constexpr std::size_t kSpareRows = 64;

/// The room of longer keys is given back.
constexpr std::size_t kKeptKeyRoom = 64 * 1024;

/// Between two looks at the clock within one value.
constexpr std::size_t kPartsBetweenLooks = 1024;

/// The item of that name; `cursor` is where it stood last time if nothing changed.
Item& item_for(std::vector<Item>& items, std::size_t cursor, std::string_view name) {
  if (cursor < items.size() && items[cursor].name == name) return items[cursor];
  auto it = std::lower_bound(
      items.begin(), items.end(), name, [](const Item& item, std::string_view wanted) {
        return compare_java_order(item.name, wanted) == std::strong_ordering::less;
      });
  if (it == items.end() || it->name != name) it = items.insert(it, Item{std::string(name), {}});
  return *it;
}

}  // namespace

void NodeFiller::fill(Node& node, const Value& value, const BeanPlan& bean, const Place& place) {
  ++fill_;
  fill_part(node, value, bean, place);
}

void NodeFiller::fill_part(Node& node, const Value& value, const BeanPlan& bean,
                           const Place& place) {
  switch (value.kind) {
    case ValueKind::kNull:
    case ValueKind::kArray:
    case ValueKind::kOther:
    case ValueKind::kUnknownClass:
      return;
    case ValueKind::kComposite:
      fill_composite(node, *value.composite, bean, place);
      return;
    case ValueKind::kTabular:
      fill_table(node, *value.tabular, bean, place);
      return;
    default:
      if (!node.slot) node.slot = std::make_unique<Slot>();
      slots_.fill(*node.slot, value, bean, place);
  }
}

void NodeFiller::fill_composite(Node& node, const CompositeValue& value, const BeanPlan& bean,
                                const Place& place) {
  std::vector<Item>& items = node.grow().items;
  const NamePath keys{place.keys, place.attribute};
  for (std::size_t i = 0; i < value.names.size(); ++i) {
    if (i % kPartsBetweenLooks == kPartsBetweenLooks - 1 && slots_.is_late()) return;
    fill_part(item_for(items, i, value.names[i]).node, value.values[i], bean,
              item_place(value, place, keys, value.names[i]));
  }
}

void NodeFiller::fill_table(Node& node, const TabularValue& value, const BeanPlan& bean,
                            const Place& place) {
  const NamePath keys{place.keys, place.attribute};
  std::vector<Row>& rows = node.grow().rows;
  RowIndex index(rows, fill_);
  std::size_t count = 0;
  for (const CompositeValue* composite : value.rows) {
    if (++count % kPartsBetweenLooks == 0 && slots_.is_late()) return;
    Row& row = row_for(rows, index, value, *composite, bean, place);
    row.fill = fill_;
    std::size_t number = 0;
    for (std::size_t i = 0; i < composite->names.size(); ++i) {
      const std::string_view name = composite->names[i];
      const std::optional<Place> column = column_place(value, place, keys, row.properties, name);
      if (!column) continue;
      fill_part(item_for(row.columns, number++, name).node, composite->values[i], bean, *column);
    }
  }
  drop_spare_rows(rows, value.rows.size());
}

void NodeFiller::drop_spare_rows(std::vector<Row>& rows, std::size_t in_use) {
  if (rows.size() <= 2 * in_use + kSpareRows) return;
  const auto gone = std::stable_partition(rows.begin(), rows.end(),
                                          [&](const Row& row) { return row.fill == fill_; });
  for (auto it = gone; it != rows.end(); ++it) {
    for (Item& column : it->columns) forget(column.node);
  }
  rows.erase(gone, rows.end());
}

Row& NodeFiller::row_for(std::vector<Row>& rows, RowIndex& index, const TabularValue& table,
                         const CompositeValue& row, const BeanPlan& bean, const Place& place) {
  for (std::string* text : {&row_key_, &scratch_}) {
    if (text->capacity() > kKeptKeyRoom) *text = std::string();
    text->clear();
  }
  append_row_key(table, row, row_key_, scratch_);
  if (Row* known = index.find(row_key_)) return *known;
  const std::vector<Property>& around = place.row != nullptr ? *place.row : properties_.of(bean);
  rows.push_back({.key = row_key_,
                  .properties = row_properties(around, table, row),
                  .columns = {},
                  .fill = 0});
  return rows.back();
}

void NodeFiller::forget(Node& node) {
  if (node.slot) slots_.forget(*node.slot);
  if (!node.branch) return;
  for (Item& item : node.branch->items) forget(item.node);
  for (Row& row : node.branch->rows) {
    for (Item& column : row.columns) forget(column.node);
  }
}

void NodeFiller::reset(Node& node) {
  if (node.slot) {
    node.slot->state = Slot::State::kNew;
    node.slot->postponed = false;
    node.slot->cached = false;
    node.slot->no_cached_match = false;
  }
  if (!node.branch) return;
  for (Item& item : node.branch->items) reset(item.node);
  for (Row& row : node.branch->rows) {
    for (Item& column : row.columns) reset(column.node);
  }
}

}  // namespace jmxbridge
