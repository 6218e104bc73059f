#include "otlp/instance_id.h"

#include <fmt/format.h>

#include <cstdint>
#include <random>

namespace jmxbridge {

std::string random_uuid() {
  constexpr std::uint64_t kVersion = 0x4000;
  constexpr std::uint64_t kVariant = std::uint64_t{2} << 62U;
  std::random_device device;
  const auto draw = [&device] { return std::uint64_t{device()} << 32U | device(); };
  const std::uint64_t high = (draw() & ~std::uint64_t{0xF000}) | kVersion;
  const std::uint64_t low = draw() >> 2U | kVariant;
  return fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", high >> 32U, high >> 16U & 0xFFFFU,
                     high & 0xFFFFU, low >> 48U, low & 0xFFFF'FFFF'FFFFU);
}

}  // namespace jmxbridge
