#include "scrape/place.h"

#include <algorithm>
#include <utility>

namespace jmxbridge {
namespace {

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c; };
    return lower(x) == lower(y);
  });
}

std::string free_key(const std::vector<Property>& properties, std::string_view wanted) {
  std::string key(wanted);
  while (std::any_of(properties.begin(), properties.end(),
                     [&](const Property& property) { return property.key == key; })) {
    key += '_';
  }
  return key;
}

}  // namespace

Place item_place(const CompositeValue& composite, const Place& place, const NamePath& keys,
                 std::string_view item) {
  return {.row = place.row, .keys = &keys, .attribute = item, .description = composite.description};
}

std::optional<Place> column_place(const TabularValue& table, const Place& place,
                                  const NamePath& keys, const std::vector<Property>& properties,
                                  std::string_view column) {
  if (std::find(table.index_names.begin(), table.index_names.end(), column) !=
      table.index_names.end()) {
    return std::nullopt;
  }
  const bool is_value = equals_ignoring_case(column, "value");
  return Place{.row = &properties,
               .keys = is_value ? place.keys : &keys,
               .attribute = is_value ? place.attribute : column,
               .description = table.row_description};
}

std::vector<Property> row_properties(std::span<const Property> base, const TabularValue& table,
                                     const CompositeValue& row) {
  std::vector<Property> out(base.begin(), base.end());
  for (std::string_view index : table.index_names) {
    const Value* value = row.find(index);
    if (value == nullptr || value->kind == ValueKind::kNull) continue;
    const std::string key = free_key(out, index);
    if (value->composite != nullptr) {
      const CompositeValue& parts = *value->composite;
      for (std::size_t i = 0; i < parts.names.size(); ++i) {
        std::string text;
        if (!append_java_text(parts.values[i], text)) continue;
        out.push_back({key + "_" + std::string(parts.names[i]), std::move(text)});
      }
      continue;
    }
    std::string text;
    if (append_java_text(*value, text)) out.push_back({key, std::move(text)});
  }
  return out;
}

void list_names(const NamePath* path, std::vector<std::string>& out) {
  out.clear();
  for (; path != nullptr; path = path->parent) out.emplace_back(path->name);
  std::reverse(out.begin(), out.end());
}

void for_each_leaf(const Value& value, const Place& place, std::span<const Property> properties,
                   const std::function<void(const Place&, const Value&)>& leaf) {
  const NamePath keys{place.keys, place.attribute};
  if (value.kind == ValueKind::kComposite) {
    for (std::size_t i = 0; i < value.composite->names.size(); ++i) {
      for_each_leaf(value.composite->values[i],
                    item_place(*value.composite, place, keys, value.composite->names[i]),
                    properties, leaf);
    }
  } else if (value.kind == ValueKind::kTabular) {
    for (const CompositeValue* row : value.tabular->rows) {
      const std::vector<Property> of_row = row_properties(properties, *value.tabular, *row);
      for (std::size_t i = 0; i < row->names.size(); ++i) {
        const std::optional<Place> column =
            column_place(*value.tabular, place, keys, of_row, row->names[i]);
        if (column) for_each_leaf(row->values[i], *column, of_row, leaf);
      }
    }
  } else {
    leaf(place, value);
  }
}

}  // namespace jmxbridge
