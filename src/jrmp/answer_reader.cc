#include "jrmp/answer_reader.h"

#include <algorithm>
#include <array>
#include <utility>

namespace jmxbridge {
namespace {

// The head of an answer: ReturnData, a stream's header, a block with the kind of return and a UID
// (int, long, short) whose first four bytes are one for a JVM's life.
constexpr std::array<std::uint8_t, 7> kStart = {0x51, 0xac, 0xed, 0x00, 0x05, 0x77, 0x0f};
constexpr std::uint8_t kNormal = 1;
constexpr std::uint8_t kException = 2;
constexpr std::size_t kKindAt = kStart.size();
constexpr std::size_t kJvmAt = kKindAt + 1;
constexpr std::size_t kHead = kJvmAt + 14;

/// True if the bytes, as far as they go, can be a head.
bool begins_like_head(std::span<const std::byte> bytes) {
  const std::size_t known = std::min(bytes.size(), kStart.size());
  for (std::size_t i = 0; i < known; ++i) {
    if (static_cast<std::uint8_t>(bytes[i]) != kStart[i]) return false;
  }
  if (bytes.size() <= kKindAt) return true;
  const auto kind = static_cast<std::uint8_t>(bytes[kKindAt]);
  return kind == kNormal || kind == kException;
}

}  // namespace

AnswerReader::Look AnswerReader::look(std::span<const std::byte> bytes) {
  Look seen;
  if (!begins_like_head(bytes)) return seen;
  if (bytes.size() <= kHead) {
    seen.front = Front::kCut;
    return seen;
  }
  std::copy_n(bytes.begin() + kJvmAt, kJvmSize, jvm_.begin());
  seen.threw = static_cast<std::uint8_t>(bytes[kKindAt]) == kException;
  Result<std::optional<std::size_t>> value = decoder_.read_front(bytes.subspan(kHead));
  if (!value) {
    seen.front = decoder_.writer_threw() ? Front::kEndsHere : Front::kUnreadable;
    seen.problem = std::move(value.error().text);
  } else if (*value) {
    seen.front = Front::kWhole;
    seen.size = kHead + **value;
    seen.value = bytes.subspan(kHead, **value);
  } else if (bytes.size() - kHead > limits_.answer_bytes) {
    seen.front = Front::kUnreadable;
    seen.problem = "an answer has more bytes than are read of one";
  } else {
    seen.front = Front::kCut;
  }
  return seen;
}

std::span<const std::byte> AnswerReader::returned(std::span<const std::byte> bytes) {
  if (bytes.size() <= kHead || !begins_like_head(bytes)) return {};
  const bool threw = static_cast<std::uint8_t>(bytes[kKindAt]) == kException;
  return threw ? std::span<const std::byte>() : bytes.subspan(kHead);
}

std::optional<std::size_t> AnswerReader::find_next(std::span<const std::byte> bytes) const {
  const auto* const begin = reinterpret_cast<const std::byte*>(kStart.data());
  for (auto from = bytes.begin();; ++from) {
    from = std::search(from, bytes.end(), begin, begin + kStart.size());
    const auto at = static_cast<std::size_t>(from - bytes.begin());
    if (at + kJvmAt + kJvmSize > bytes.size()) return std::nullopt;
    if (begins_like_head(bytes.subspan(at)) &&
        std::equal(jvm_.begin(), jvm_.end(), from + kJvmAt)) {
      return at;
    }
  }
}

std::size_t AnswerReader::undecided(std::span<const std::byte> bytes) {
  return std::min(bytes.size(), kJvmAt + kJvmSize - 1);
}

}  // namespace jmxbridge
