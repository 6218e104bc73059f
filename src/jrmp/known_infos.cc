#include "jrmp/known_infos.h"

#include <algorithm>
#include <cstring>

namespace jmxbridge {

const KnownInfos::Known* KnownInfos::find(std::span<const std::byte> bytes) {
  // What is serialized says by itself where it ends: equal bytes at the front are the whole of it.
  const auto known = std::find_if(known_.begin(), known_.end(), [&](const auto& each) {
    return each->bytes.size() <= bytes.size() &&
           std::memcmp(each->bytes.data(), bytes.data(), each->bytes.size()) == 0;
  });
  if (known == known_.end()) return nullptr;
  std::rotate(known_.begin(), known, known + 1);
  return known_.front().get();
}

void KnownInfos::add(std::span<const std::byte> bytes, const MBeanInfo& info) {
  if (bytes.empty() || bytes.size() > kMostBytes) return;
  if (known_.size() >= kMost) known_.pop_back();
  known_.insert(known_.begin(), std::make_unique<Known>(Known{{bytes.begin(), bytes.end()}, info}));
}

}  // namespace jmxbridge
