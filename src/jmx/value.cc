#include "jmx/value.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <ctime>

#include "base/java_number.h"
#include "base/utf.h"

namespace jmxbridge {
namespace {

void append_integer(std::int64_t integer, std::string& out) {
  char text[24];
  out.append(text, std::to_chars(text, text + sizeof text, integer).ptr);
}

void append_double(double number, std::string& out) {
  char text[kJavaNumberRoom];
  out.append(text, write_java_double(number, text));
}

void append_float(float number, std::string& out) {
  char text[kJavaNumberRoom];
  out.append(text, write_java_float(number, text));
}

/// As Date.toString: `EEE MMM dd HH:mm:ss zzz yyyy` in English, whatever the locale.
bool append_date(std::int64_t milliseconds, std::string& out) {
  constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::int64_t seconds = milliseconds / 1000;
  if (milliseconds % 1000 < 0) --seconds;
  const std::time_t stamp = seconds;
  std::tm local{};
  if (localtime_r(&stamp, &local) == nullptr) return false;
  const std::int64_t year = std::int64_t{local.tm_year} + 1900;
  if (year < 1) return false;  // Java counts such years backwards, in another calendar
  char text[64];
  const int size = std::snprintf(text, sizeof text, "%s %s %02d %02d:%02d:%02d ",
                                 kDays[local.tm_wday], kMonths[local.tm_mon], local.tm_mday,
                                 local.tm_hour, local.tm_min, local.tm_sec);
  out.append(text, static_cast<std::size_t>(size));
  out += local.tm_zone;
  out += ' ';
  append_integer(year, out);
  return true;
}

/// The kinds whose two texts are the same; false for all others.
bool append_common_text(const Value& value, std::string& out) {
  switch (value.kind) {
    case ValueKind::kInteger:
      append_integer(value.integer, out);
      return true;
    case ValueKind::kFloat:
      append_float(static_cast<float>(value.number), out);
      return true;
    case ValueKind::kDouble:
      append_double(value.number, out);
      return true;
    case ValueKind::kBoolean:
      out += value.integer != 0 ? "true" : "false";
      return true;
    case ValueKind::kString:
    case ValueKind::kBigNumber:
    case ValueKind::kEnum:
      out += value.text;
      return true;
    default:
      return false;
  }
}

}  // namespace

const Value* CompositeValue::find(std::string_view name) const {
  const auto at = std::lower_bound(
      names.begin(), names.end(), name,
      [](std::string_view a, std::string_view b) { return compare_java_order(a, b) < 0; });
  if (at == names.end() || *at != name) return nullptr;
  return &values[static_cast<std::size_t>(at - names.begin())];
}

bool is_numeric(ValueKind kind) {
  switch (kind) {
    case ValueKind::kInteger:
    case ValueKind::kFloat:
    case ValueKind::kDouble:
    case ValueKind::kBigNumber:
    case ValueKind::kBoolean:
    case ValueKind::kDate:
      return true;
    default:
      return false;
  }
}

std::optional<double> as_number(const Value& value) {
  switch (value.kind) {
    case ValueKind::kInteger:
    case ValueKind::kBoolean:
      return static_cast<double>(value.integer);
    case ValueKind::kFloat:
    case ValueKind::kDouble:
    case ValueKind::kBigNumber:
      return value.number;
    case ValueKind::kDate:
      return static_cast<double>(value.integer) / 1000.0;
    default:
      return std::nullopt;
  }
}

bool append_match_text(const Value& value, std::string& out) {
  if (value.kind == ValueKind::kDate) {
    append_double(static_cast<double>(value.integer) / 1000.0, out);
    return true;
  }
  return append_common_text(value, out);
}

bool append_java_text(const Value& value, std::string& out) {
  if (value.kind == ValueKind::kDate) {
    if (value.text.empty()) return append_date(value.integer, out);
    out += value.text;  // java.sql's dates, which write themselves in their own way
    return true;
  }
  if (value.kind == ValueKind::kOther && value.text_is_exact) {
    out += value.text;
    return true;
  }
  return append_common_text(value, out);
}

}  // namespace jmxbridge
