#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "jmx/value.h"
#include "scrape/slot.h"

namespace jmxbridge {

/// Finds the rows of a table that are known: in the order they came in last, which costs nothing,
/// and from the first one on that is not where it was, by their keys. Rows may be added meanwhile.
class RowIndex {
 public:
  /// `fill`: the value that the rows are looked for in (Row::fill).
  RowIndex(std::vector<Row>& rows, std::uint64_t fill)
      : rows_(rows), known_(rows.size()), fill_(fill) {}

  /// The next row with that key that this fill has not met; null if there is none.
  Row* find(const std::string& key);

 private:
  void index();

  std::vector<Row>& rows_;
  std::size_t known_;
  std::uint64_t fill_;
  std::size_t cursor_ = 0;
  std::unordered_map<std::string, std::size_t> firsts_;  ///< the first row of each key
  std::vector<std::size_t> nexts_;                       ///< the next row of the same key
};

/// Appends what tells this row from others: its index values. `scratch` is room for their texts.
void append_row_key(const TabularValue& table, const CompositeValue& row, std::string& key,
                    std::string& scratch);

}  // namespace jmxbridge
