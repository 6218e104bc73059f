#include "snapshot/recording.h"

#include <span>
#include <string_view>

namespace jmxbridge {

Value Recording::keep(const Value& value, std::uint32_t depth) {
  if (depth == 0) return {};
  Value kept = value;
  kept.text = arena_.copy(value.text);
  if (value.composite != nullptr) kept.composite = keep(*value.composite, depth - 1);
  if (value.tabular != nullptr) kept.tabular = keep(*value.tabular, depth - 1);
  return kept;
}

const CompositeValue* Recording::keep(const CompositeValue& composite, std::uint32_t depth) {
  const std::size_t size = composite.names.size();
  const std::span<std::string_view> names = arena_.make_array<std::string_view>(size);
  const std::span<Value> values = arena_.make_array<Value>(size);
  for (std::size_t i = 0; i < size; ++i) {
    names[i] = arena_.copy(composite.names[i]);
    values[i] = keep(composite.values[i], depth);
  }
  auto* kept = arena_.make<CompositeValue>();
  kept->type_name = arena_.copy(composite.type_name);
  kept->description = arena_.copy(composite.description);
  kept->names = names;
  kept->values = values;
  return kept;
}

const TabularValue* Recording::keep(const TabularValue& table, std::uint32_t depth) {
  const std::span<std::string_view> index =
      arena_.make_array<std::string_view>(table.index_names.size());
  for (std::size_t i = 0; i < index.size(); ++i) index[i] = arena_.copy(table.index_names[i]);
  const std::span<const CompositeValue*> rows =
      arena_.make_array<const CompositeValue*>(table.rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = keep(*table.rows[i], depth);
  auto* kept = arena_.make<TabularValue>();
  kept->type_name = arena_.copy(table.type_name);
  kept->row_description = arena_.copy(table.row_description);
  kept->index_names = index;
  kept->rows = rows;
  return kept;
}

}  // namespace jmxbridge
