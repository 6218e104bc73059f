#pragma once

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <new>

// Counts what reaches malloc, for a whole executable: include it in one file of each. Asio takes
// the memory of coroutines and handlers from aligned_alloc, past operator new. The sanitizers have
// a malloc of their own; with the address sanitizer only operator new is counted, with the thread
// sanitizer nothing, and the tests that count are tagged [allocations].

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define JMXBRIDGE_COUNTS_NOTHING 1
#endif
#endif

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define JMXBRIDGE_COUNTS_MALLOC 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define JMXBRIDGE_COUNTS_MALLOC 0
#else
#define JMXBRIDGE_COUNTS_MALLOC 1
#endif
#else
#define JMXBRIDGE_COUNTS_MALLOC 1
#endif

namespace jmxbridge {

inline std::atomic<std::size_t> allocations = 0;
inline std::atomic<std::size_t> largest_allocation = 0;
inline thread_local std::size_t on_this_thread = 0;

inline void count_allocation(std::size_t size) {
  ++allocations;
  ++on_this_thread;
  if (size > largest_allocation) largest_allocation = size;
}

}  // namespace jmxbridge

#if defined(JMXBRIDGE_COUNTS_NOTHING)
#elif !JMXBRIDGE_COUNTS_MALLOC

namespace jmxbridge {

inline void* counted_allocation(std::size_t size) {
  count_allocation(size);
  void* const memory = std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

}  // namespace jmxbridge

// Not inlined, or g++ takes new and delete for a mismatched pair.
[[gnu::noinline]] void* operator new(std::size_t size) {
  return jmxbridge::counted_allocation(size);
}
[[gnu::noinline]] void* operator new[](std::size_t size) {
  return jmxbridge::counted_allocation(size);
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return std::malloc(size); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return std::malloc(size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }

#else

extern "C" {

// glibc's own, by the names that it keeps for those who replace the others.
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* memory, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);

void* malloc(std::size_t size) noexcept {
  jmxbridge::count_allocation(size);
  return __libc_malloc(size);
}
void* calloc(std::size_t count, std::size_t size) noexcept {
  jmxbridge::count_allocation(count * size);
  return __libc_calloc(count, size);
}
void* realloc(void* memory, std::size_t size) noexcept {
  jmxbridge::count_allocation(size);
  return __libc_realloc(memory, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
  jmxbridge::count_allocation(size);
  return __libc_memalign(alignment, size);
}
int posix_memalign(void** memory, std::size_t alignment, std::size_t size) noexcept {
  jmxbridge::count_allocation(size);
  *memory = __libc_memalign(alignment, size);
  return *memory == nullptr ? ENOMEM : 0;
}

}  // extern "C"

#endif
