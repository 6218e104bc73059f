#pragma once

#include <jni.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "jmx/limits.h"
#include "jmx/stream_decoder.h"
#include "jni/refs.h"

namespace jmxbridge {

class JavaRuntime;

/// A reader on the Java side with the memory that it writes records into. That memory's head says
/// what is under way, and may be looked at while the reader works; what committed() gives is whole.
///
/// Used by one reading at a time: the strand prepares a turn, a Java thread makes it.
class ReadLane {
 public:
  /// `bytes` that one bean's answer may have.
  explicit ReadLane(const Limits& limits);
  ReadLane(const ReadLane&) = delete;
  ReadLane& operator=(const ReadLane&) = delete;

  /// Makes the memory hold a record of this size; false if the limit forbids it. Between turns.
  bool reserve(std::size_t bytes);
  /// Clears the head for the next turn.
  void start_turn();
  /// Has the reader stop after the bean at hand; any time.
  void stop();

  /// Makes what the Java side needs; false with a pending exception. On a Java thread.
  bool prepare(const std::shared_ptr<JavaRuntime>& runtime, JNIEnv& env);
  jobject reader() const { return reader_.get(); }
  jobject buffer() const { return buffer_.get(); }

  /// Records that are whole.
  std::span<const std::byte> committed() const;
  /// When the last of them came, on Java's clock; 0 if there is none in this turn.
  std::int64_t answered_at() const;
  /// The bean that the target works on, or -1.
  std::int32_t bean() const;
  /// Since when, on Java's clock.
  std::int64_t since() const;

  StreamDecoder& decoder() { return decoder_; }

  /// Lets go of memory that grew large.
  void rest();

 private:
  std::byte* head() const;

  const std::size_t limit_;
  std::vector<std::uint64_t> memory_;  ///< aligned for the head
  bool memory_changed_ = true;
  GlobalRef reader_;
  GlobalRef buffer_;
  StreamDecoder decoder_;
};

/// Lanes that rest between readings; targets share them, so that a target that is not being read
/// holds no memory. Thread-safe.
class LanePool {
 public:
  explicit LanePool(const Limits& limits) : limits_(limits) {}

  std::shared_ptr<ReadLane> take();
  /// Gives a lane back that no job uses any more.
  void give_back(std::shared_ptr<ReadLane> lane);

 private:
  const Limits limits_;
  std::mutex mutex_;
  std::vector<std::shared_ptr<ReadLane>> lanes_;
};

}  // namespace jmxbridge
