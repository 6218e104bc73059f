#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "jmx/object_name.h"
#include "jmx/value.h"

namespace jmxbridge {

/// The names on the way to a leaf, innermost first.
struct NamePath {
  const NamePath* parent;
  std::string_view name;
};

/// Where a value stands within its bean, as rules see it (specification 5.2, 5.3). A view.
struct Place {
  /// Of the row it stands in: the bean's, then the index columns. Null outside of tables.
  const std::vector<Property>* row;
  const NamePath* keys;  ///< null for a plain attribute
  std::string_view attribute;
  std::optional<std::string_view> description;
};

/// The place of an attribute's value, or of an extra metric's.
inline Place attribute_place(std::string_view attribute,
                             std::optional<std::string_view> description) {
  return {.row = nullptr, .keys = nullptr, .attribute = attribute, .description = description};
}

/// The place of one item of the composite at `place`; `keys` is the path that ends in it.
Place item_place(const CompositeValue& composite, const Place& place, const NamePath& keys,
                 std::string_view item);

/// The place of one column in a row of the table at `place`; `keys` is the path that ends in the
/// table, `properties` are those of the row. Nothing for a column of the index.
std::optional<Place> column_place(const TabularValue& table, const Place& place,
                                  const NamePath& keys, const std::vector<Property>& properties,
                                  std::string_view column);

/// The properties of a row: those around the table and the index columns (specification 5.3.1 to
/// 5.3.3). An index value whose text is not known here gives no property.
std::vector<Property> row_properties(std::span<const Property> base, const TabularValue& table,
                                     const CompositeValue& row);

/// The names of a path, outermost first, in place of what `out` held.
void list_names(const NamePath* path, std::vector<std::string>& out);

/// Calls `leaf` for the value itself, or for each value within it that is neither composite nor
/// tabular, in the order of the plan. `properties` are the bean's.
void for_each_leaf(const Value& value, const Place& place, std::span<const Property> properties,
                   const std::function<void(const Place&, const Value&)>& leaf);

}  // namespace jmxbridge
