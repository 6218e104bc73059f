#pragma once

#include <boost/json/memory_resource.hpp>
#include <cstddef>
#include <new>

namespace jmxbridge {

/// Memory for a JSON document that throws std::bad_alloc past a bound, so that a small text cannot
/// become a large tree.
class BoundedMemory final : public boost::json::memory_resource {
 public:
  explicit BoundedMemory(std::size_t most) : left_(most) {}

 private:
  void* do_allocate(std::size_t size, std::size_t alignment) override {
    if (size > left_) throw std::bad_alloc();
    void* const memory = ::operator new(size, std::align_val_t(alignment));
    left_ -= size;
    return memory;
  }
  void do_deallocate(void* memory, std::size_t size, std::size_t alignment) override {
    ::operator delete(memory, std::align_val_t(alignment));
    left_ += size;
  }
  bool do_is_equal(const boost::json::memory_resource& other) const noexcept override {
    return this == &other;
  }

  std::size_t left_;
};

}  // namespace jmxbridge
