#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "config/config.h"
#include "jmx/mbean_info.h"
#include "jmx/object_name.h"

namespace jmxbridge {

/// Whether an attribute is read, or which filter keeps it from that.
enum class AttributeVerdict : std::uint8_t {
  kTaken,
  kNotReadable,
  kExcluded,     ///< by excludeObjectNameAttributes
  kNotIncluded,  ///< by includeObjectNameAttributes
  kNeverRead,    ///< long texts of the JVM itself (specification 4.6.6)
};

/// Which beans and attributes a configuration takes in (specification 4.1, 4.2, 4.4, 4.6.6).
/// Refers to the configuration it was made from.
class Selection {
 public:
  explicit Selection(const CollectorConfig& config) : config_(&config) {}

  /// The patterns to query the target with; empty when the configuration takes in nothing.
  std::vector<ObjectName> queries() const;

  /// False if a pattern leaves its domain empty: it then means the target's default domain, which
  /// only the target knows, and it must be asked again whenever something changes.
  bool is_local() const;
  /// The exclude patterns that only the target can evaluate.
  std::vector<ObjectName> remote_excludes() const;

  /// True if the bean is read; for names from a query of queries() or from a change.
  bool takes(const ObjectName& name) const;

  /// Positions in `info.attributes` that the filters leave over, in order.
  std::vector<std::uint32_t> attributes(const ObjectName& name, const MBeanInfo& info) const;

  AttributeVerdict judge(const ObjectName& name, const AttributeInfo& attribute) const;

  /// The customizer of a bean (specification 5.6.2), or null.
  const MetricCustomizer* customizer(const ObjectName& name) const;

 private:
  /// `excluded` and `included` are what the filters list for the bean, or null.
  AttributeVerdict judge(const ObjectName& name, const AttributeInfo& attribute,
                         const std::vector<std::string>* excluded,
                         const std::vector<std::string>* included) const;

  const CollectorConfig* config_;
};

/// True if the two take in the same beans.
bool take_same_beans(const CollectorConfig& a, const CollectorConfig& b);

/// True for the texts of the JVM itself that are never read, whatever the configuration
/// (specification 4.6.6).
bool is_never_read(const ObjectName& name, std::string_view attribute);

/// True if a class registers its MBean again whenever its attributes change, so that its MBeanInfo
/// needs no second look although the descriptor does not promise that it is immutable.
bool registers_again(std::string_view class_name);

}  // namespace jmxbridge
