#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace jmxbridge {

/// What a metric family is; `kUnknown` is text 0.0.4's "untyped".
enum class FamilyType : std::uint8_t { kUnknown, kCounter, kGauge, kInfo, kStateSet, kSummary };

/// What a sample is within its family; all but those of summaries are kPlain.
enum class SamplePart : std::uint8_t { kPlain, kSum, kCount };

/// True for the types that no rule of the JMX exporter can give: they have samples of a form of
/// their own, and do not mix with others in one family.
constexpr bool has_own_form(FamilyType type) {
  return type == FamilyType::kInfo || type == FamilyType::kStateSet || type == FamilyType::kSummary;
}

/// The type as rules write it.
constexpr std::string_view type_name(FamilyType type) {
  switch (type) {
    case FamilyType::kUnknown:
      break;
    case FamilyType::kCounter:
      return "COUNTER";
    case FamilyType::kGauge:
      return "GAUGE";
    case FamilyType::kInfo:
      return "INFO";
    case FamilyType::kStateSet:
      return "STATESET";
    case FamilyType::kSummary:
      return "SUMMARY";
  }
  return "UNKNOWN";
}

/// One label of a sample. Names are legal or are written quoted; values are any text.
struct Label {
  std::string name;
  std::string value;

  friend bool operator==(const Label&, const Label&) = default;
};

}  // namespace jmxbridge
