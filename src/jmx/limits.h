#pragma once

#include <cstddef>
#include <cstdint>

namespace jmxbridge {

/// What one target may send at most; what passes a bound is dropped, flagged and named
/// (design section 8).
struct Limits {
  std::uint32_t beans = 200'000;
  std::uint32_t samples = 1'000'000;
  std::size_t answer_bytes = std::size_t{64} << 20;
  std::uint32_t depth = 64;  ///< of objects within objects
  std::size_t label_value_bytes = 4096;
};

}  // namespace jmxbridge
