#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "jmx/object_name.h"

namespace jmxbridge {

/// What identifies an exported object to its JVM.
using ObjectId = std::array<std::uint8_t, 22>;

/// Bytes on their way to a target.
using Bytes = std::string;

inline std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span<const char>(text.data(), text.size()));
}

/// Writes the calls of javax.management.remote.rmi.RMIConnection as JRMP puts them on the wire (RMI
/// Specification, chapter 10; design section 5). Each is whole by itself, so that it can be sent
/// again as it is for as long as the object lives.
class Requests {
 public:
  explicit Requests(const ObjectId& object) : object_(object) {}

  void get_attributes(const ObjectName& name, std::span<const std::string* const> attributes,
                      Bytes& out) const;
  void get_attribute(const ObjectName& name, std::string_view attribute, Bytes& out) const;
  void get_mbean_info(const ObjectName& name, Bytes& out) const;
  void query_names(const ObjectName& pattern, Bytes& out) const;
  void get_default_domain(Bytes& out) const;
  /// One listener on the MBeanServerDelegate, without a filter.
  void listen_to_delegate(Bytes& out) const;
  void fetch_notifications(std::int64_t from, std::int32_t most, std::int64_t milliseconds,
                           Bytes& out) const;

 private:
  /// The head of a call whose primitive arguments take `primitives` bytes.
  void call(std::int64_t method, std::uint8_t primitives, Bytes& out) const;

  ObjectId object_;
};

/// The methods' hashes (RMI Specification, 8.3).
namespace method {
inline constexpr std::int64_t kGetAttributes = 6285293806596348999;
inline constexpr std::int64_t kGetAttribute = -1089783104982388203;
inline constexpr std::int64_t kGetMBeanInfo = -7404813916326233354;
inline constexpr std::int64_t kQueryNames = 9152567528369059802;
inline constexpr std::int64_t kGetDefaultDomain = 6047668923998658472;
inline constexpr std::int64_t kAddNotificationListeners = -5321691879380783377;
inline constexpr std::int64_t kFetchNotifications = -5037523307973544478;
}  // namespace method

}  // namespace jmxbridge
