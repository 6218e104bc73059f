#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "jrmp/requests.h"

namespace jmxbridge {

/// What a call asks for.
enum class CallKind : std::uint8_t { kInfo, kAttributes, kAttribute, kOther };
inline constexpr std::size_t kCallKinds = 4;

/// One call of a run: of which item of the run's work, and for kAttribute of which part of it.
struct Call {
  std::uint32_t item = 0;
  std::uint32_t part = 0;
  CallKind kind = CallKind::kOther;
  std::size_t end = 0;  ///< of its request, in the list's bytes
};

/// Calls in the order in which they are made, their requests back to back. The calls of one item
/// stand side by side.
class CallList {
 public:
  /// Where the next request goes; add() makes a call of what was written there.
  Bytes& out() { return bytes_; }
  void add(CallKind kind, std::uint32_t item, std::uint32_t part = 0) {
    calls_.push_back({item, part, kind, bytes_.size()});
  }
  /// Forgets the calls and keeps the memory.
  void clear() {
    bytes_.clear();
    calls_.clear();
  }
  /// Gives back memory that is not needed; for a list that is kept.
  void shrink() {
    bytes_.shrink_to_fit();
    calls_.shrink_to_fit();
  }

  std::size_t size() const { return calls_.size(); }
  const Call& operator[](std::size_t index) const { return calls_[index]; }
  /// Where the request of a call begins; of the call behind the last one, where all end.
  std::size_t offset(std::size_t index) const { return index == 0 ? 0 : calls_[index - 1].end; }
  std::span<const std::byte> bytes(std::size_t from, std::size_t to) const {
    return bytes_of(bytes_).subspan(from, to - from);
  }

  /// The first call behind `index` that is of another item.
  std::size_t next_item(std::size_t index) const {
    const std::uint32_t item = calls_[index].item;
    while (index < calls_.size() && calls_[index].item == item) ++index;
    return index;
  }

 private:
  Bytes bytes_;
  std::vector<Call> calls_;
};

}  // namespace jmxbridge
