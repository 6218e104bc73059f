#pragma once

#include <string>
#include <string_view>

#include "base/metric.h"

namespace jmxbridge {

/// Where a sample goes: which family, and as what.
struct FamilyPlace {
  std::string family;  ///< base name: what the formats add to it is removed
  FamilyType type = FamilyType::kUnknown;
  SamplePart part = SamplePart::kPlain;
};

/// The place of a sample with this safe name, lower-cased if so configured, whose rule has this
/// type (specification 7.8.2, 7.9). INFO, STATESET and SUMMARY keep their suffixes: only the
/// `_info` of an INFO, and the `_sum` or `_count` of a SUMMARY without quantile, are not part of
/// the base name. A SUMMARY without quantile and such an ending is UNKNOWN, as to the JMX exporter.
FamilyPlace place_of_sample(std::string_view name, FamilyType type, bool infer_counters,
                            bool has_quantile);

}  // namespace jmxbridge
