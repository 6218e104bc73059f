#include "config/yaml_timestamp.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <ctime>
#include <optional>

#include "base/java_number.h"

namespace jmxbridge {
namespace {

constexpr std::string_view kNumerals = "0123456789";

// The parts of a date; `zone` is the offset in minutes east of UTC.
struct Parts {
  int year = 0;
  int month = 0;
  int day = 0;
  bool two_digits = false;  ///< month and day have two digits
  bool has_time = false;
  int hour = 0;
  int minute = 0;
  double second = 0;
  int zone = 0;
};

class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  bool done() const { return rest_.empty(); }

  bool take(std::string_view set) {
    if (rest_.empty() || set.find(rest_.front()) == std::string_view::npos) return false;
    rest_.remove_prefix(1);
    return true;
  }

  bool take_blanks() {
    bool any = false;
    while (take(" \t")) any = true;
    return any;
  }

  std::string_view digits() {
    const std::size_t end = std::min(rest_.find_first_not_of(kNumerals), rest_.size());
    const std::string_view found = rest_.substr(0, end);
    rest_.remove_prefix(end);
    return found;
  }

  // A number of `least` to `most` digits.
  std::optional<int> number(std::size_t least, std::size_t most) {
    const std::string_view text = digits();
    if (text.size() < least || text.size() > most) return std::nullopt;
    int value = 0;
    for (const char c : text) value = value * 10 + (c - '0');
    return value;
  }

 private:
  std::string_view rest_;
};

// The zone after a time: Z, or an offset in hours and, perhaps, minutes.
bool read_zone(Reader& reader, Parts& parts) {
  reader.take_blanks();
  if (reader.done() || reader.take("Z")) return reader.done();
  const bool west = reader.take("-");
  if (!west && !reader.take("+")) return false;
  const std::optional<int> hours = reader.number(1, 2);
  if (!hours) return false;
  int minutes = 0;
  if (reader.take(":")) {
    const std::optional<int> read = reader.number(2, 2);
    if (!read) return false;
    minutes = *read;
  }
  // Java takes a zone beyond these bounds for GMT.
  if (*hours <= 23 && minutes <= 59) parts.zone = (west ? -1 : 1) * (*hours * 60 + minutes);
  return reader.done();
}

bool read_time(Reader& reader, Parts& parts) {
  if (!reader.take("Tt") && !reader.take_blanks()) return false;
  const std::optional<int> hour = reader.number(1, 2);
  if (!hour || !reader.take(":")) return false;
  const std::optional<int> minute = reader.number(2, 2);
  if (!minute || !reader.take(":")) return false;
  const std::optional<int> second = reader.number(2, 2);
  if (!second) return false;
  parts.has_time = true;
  parts.hour = *hour;
  parts.minute = *minute;
  parts.second = *second;
  if (reader.take(".")) {
    const std::string fraction = fmt::format("{}.{}", *second, reader.digits());
    parts.second = parse_java_double(fraction).value_or(*second);
  }
  return read_zone(reader, parts);
}

std::optional<Parts> read_parts(std::string_view text) {
  Reader reader(text);
  Parts parts;
  const std::optional<int> year = reader.number(4, 4);
  if (!year || !reader.take("-")) return std::nullopt;
  const std::string_view month = reader.digits();
  if (month.empty() || month.size() > 2 || !reader.take("-")) return std::nullopt;
  const std::string_view day = reader.digits();
  if (day.empty() || day.size() > 2) return std::nullopt;
  parts.year = *year;
  for (const char c : month) parts.month = parts.month * 10 + (c - '0');
  for (const char c : day) parts.day = parts.day * 10 + (c - '0');
  parts.two_digits = month.size() == 2 && day.size() == 2;
  if (!reader.done() && !read_time(reader, parts)) return std::nullopt;
  return parts;
}

// Days from 1970-01-01 in the Gregorian calendar; `month` may lie outside 1 to 12.
std::int64_t days_from(int year, int month) {
  int y = year + (month - 1) / 12;
  int m = (month - 1) % 12;
  if (m < 0) {
    m += 12;
    --y;
  }
  // Count from March, so that the leap day ends a year.
  const std::int64_t shifted = m < 2 ? y - 1 : y;
  const std::int64_t era = (shifted >= 0 ? shifted : shifted - 399) / 400;
  const std::int64_t year_of_era = shifted - era * 400;
  const std::int64_t day_of_year = (153 * ((m + 10) % 12) + 2) / 5;
  const std::int64_t day_of_era =
      year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + day_of_era - 719468;
}

// Java's Date.toString: `Fri Dec 14 21:59:43 UTC 2001`.
std::string date_text(std::int64_t milliseconds) {
  std::int64_t seconds = milliseconds / 1000;
  if (milliseconds % 1000 < 0) --seconds;
  const std::time_t time = seconds;
  std::tm fields{};
  if (localtime_r(&time, &fields) == nullptr) return {};
  constexpr std::array<const char*, 7> kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<const char*, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  return fmt::format(
      "{} {} {:02} {:02}:{:02}:{:02} {} {:04}", kDays.at(static_cast<std::size_t>(fields.tm_wday)),
      kMonths.at(static_cast<std::size_t>(fields.tm_mon)), fields.tm_mday, fields.tm_hour,
      fields.tm_min, fields.tm_sec, fields.tm_zone, fields.tm_year + 1900);
}

}  // namespace

bool looks_timestamp(std::string_view text) {
  if (text.empty() || text.front() < '0' || text.front() > '9') return false;
  const std::optional<Parts> parts = read_parts(text);
  return parts && (parts->has_time || parts->two_digits);
}

bool build_timestamp(std::string_view text, YamlNode& node) {
  const std::optional<Parts> parts = read_parts(text);
  if (!parts) return false;
  const double whole = std::floor(parts->second);
  const std::int64_t days = days_from(parts->year, parts->month) + parts->day - 1;
  const std::int64_t minutes = (days * 24 + parts->hour) * 60 + parts->minute - parts->zone;
  node.type = YamlType::kTimestamp;
  node.integer = (minutes * 60 + static_cast<std::int64_t>(whole)) * 1000 +
                 std::llround((parts->second - whole) * 1000);
  node.number = static_cast<double>(node.integer) / 1000.0;
  node.text = date_text(node.integer);
  return true;
}

}  // namespace jmxbridge
