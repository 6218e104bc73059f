#pragma once

#include <fmt/format.h>

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "native_fixture.h"

namespace jmxbridge::test {

/// `count` beans of `fill`, each with its one attribute.
inline std::vector<BeanRead> filled(int count) {
  std::vector<BeanRead> list;
  for (int i = 0; i < count; i++) {
    list.push_back(read_of(fmt::format("fill:type=Fill,name={}", i), {"Value"}));
  }
  return list;
}

/// The same with one more bean at this place.
inline std::shared_ptr<const ReadList> filled_and(int count, std::size_t at, BeanRead other) {
  std::vector<BeanRead> list = filled(count);
  list.insert(list.begin() + static_cast<std::ptrdiff_t>(at), std::move(other));
  return reads_of(std::move(list));
}

}  // namespace jmxbridge::test
