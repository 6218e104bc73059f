#pragma once

#include <cstdint>
#include <string_view>

#include "jmx/value.h"

namespace jmxbridge {

inline Value integer_value(std::int64_t number) {
  Value value;
  value.kind = ValueKind::kInteger;
  value.integer = number;
  return value;
}

inline Value double_value(double number) {
  Value value;
  value.kind = ValueKind::kDouble;
  value.number = number;
  return value;
}

inline Value boolean_value(bool truth) {
  Value value;
  value.kind = ValueKind::kBoolean;
  value.integer = truth ? 1 : 0;
  return value;
}

inline Value date_value(std::int64_t milliseconds) {
  Value value;
  value.kind = ValueKind::kDate;
  value.integer = milliseconds;
  return value;
}

/// A view of the text.
inline Value text_value(std::string_view text) {
  Value value;
  value.kind = ValueKind::kString;
  value.text = text;
  return value;
}

/// Of a class that is never a sample.
inline Value other_value() {
  Value value;
  value.kind = ValueKind::kOther;
  value.text = "java.util.ArrayList";
  return value;
}

}  // namespace jmxbridge
