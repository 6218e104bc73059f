#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "jmx/stream_decoder.h"
#include "jrmp/call_list.h"

namespace jmxbridge {

/// Why a call that was made has no answer that could be read.
enum class CallLoss : std::uint8_t {
  kNotSerializable,  ///< the target could not write the value
  kBroke,            ///< the connection ends whenever this call is made
  kUnreadable,       ///< its value cannot be decoded here
  kMisleading,       ///< its value says that it is longer than it is, so that nobody can read it
};

/// What a call brought; lives during AnswerSink::answered only.
struct Answer {
  bool threw = false;  ///< the value is what the call threw
  std::span<const std::byte> value;
  StreamDecoder& decoder;  ///< has read the value
};

/// Takes in the answers of a run, each call's once at most, in the order of the list where nothing
/// goes wrong.
class AnswerSink {
 public:
  virtual ~AnswerSink() = default;
  /// False: the session is lost, and the run ends.
  virtual bool answered(const Call& call, const Answer& answer) = 0;
  virtual void lost(const Call& call, CallLoss why, std::string_view detail) = 0;
  /// Asked before a value is read: how many of the bytes, at whose front it stands, are one that
  /// the sink has seen before and takes as answered herewith; 0 if that cannot be told.
  virtual std::size_t unchanged(const Call&, std::span<const std::byte>) { return 0; }
};

}  // namespace jmxbridge
