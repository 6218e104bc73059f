#pragma once

#include <array>
#include <cstddef>

#include "jrmp/call_list.h"

namespace jmxbridge {

/// How many bytes an answer to each kind of call has, as the last ones had them.
class AnswerSizes {
 public:
  void note(CallKind kind, std::size_t bytes) {
    std::size_t& usual = usual_[static_cast<std::size_t>(kind)];
    usual = usual == 0 ? bytes : (usual * (kAverageOver - 1) + bytes) / kAverageOver;
  }
  /// 0 before the first one.
  std::size_t usual(CallKind kind) const { return usual_[static_cast<std::size_t>(kind)]; }

 private:
  static constexpr std::size_t kAverageOver = 16;

  std::array<std::size_t, kCallKinds> usual_{};
};

}  // namespace jmxbridge
