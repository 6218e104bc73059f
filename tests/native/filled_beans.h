#pragma once

#include <fmt/format.h>

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

}  // namespace jmxbridge::test
