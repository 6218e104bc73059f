#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "jmx/limits.h"
#include "jmx/stream_decoder.h"

namespace jmxbridge {

/// Takes answers apart (RMI Specification, 10.2: ReturnData). The wire does not say how long one
/// is: its end shows when its value has been read.
class AnswerReader {
 public:
  enum class Front : std::uint8_t {
    kWhole,       ///< an answer of `size` bytes; the decoder has read its value
    kCut,         ///< more bytes are needed
    kEndsHere,    ///< the target could not serialize the value, and closes the connection
    kUnreadable,  ///< an answer whose value, and so whose end, cannot be told
    kNoAnswer,    ///< something else
  };
  struct Look {
    Front front = Front::kNoAnswer;
    bool threw = false;  ///< the value is what the call threw
    std::size_t size = 0;
    std::span<const std::byte> value;  ///< of kWhole: the part of it that was serialized
    std::string problem;               ///< for kEndsHere and kUnreadable
  };

  explicit AnswerReader(const Limits& limits) : limits_(limits), decoder_(limits) {}

  /// What stands at the front of the bytes that have come in.
  Look look(std::span<const std::byte> bytes);

  /// What stands behind the head of an answer to a call that threw nothing; empty for others.
  static std::span<const std::byte> returned(std::span<const std::byte> bytes);

  /// Where the next answer seems to begin, by the look of its head and by the part of the
  /// identifier that all answers of one JVM share, as the last one had it.
  std::optional<std::size_t> find_next(std::span<const std::byte> bytes) const;
  /// How many bytes at the end may belong to the head of the next answer although find_next() finds
  /// none.
  static std::size_t undecided(std::span<const std::byte> bytes);

  StreamDecoder& decoder() { return decoder_; }
  const Limits& limits() const { return limits_; }

 private:
  static constexpr std::size_t kJvmSize = 4;

  Limits limits_;
  std::array<std::byte, kJvmSize> jvm_{};  ///< that part, as the last head had it
  StreamDecoder decoder_;
};

}  // namespace jmxbridge
