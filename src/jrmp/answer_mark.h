#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string_view>

namespace jmxbridge {

/// What tells whether a value is, to the byte, the one that was seen before.
class AnswerMark {
 public:
  AnswerMark() = default;
  explicit AnswerMark(std::span<const std::byte> bytes) : hash_(hash(bytes)), size_(bytes.size()) {}

  /// How many bytes at the front are that value; 0 if they are another, or none was seen.
  std::size_t at_front_of(std::span<const std::byte> bytes) const {
    if (size_ > bytes.size()) return 0;
    return hash(bytes.first(size_)) == hash_ ? size_ : 0;
  }

 private:
  static std::size_t hash(std::span<const std::byte> bytes) {
    return std::hash<std::string_view>()(
        {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  }

  std::size_t hash_ = 0;
  std::size_t size_ = 0;
};

}  // namespace jmxbridge
