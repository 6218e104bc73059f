#include "scrape/extra_value.h"

#include <cstdint>
#include <string>
#include <variant>

namespace jmxbridge {

Value value_of(const ExtraMetric& extra) {
  Value value;
  if (const auto* truth = std::get_if<bool>(&extra.value)) {
    value.kind = ValueKind::kBoolean;
    value.integer = *truth ? 1 : 0;
  } else if (const auto* integer = std::get_if<std::int64_t>(&extra.value)) {
    value.kind = ValueKind::kInteger;
    value.integer = *integer;
  } else if (const auto* big = std::get_if<BigInteger>(&extra.value)) {
    value.kind = ValueKind::kBigNumber;
    value.number = big->number;
    value.text = big->text;
  } else if (const auto* number = std::get_if<double>(&extra.value)) {
    value.kind = ValueKind::kDouble;
    value.number = *number;
  } else if (const auto* text = std::get_if<std::string>(&extra.value)) {
    value.kind = ValueKind::kString;
    value.text = *text;
  }
  return value;
}

}  // namespace jmxbridge
