#include "http/page_buffers.h"

#include <utility>

namespace jmxbridge {

void PageBufferPool::Return::operator()(PageBuffers* buffers) const {
  pool_->give_back(std::unique_ptr<PageBuffers>(buffers));
}

PageBufferPool::Lease PageBufferPool::take() {
  std::unique_ptr<PageBuffers> buffers;
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      buffers = std::move(idle_.back());
      idle_.pop_back();
    }
  }
  if (!buffers) buffers = std::make_unique<PageBuffers>();
  buffers->text.clear();
  buffers->compressed.clear();
  return Lease(buffers.release(), Return(this));
}

void PageBufferPool::give_back(std::unique_ptr<PageBuffers> buffers) {
  if (buffers->text.capacity() + buffers->compressed.capacity() > kMaxIdleBytes) return;
  const std::lock_guard lock(mutex_);
  if (idle_.size() < kMaxIdle) idle_.push_back(std::move(buffers));
}

}  // namespace jmxbridge
