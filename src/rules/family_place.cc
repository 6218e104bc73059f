#include "rules/family_place.h"

#include "rules/safe_name.h"

namespace jmxbridge {
namespace {

/// Removes an ending that leaves something of the name.
bool remove_ending(std::string_view& name, std::string_view ending) {
  if (name.size() <= ending.size() || !name.ends_with(ending)) return false;
  name.remove_suffix(ending.size());
  return true;
}

}  // namespace

FamilyPlace place_of_sample(std::string_view name, FamilyType type, bool infer_counters,
                            bool has_quantile) {
  FamilyPlace place{.family = {}, .type = type, .part = SamplePart::kPlain};
  if (type == FamilyType::kInfo) {
    remove_ending(name, "_info");
  } else if (type == FamilyType::kSummary && !has_quantile) {
    if (remove_ending(name, "_sum")) {
      place.part = SamplePart::kSum;
    } else if (remove_ending(name, "_count")) {
      place.part = SamplePart::kCount;
    } else {
      place.type = FamilyType::kUnknown;
    }
  }
  if (!has_own_form(place.type)) {
    if (infer_counters && name.ends_with("_total")) place.type = FamilyType::kCounter;
    name = strip_reserved_suffixes(name);
  }
  place.family = name;
  return place;
}

}  // namespace jmxbridge
