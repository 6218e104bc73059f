#pragma once

#include <compare>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
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
///
/// Immutable. Copies share one text, so that a name costs a pointer wherever it is kept again.
class ObjectName {
 public:
  /// Reads `domain:key=value,…`; the empty text is `*:*`. The error says what is wrong where.
  static Result<ObjectName> parse(std::string_view text);

  /// The name as it was registered: properties in their own order.
  std::string_view text() const { return std::string_view(form_->texts).substr(0, form_->size); }
  /// Properties sorted by key.
  std::string_view canonical() const {
    return std::string_view(form_->texts).substr(form_->canonical_at);
  }
  std::string_view domain() const;
  /// What follows the domain's colon, in registration order.
  std::string_view property_list() const;
  /// The raw value of a property.
  std::optional<std::string_view> property(std::string_view key) const;

  /// True if the domain, a value or the list of properties has a wildcard.
  bool is_pattern() const { return form_->pattern; }
  /// True if this pattern (or plain name) takes `name` in, as ObjectName.apply does.
  bool matches(const ObjectName& name) const;

  friend bool operator==(const ObjectName& a, const ObjectName& b) {
    return a.form_ == b.form_ || a.canonical() == b.canonical();
  }
  friend std::strong_ordering operator<=>(const ObjectName& a, const ObjectName& b) {
    return a.form_ == b.form_ ? std::strong_ordering::equal : a.canonical() <=> b.canonical();
  }

 private:
  struct Form {
    std::string texts;             ///< the name's, and behind it the canonical one if it is another
    std::size_t size = 0;          ///< of the name's
    std::size_t canonical_at = 0;  ///< where the canonical one begins
    std::size_t domain_size = 0;
    std::size_t properties = 0;
    bool pattern = false;
    bool domain_pattern = false;
    bool list_pattern = false;   ///< ends in `,*`
    bool value_pattern = false;  ///< some value has a wildcard
  };

  explicit ObjectName(std::shared_ptr<const Form> form) : form_(std::move(form)) {}

  std::shared_ptr<const Form> form_;
};

/// The properties as the peer reads them from a property list (specification 6.2): blanks count,
/// reading stops silently at the first thing that does not fit.
std::vector<Property> read_properties(std::string_view property_list);

}  // namespace jmxbridge

template <>
struct std::hash<jmxbridge::ObjectName> {
  std::size_t operator()(const jmxbridge::ObjectName& name) const noexcept {
    return std::hash<std::string_view>()(name.canonical());
  }
};
