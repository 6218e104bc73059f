#pragma once

#include <compare>
#include <cstdint>
#include <string>

namespace jmxbridge {

/// What a metric family is; `kUnknown` is text 0.0.4's "untyped".
enum class FamilyType : std::uint8_t { kUnknown, kCounter, kGauge, kInfo, kStateSet, kSummary };

/// One label of a sample. Names are legal or are written quoted; values are any text.
struct Label {
  std::string name;
  std::string value;

  friend bool operator==(const Label&, const Label&) = default;
};

}  // namespace jmxbridge
