#pragma once

#include <cstdint>

namespace jmxbridge {

inline constexpr std::uint16_t kStreamMagic = 0xACED;
inline constexpr std::uint16_t kStreamVersion = 5;
inline constexpr std::uint32_t kFirstHandle = 0x7E0000;

/// The type codes of java.io.ObjectStreamConstants.
namespace code {
inline constexpr std::uint8_t kNull = 0x70;
inline constexpr std::uint8_t kReference = 0x71;
inline constexpr std::uint8_t kClassDesc = 0x72;
inline constexpr std::uint8_t kObject = 0x73;
inline constexpr std::uint8_t kString = 0x74;
inline constexpr std::uint8_t kArray = 0x75;
inline constexpr std::uint8_t kClass = 0x76;
inline constexpr std::uint8_t kBlockData = 0x77;
inline constexpr std::uint8_t kEndBlockData = 0x78;
inline constexpr std::uint8_t kReset = 0x79;
inline constexpr std::uint8_t kBlockDataLong = 0x7A;
inline constexpr std::uint8_t kException = 0x7B;
inline constexpr std::uint8_t kLongString = 0x7C;
inline constexpr std::uint8_t kProxyClassDesc = 0x7D;
inline constexpr std::uint8_t kEnum = 0x7E;
}  // namespace code

}  // namespace jmxbridge
