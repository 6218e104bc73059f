#pragma once

#include <compare>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace jmxbridge {

/// One `key=value` of an ObjectName; the value is raw: quoted values keep quotes and backslashes.
struct Property {
  std::string key;
  std::string value;

  friend bool operator==(const Property&, const Property&) = default;
};

/// The name of an MBean or a pattern of names (specification, appendix D; the class comment of
/// javax.management.ObjectName). Equality, order and hash are those of the canonical name.
class ObjectName {
 public:
  /// Reads `domain:key=value,…`; the empty text is `*:*`. The error says what is wrong where.
  static Result<ObjectName> parse(std::string_view text);

  /// The name as it was registered: properties in their own order.
  const std::string& text() const { return text_; }
  /// Properties sorted by key.
  const std::string& canonical() const { return canonical_; }
  std::string_view domain() const;
  /// What follows the domain's colon, in registration order.
  std::string_view property_list() const;
  /// The raw value of a property.
  std::optional<std::string_view> property(std::string_view key) const;

  /// True if the domain, a value or the list of properties has a wildcard.
  bool is_pattern() const { return pattern_; }
  /// True if this pattern (or plain name) takes `name` in, as ObjectName.apply does.
  bool matches(const ObjectName& name) const;

  friend bool operator==(const ObjectName& a, const ObjectName& b) {
    return a.canonical_ == b.canonical_;
  }
  friend std::strong_ordering operator<=>(const ObjectName& a, const ObjectName& b) {
    return a.canonical_ <=> b.canonical_;
  }

 private:
  ObjectName() = default;

  std::string text_;
  std::string canonical_;
  std::size_t domain_size_ = 0;
  std::size_t properties_ = 0;
  bool pattern_ = false;
  bool domain_pattern_ = false;
  bool list_pattern_ = false;   ///< ends in `,*`
  bool value_pattern_ = false;  ///< some value has a wildcard
};

/// The properties as the peer reads them from a property list (specification 6.2): blanks count,
/// reading stops silently at the first thing that does not fit.
std::vector<Property> read_properties(std::string_view property_list);

}  // namespace jmxbridge

template <>
struct std::hash<jmxbridge::ObjectName> {
  std::size_t operator()(const jmxbridge::ObjectName& name) const noexcept {
    return std::hash<std::string>()(name.canonical());
  }
};
