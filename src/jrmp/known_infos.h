#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "jmx/mbean_info.h"

namespace jmxbridge {

/// MBeanInfos with the bytes that they were decoded from: the MBeans of one class mostly send the
/// same, and then need not be decoded again. Keeps those that were met last, few and small ones.
class KnownInfos {
 public:
  struct Known {
    std::vector<std::byte> bytes;
    MBeanInfo info;
  };

  /// The info that stands at the front of the bytes, or null. Lives until the next add().
  const Known* find(std::span<const std::byte> bytes);
  void add(std::span<const std::byte> bytes, const MBeanInfo& info);

  static constexpr std::size_t kMost = 32;
  static constexpr std::size_t kMostBytes = std::size_t{32} * 1024;

 private:
  std::vector<std::unique_ptr<Known>> known_;  ///< the one that was met last in front
};

}  // namespace jmxbridge
