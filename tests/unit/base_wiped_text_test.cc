#include "base/wiped_text.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstddef>
#include <cstdlib>
#include <new>
#include <string>

namespace {

/// The memory that is watched, and whether it held zeros alone when it was given back.
const char* watched = nullptr;
std::size_t watched_size = 0;
bool was_clear = false;

void give_back(void* memory) noexcept {
  if (memory != nullptr && memory == watched) {
    was_clear =
        std::all_of(watched, watched + watched_size, [](char byte) { return byte == '\0'; });
    watched = nullptr;
  }
  std::free(memory);
}

void* take(std::size_t size) {
  void* const memory = std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

}  // namespace

void* operator new(std::size_t size) { return take(size); }
void* operator new[](std::size_t size) { return take(size); }
// The others that allocate are the standard library's own only as long as no sanitizer replaces
// them.
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return std::malloc(size); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return std::malloc(size); }
void operator delete(void* memory) noexcept { give_back(memory); }
void operator delete[](void* memory) noexcept { give_back(memory); }
void operator delete(void* memory, std::size_t) noexcept { give_back(memory); }
void operator delete[](void* memory, std::size_t) noexcept { give_back(memory); }

namespace jmxbridge {

TEST_CASE("wiped text: all holders see the secret, and nothing is left of it after the last",
          "[base]") {
  std::string secret(1000, 's');
  watched = secret.data();
  watched_size = secret.size();
  std::shared_ptr<const std::string> one = wiped_text(std::move(secret));
  REQUIRE(one->data() == watched);
  std::shared_ptr<const std::string> other = one;
  one.reset();
  CHECK(*other == std::string(1000, 's'));
  CHECK(watched != nullptr);
  other.reset();
  CHECK(watched == nullptr);
  CHECK(was_clear);
}

}  // namespace jmxbridge
