#pragma once

#include <atomic>
#include <cstddef>
#include <optional>
#include <utility>

namespace jmxbridge {

/// Bounds how many metrics requests are in work, from their routing until their answer is written.
/// Thread-safe; outlives its places.
class RequestBound {
 public:
  /// One request in work; it ends with this.
  class Place {
   public:
    Place(Place&& other) noexcept : count_(std::exchange(other.count_, nullptr)) {}
    Place& operator=(Place&& other) noexcept {
      std::swap(count_, other.count_);
      return *this;
    }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    ~Place() {
      if (count_ != nullptr) --*count_;
    }

   private:
    friend class RequestBound;
    explicit Place(std::atomic<std::size_t>& count) : count_(&count) {}

    std::atomic<std::size_t>* count_;
  };

  /// `threads` is the peer's bound and `requests` Prometheus'; 0 is none.
  RequestBound(std::size_t threads, std::size_t requests)
      : most_(threads != 0 && (requests == 0 || threads <= requests) ? threads : requests),
        status_(most_ == threads ? 429 : 503) {}

  /// A place, or nothing if all are taken.
  std::optional<Place> take() {
    std::size_t count = count_;
    do {
      if (most_ != 0 && count >= most_) return std::nullopt;
    } while (!count_.compare_exchange_weak(count, count + 1));
    return Place(count_);
  }

  /// What a request without a place is answered: 429 for threads (specification 10.8.2), 503 for
  /// requests.
  int status() const { return status_; }

 private:
  const std::size_t most_;
  const int status_;
  std::atomic<std::size_t> count_{0};
};

}  // namespace jmxbridge
