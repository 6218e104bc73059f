#pragma once

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>

// Replaces operator new for a whole executable, to count: include it in one file of each.

namespace jmxbridge {

inline std::atomic<std::size_t> allocations = 0;
inline std::atomic<std::size_t> largest_allocation = 0;
inline thread_local std::size_t on_this_thread = 0;

inline void* counted_allocation(std::size_t size) {
  ++allocations;
  ++on_this_thread;
  if (size > largest_allocation) largest_allocation = size;
  void* const memory = std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

}  // namespace jmxbridge

void* operator new(std::size_t size) { return jmxbridge::counted_allocation(size); }
void* operator new[](std::size_t size) { return jmxbridge::counted_allocation(size); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return std::malloc(size); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return std::malloc(size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
