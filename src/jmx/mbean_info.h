#pragma once

#include <optional>
#include <string>
#include <vector>

namespace jmxbridge {

/// One attribute as its MBean declares it (javax.management.MBeanAttributeInfo).
struct AttributeInfo {
  std::string name;
  std::string type;                        ///< class name as declared; may be empty
  std::optional<std::string> description;  ///< absent when null
  bool readable = false;

  friend bool operator==(const AttributeInfo&, const AttributeInfo&) = default;
};

/// What an MBean says of itself, as far as reading needs it.
struct MBeanInfo {
  std::string class_name;
  std::vector<AttributeInfo> attributes;  ///< in the order the target gives them
  /// The descriptor says `immutableInfo=true`: this info never changes while it is registered.
  bool immutable = false;

  friend bool operator==(const MBeanInfo&, const MBeanInfo&) = default;
};

}  // namespace jmxbridge
