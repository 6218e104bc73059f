#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/metric.h"

namespace jmxbridge {

/// One sample of a family: its number is found at `slot` of the values handed to the renderer.
struct SampleSpec {
  using Part = SamplePart;

  LabelSet labels;
  std::uint32_t slot = 0;
  Part part = Part::kPlain;
};

/// A finished metric family. `name` is the base name: the formats add `_total` and `_info`.
struct FamilySpec {
  std::string name;
  FamilyType type = FamilyType::kUnknown;
  std::string help;  ///< empty: no HELP line in the text formats
  std::string unit;  ///< shown by OpenMetrics only
  std::vector<SampleSpec> samples;
  /// When a counter began to count, in milliseconds since 1970; shown by protobuf only.
  std::optional<std::int64_t> created_ms = std::nullopt;
  /// The suffix of a counter or an info is a part of the name, so that the schemes escape it too:
  /// so the peer declares the families of its own, and not those of MBeans.
  bool named_with_suffix = false;
};

}  // namespace jmxbridge
