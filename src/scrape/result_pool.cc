#include "scrape/result_pool.h"

#include <new>
#include <utility>

namespace jmxbridge {

class ResultPool::Return {
 public:
  explicit Return(std::shared_ptr<ResultPool> pool) : pool_(std::move(pool)) {}
  void operator()(ScrapeResult* result) const {
    pool_->give_back(std::unique_ptr<ScrapeResult>(result));
  }

 private:
  std::shared_ptr<ResultPool> pool_;
};

/// Where shared pointers count who holds a result.
template <class T>
class ResultPool::Blocks {
 public:
  using value_type = T;

  explicit Blocks(std::shared_ptr<ResultPool> pool) : pool_(std::move(pool)) {}
  template <class Other>
  Blocks(const Blocks<Other>& other) : pool_(other.pool_) {}  // NOLINT(google-explicit-constructor)

  T* allocate(std::size_t count) { return static_cast<T*>(pool_->take_block(count * sizeof(T))); }
  void deallocate(T* block, std::size_t count) noexcept {
    pool_->give_back_block(block, count * sizeof(T));
  }
  friend bool operator==(const Blocks& a, const Blocks& b) { return a.pool_ == b.pool_; }

 private:
  template <class Other>
  friend class Blocks;

  std::shared_ptr<ResultPool> pool_;
};

ResultPool::~ResultPool() {
  for (void* const block : blocks_) ::operator delete(block);
}

std::shared_ptr<ScrapeResult> ResultPool::take() {
  std::unique_ptr<ScrapeResult> result;
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      result = std::move(idle_.back());
      idle_.pop_back();
    }
  }
  if (!result) result = std::make_unique<ScrapeResult>();
  // A shared pointer that cannot be made calls the deleter.
  return {result.release(), Return(shared_from_this()), Blocks<ScrapeResult>(shared_from_this())};
}

void ResultPool::give_back(std::unique_ptr<ScrapeResult> result) {
  result->page.reset();
  const std::lock_guard lock(mutex_);
  if (idle_.capacity() < kMostIdle) idle_.reserve(kMostIdle);
  if (idle_.size() < kMostIdle) idle_.push_back(std::move(result));
}

void* ResultPool::take_block(std::size_t size) {
  {
    const std::lock_guard lock(mutex_);
    if (!blocks_.empty() && block_size_ == size) {
      void* const block = blocks_.back();
      blocks_.pop_back();
      return block;
    }
    // Once, so that there is room when one comes back.
    blocks_.reserve(kMostIdle);
    if (blocks_.empty()) block_size_ = size;
  }
  return ::operator new(size);
}

void ResultPool::give_back_block(void* block, std::size_t size) noexcept {
  {
    const std::lock_guard lock(mutex_);
    if (size == block_size_ && blocks_.size() < kMostIdle) {
      blocks_.push_back(block);
      return;
    }
  }
  ::operator delete(block);
}

}  // namespace jmxbridge
