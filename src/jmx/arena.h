#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace jmxbridge {

/// Memory that is handed out piece by piece and taken back all at once. Blocks that the last use
/// needed are kept for the next one, so that equal uses allocate once; others are freed.
///
/// Holds trivially destructible things only. Not thread-safe.
class Arena {
 public:
  /// Takes back everything handed out.
  void reset() {
    if (!blocks_.empty()) blocks_.resize(used_);
    used_ = 0;
    begin_ = nullptr;
    end_ = nullptr;
    handed_out_ = 0;
  }

  /// Bytes handed out since the last reset.
  std::size_t handed_out() const { return handed_out_; }

  template <class T, class... Args>
  T* make(Args&&... args) {
    static_assert(std::is_trivially_destructible_v<T> && alignof(T) <= kAlignment);
    return ::new (allocate(sizeof(T))) T{std::forward<Args>(args)...};
  }

  /// Default-initialized elements.
  template <class T>
  std::span<T> make_array(std::size_t count) {
    static_assert(std::is_trivially_destructible_v<T> && alignof(T) <= kAlignment);
    if (count == 0) return {};
    T* const first = static_cast<T*>(allocate(count * sizeof(T)));
    std::uninitialized_default_construct_n(first, count);
    return {first, count};
  }

  template <class T>
  std::span<const T> copy(std::span<const T> from) {
    const std::span<T> to = make_array<T>(from.size());
    std::copy(from.begin(), from.end(), to.begin());
    return to;
  }

  std::string_view copy(std::string_view text) {
    if (text.empty()) return {};
    char* const to = static_cast<char*>(allocate(text.size()));
    std::memcpy(to, text.data(), text.size());
    return {to, text.size()};
  }

 private:
  static constexpr std::size_t kAlignment = 8;
  static constexpr std::size_t kFirstBlock = 4096;
  static constexpr std::size_t kLargestBlock = 256 * 1024;

  struct Block {
    std::unique_ptr<std::byte[]> bytes;
    std::size_t size;
  };

  void* allocate(std::size_t size) {
    size = (size + kAlignment - 1) & ~(kAlignment - 1);
    if (static_cast<std::size_t>(end_ - begin_) < size) [[unlikely]]
      next_block(size);
    std::byte* const at = begin_;
    begin_ += size;
    handed_out_ += size;
    return at;
  }

  void next_block(std::size_t size) {
    while (used_ < blocks_.size() && blocks_[used_].size < size) {
      blocks_.erase(blocks_.begin() + static_cast<std::ptrdiff_t>(used_));
    }
    if (used_ == blocks_.size()) {
      const std::size_t grown = used_ == 0 ? kFirstBlock : blocks_[used_ - 1].size * 2;
      const std::size_t bytes = std::max(size, std::min(grown, kLargestBlock));
      blocks_.push_back({std::unique_ptr<std::byte[]>(new std::byte[bytes]), bytes});
    }
    begin_ = blocks_[used_].bytes.get();
    end_ = begin_ + blocks_[used_].size;
    ++used_;
  }

  std::vector<Block> blocks_;
  std::size_t used_ = 0;  ///< blocks of which something is handed out
  std::byte* begin_ = nullptr;
  std::byte* end_ = nullptr;
  std::size_t handed_out_ = 0;
};

}  // namespace jmxbridge
