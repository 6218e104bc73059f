#include "jni/read_lane.h"

#include <algorithm>
#include <atomic>
#include <utility>

#include "jni/java_runtime.h"

namespace jmxbridge {
namespace {

// The head, as io.jmxbridge.Lane writes it.
constexpr std::size_t kHead = 64;
constexpr std::size_t kBytesAt = 0;
constexpr std::size_t kBeanAt = 4;
constexpr std::size_t kSinceAt = 8;
constexpr std::size_t kStopAt = 16;
constexpr std::size_t kAnsweredAt = 24;

constexpr std::size_t kFirstSize = 64 * 1024;
constexpr std::size_t kKeptSize = 256 * 1024;
constexpr std::size_t kLargest = std::size_t{1} << 30;
/// More lanes than this at once are rare: they are made anew.
constexpr std::size_t kKeptLanes = 8;

template <class T>
std::atomic_ref<T> word(std::byte* head, std::size_t at) {
  return std::atomic_ref<T>(*reinterpret_cast<T*>(head + at));
}

}  // namespace

ReadLane::ReadLane(const Limits& limits)
    : limit_(std::min(limits.answer_bytes, kLargest)), decoder_(limits) {
  memory_.resize(kFirstSize / sizeof(std::uint64_t));
}

std::byte* ReadLane::head() const {
  return reinterpret_cast<std::byte*>(const_cast<std::uint64_t*>(memory_.data()));
}

bool ReadLane::reserve(std::size_t bytes) {
  const std::size_t size = memory_.size() * sizeof(std::uint64_t);
  if (bytes <= size) return true;
  // Texts and numbers around the values come on top of what the limit counts.
  if (bytes > limit_ + kFirstSize) return false;
  memory_.resize(std::max(bytes, size * 2) / sizeof(std::uint64_t) + 1);
  memory_changed_ = true;
  return true;
}

void ReadLane::start_turn() {
  word<std::int32_t>(head(), kBytesAt) = 0;
  word<std::int32_t>(head(), kBeanAt) = -1;
  word<std::int32_t>(head(), kStopAt) = 0;
  word<std::int64_t>(head(), kSinceAt) = 0;
  word<std::int64_t>(head(), kAnsweredAt) = 0;
}

void ReadLane::stop() { word<std::int32_t>(head(), kStopAt) = 1; }

bool ReadLane::prepare(const std::shared_ptr<JavaRuntime>& runtime, JNIEnv& env) {
  const JavaApi& api = runtime->api();
  if (!reader_) {
    jobject local = env.NewObject(api.lane, api.lane_new, static_cast<jint>(limit_));
    if (local == nullptr) return false;
    reader_ = GlobalRef(runtime, env, local);
  }
  if (memory_changed_) {
    jobject local =
        env.NewDirectByteBuffer(head(), static_cast<jlong>(memory_.size() * sizeof(std::uint64_t)));
    if (local == nullptr) return false;
    buffer_ = GlobalRef(runtime, env, local);
    memory_changed_ = false;
  }
  return true;
}

std::span<const std::byte> ReadLane::committed() const {
  const std::int32_t bytes = word<std::int32_t>(head(), kBytesAt).load(std::memory_order_acquire);
  return {head() + kHead, static_cast<std::size_t>(bytes)};
}

std::int64_t ReadLane::answered_at() const { return word<std::int64_t>(head(), kAnsweredAt); }

std::int32_t ReadLane::bean() const {
  return word<std::int32_t>(head(), kBeanAt).load(std::memory_order_acquire);
}

std::int64_t ReadLane::since() const { return word<std::int64_t>(head(), kSinceAt); }

void ReadLane::rest() {
  if (memory_.size() * sizeof(std::uint64_t) <= kKeptSize) return;
  memory_ = std::vector<std::uint64_t>(kFirstSize / sizeof(std::uint64_t));
  memory_changed_ = true;
}

std::shared_ptr<ReadLane> LanePool::take() {
  {
    const std::lock_guard lock(mutex_);
    if (!lanes_.empty()) {
      std::shared_ptr<ReadLane> lane = std::move(lanes_.back());
      lanes_.pop_back();
      return lane;
    }
  }
  return std::make_shared<ReadLane>(limits_);
}

void LanePool::give_back(std::shared_ptr<ReadLane> lane) {
  lane->rest();
  const std::lock_guard lock(mutex_);
  if (lanes_.size() < kKeptLanes) lanes_.push_back(std::move(lane));
}

}  // namespace jmxbridge
