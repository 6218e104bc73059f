#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <span>
#include <vector>

namespace jmxbridge {

/// Bytes that have come in and are not taken yet. Grows with what a connection brings at once, and
/// beyond that only for an answer that does not fit.
class InBuffer {
 public:
  std::span<const std::byte> bytes() const {
    return std::span<const std::byte>(memory_).subspan(begin_, end_ - begin_);
  }
  bool empty() const { return begin_ == end_; }

  /// Where to put what is read next; never empty.
  std::span<std::byte> room() {
    if (begin_ == end_) begin_ = end_ = 0;
    if (memory_.size() - end_ < kLeastRoom) make_room();
    return std::span<std::byte>(memory_).subspan(end_);
  }
  /// So many bytes have been put there.
  void put(std::size_t count) { end_ += count; }
  void take(std::size_t count) { begin_ += count; }

  /// Forgets what is there, and memory that one large answer took.
  void clear() {
    begin_ = end_ = 0;
    if (memory_.size() > kUsualSize) memory_ = {};
  }

 private:
  static constexpr std::size_t kFirstSize = std::size_t{16} * 1024;
  static constexpr std::size_t kUsualSize = std::size_t{128} * 1024;
  static constexpr std::size_t kLeastRoom = std::size_t{8} * 1024;

  void make_room() {
    const std::size_t size = end_ - begin_;
    if (size > 0) std::memmove(memory_.data(), memory_.data() + begin_, size);
    const bool is_full = end_ == memory_.size();
    begin_ = 0;
    end_ = size;
    if (is_full && memory_.size() < kUsualSize) {
      memory_.resize(std::max(kFirstSize, memory_.size() * 2));
    } else if (memory_.size() - end_ < kLeastRoom) {
      memory_.resize(memory_.size() * 2);
    }
  }

  std::vector<std::byte> memory_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace jmxbridge
