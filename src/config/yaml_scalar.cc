#include "config/yaml_scalar.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <optional>

#include "base/ascii.h"
#include "base/java_number.h"
#include "config/yaml_timestamp.h"

namespace jmxbridge {
namespace {

// Numbers are turned into decimal digits one digit at a time; longer ones are no one's intent.
constexpr std::size_t kMostDigits = 1000;

// A reader over the text for the expressions below: each take_* moves over what it matches.
struct Cursor {
  std::string_view rest;

  bool done() const { return rest.empty(); }
  bool take(char c) {
    if (rest.empty() || rest.front() != c) return false;
    rest.remove_prefix(1);
    return true;
  }
  bool take_any(std::string_view set) {
    if (rest.empty() || set.find(rest.front()) == std::string_view::npos) return false;
    rest.remove_prefix(1);
    return true;
  }
  std::size_t take_all(std::string_view set) {
    const std::size_t end = std::min(rest.find_first_not_of(set), rest.size());
    rest.remove_prefix(end);
    return end;
  }
};

constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kDigitsAndLine = "0123456789_";

bool one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

bool looks_bool(std::string_view text) {
  return one_of(text, {"yes", "Yes", "YES", "no", "No", "NO", "true", "True", "TRUE", "false",
                       "False", "FALSE", "on", "On", "ON", "off", "Off", "OFF"});
}

// `[0_]*digit[digit_]*`: blank lines may stand anywhere but a digit must be there.
bool digits_with_lines(std::string_view text, std::string_view digits) {
  bool found = false;
  for (const char c : text) {
    if (c == '_') continue;
    if (digits.find(c) == std::string_view::npos) return false;
    found = true;
  }
  return found;
}

// `(:[0-5]?[0-9])+` to its end; at least one part.
bool take_sixties(Cursor& cursor) {
  int parts = 0;
  while (!cursor.done() && cursor.rest.front() == ':') {
    Cursor part{cursor.rest.substr(1)};
    const std::size_t length = part.take_all(kDigits);
    if (length == 0 || length > 2) return false;
    if (length == 2 && cursor.rest[1] > '5') return false;
    cursor = part;
    ++parts;
  }
  return parts > 0;
}

bool looks_int(std::string_view text) {
  Cursor cursor{text};
  cursor.take_any("+-");
  const std::string_view body = cursor.rest;
  if (body.empty()) return false;
  if (body.substr(0, 2) == "0b") return digits_with_lines(body.substr(2), "01");
  if (body.substr(0, 2) == "0x") return digits_with_lines(body.substr(2), "0123456789abcdefABCDEF");
  if (body == "0") return true;
  if (body.front() == '0') return digits_with_lines(body.substr(1), "01234567");
  if (!is_digit(body.front())) return false;
  cursor.take_all(kDigitsAndLine);
  return cursor.done() || (take_sixties(cursor) && cursor.done());
}

// `([eE][-+]?[0-9]+)?` to the end.
bool ends_in_exponent(Cursor cursor, bool required) {
  if (cursor.done()) return !required;
  if (!cursor.take_any("eE")) return false;
  cursor.take_any("+-");
  return cursor.take_all(kDigits) > 0 && cursor.done();
}

bool looks_float(std::string_view text) {
  if (one_of(text, {".nan", ".NaN", ".NAN"})) return true;
  Cursor cursor{text};
  cursor.take_any("+-");
  if (one_of(cursor.rest, {".inf", ".Inf", ".INF"})) return true;
  if (cursor.take('.')) {
    return cursor.take_all(kDigitsAndLine) > 0 && ends_in_exponent(cursor, /*required=*/false);
  }
  if (cursor.done() || !is_digit(cursor.rest.front())) return false;
  cursor.take_all(kDigitsAndLine);
  if (cursor.take('.')) {
    cursor.take_all(kDigitsAndLine);
    return ends_in_exponent(cursor, /*required=*/false);
  }
  if (ends_in_exponent(cursor, /*required=*/true)) return true;
  if (!take_sixties(cursor) || !cursor.take('.')) return false;
  cursor.take_all(kDigitsAndLine);
  return cursor.done();
}

std::string without_lines(std::string_view text) {
  std::string out(text);
  out.erase(std::remove(out.begin(), out.end(), '_'), out.end());
  return out;
}

std::vector<std::string_view> split_at_colons(std::string_view text) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t colon = text.find(':');
    parts.push_back(text.substr(0, colon));
    if (colon == std::string_view::npos) return parts;
    text.remove_prefix(colon + 1);
  }
}

// The decimal digits of a number in any base; nothing if a character is no digit of it.
std::optional<std::string> to_decimal(std::string_view digits, int base) {
  if (digits.empty() || digits.size() > kMostDigits) return std::nullopt;
  std::string reversed = "0";
  for (const char c : digits) {
    int carry = 0;
    if (is_digit(c)) {
      carry = c - '0';
    } else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f') {
      carry = (c | 0x20) - 'a' + 10;
    } else {
      return std::nullopt;
    }
    if (carry >= base) return std::nullopt;
    for (char& digit : reversed) {
      const int product = (digit - '0') * base + carry;
      digit = static_cast<char>('0' + product % 10);
      carry = product / 10;
    }
    for (; carry > 0; carry /= 10) reversed += static_cast<char>('0' + carry % 10);
  }
  const std::size_t last = reversed.find_last_not_of('0');
  reversed.resize(last == std::string::npos ? 1 : last + 1);
  std::reverse(reversed.begin(), reversed.end());
  return reversed;
}

void set_integer(bool negative, const std::string& decimal, YamlNode& node) {
  node.text = negative && decimal != "0" ? "-" + decimal : decimal;
  node.number = parse_java_double(node.text).value_or(0);
  const char* end = node.text.data() + node.text.size();
  if (std::from_chars(node.text.data(), end, node.integer).ec != std::errc()) {
    node.integer = 0;
    node.type = YamlType::kBigInteger;
    return;
  }
  const bool narrow = node.integer >= std::numeric_limits<std::int32_t>::min() &&
                      node.integer <= std::numeric_limits<std::int32_t>::max();
  node.type = narrow ? YamlType::kInt : YamlType::kLong;
}

// Base 60: SnakeYAML adds up in 32 bits and lets them run over.
bool build_sixties(bool negative, std::string_view text, YamlNode& node) {
  std::uint32_t value = 0;
  std::uint32_t weight = 1;
  const std::vector<std::string_view> parts = split_at_colons(text);
  for (std::size_t i = parts.size(); i-- > 0; weight *= 60) {
    std::uint64_t part = 0;
    const char* end = parts[i].data() + parts[i].size();
    const auto [stop, failure] = std::from_chars(parts[i].data(), end, part);
    if (failure != std::errc() || stop != end || part > INT64_MAX) return false;
    const auto signed_weight = static_cast<std::int64_t>(static_cast<std::int32_t>(weight));
    value += static_cast<std::uint32_t>(part * static_cast<std::uint64_t>(signed_weight));
  }
  const auto sum = static_cast<std::int64_t>(static_cast<std::int32_t>(value));
  // A sum that ran over to below zero is written with its own sign; two signs are no number.
  if (negative && sum < 0) return false;
  set_integer(negative || sum < 0, std::to_string(sum < 0 ? -sum : sum), node);
  return true;
}

bool build_int(std::string_view raw, YamlNode& node) {
  const std::string cleaned = without_lines(raw);
  std::string_view text = cleaned;
  if (text.empty()) return false;
  const bool negative = text.front() == '-';
  if (negative || text.front() == '+') text.remove_prefix(1);
  if (text.find(':') != std::string_view::npos && text.substr(0, 1) != "0") {
    return build_sixties(negative, text, node);
  }
  int base = 10;
  if (text.substr(0, 2) == "0b" || text.substr(0, 2) == "0x") {
    base = text[1] == 'b' ? 2 : 16;
    text.remove_prefix(2);
  } else if (text.size() > 1 && text.front() == '0') {
    base = 8;
    text.remove_prefix(1);
  }
  const std::optional<std::string> decimal = to_decimal(text, base);
  if (!decimal) return false;
  set_integer(negative, *decimal, node);
  return true;
}

bool build_float(std::string_view raw, YamlNode& node) {
  const std::string cleaned = without_lines(raw);
  std::string_view text = cleaned;
  if (text.empty()) return false;
  const bool negative = text.front() == '-';
  if (negative || text.front() == '+') text.remove_prefix(1);
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), to_lower);
  double value = 0;
  if (lower == ".inf") {
    value = std::numeric_limits<double>::infinity();
  } else if (lower == ".nan") {
    value = std::numeric_limits<double>::quiet_NaN();
  } else {
    double weight = 1;
    const std::vector<std::string_view> parts = split_at_colons(text);
    for (std::size_t i = parts.size(); i-- > 0; weight *= 60) {
      const std::optional<double> part = parse_java_double(parts[i]);
      if (!part) return false;
      value += *part * weight;
    }
  }
  node.type = YamlType::kFloat;
  node.number = negative && value == value ? -value : value;
  std::array<char, kJavaNumberRoom> room{};
  node.text.assign(room.data(), write_java_double(node.number, room.data()));
  return true;
}

bool build_bool(std::string_view text, YamlNode& node) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), to_lower);
  if (!one_of(lower, {"yes", "no", "true", "false", "on", "off"})) return false;
  node.type = YamlType::kBool;
  node.boolean = one_of(lower, {"yes", "true", "on"});
  node.text = node.boolean ? "true" : "false";
  return true;
}

bool is_base64(std::string_view text) {
  std::size_t count = 0;
  std::size_t padding = 0;
  for (const char c : text) {
    if (c == ' ' || c == '\n' || c == '\r' || c == '\t') continue;
    ++count;
    const bool letter =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '+' || c == '/';
    if (c == '=') {
      ++padding;
    } else if (!letter || padding > 0) {
      return false;
    }
  }
  return padding == 0 ? count % 4 != 1 : count % 4 == 0 && padding <= 2;
}

void set_null(YamlNode& node) {
  node.type = YamlType::kNull;
  node.text = "null";
}

}  // namespace

std::string_view implicit_tag(std::string_view text) {
  if (text.empty() || one_of(text, {"~", "null", "Null", "NULL"})) return "null";
  if (looks_bool(text)) return "bool";
  if (looks_int(text)) return "int";
  if (looks_float(text)) return "float";
  if (text == "<<") return "merge";
  if (looks_timestamp(text)) return "timestamp";
  return "str";
}

std::string build_scalar(std::string_view tag, std::string_view text, YamlNode& node) {
  node.text.assign(text);
  if (tag == "str") {
    node.type = YamlType::kString;
    return {};
  }
  if (tag == "null") {
    set_null(node);
    return {};
  }
  if (tag == "bool") {
    // SnakeYAML looks the text up and takes what it does not find for null.
    if (!build_bool(text, node)) set_null(node);
    return {};
  }
  bool built = false;
  if (tag == "int") {
    built = build_int(text, node);
  } else if (tag == "float") {
    built = build_float(text, node);
  } else if (tag == "timestamp") {
    built = build_timestamp(text, node);
  } else if (tag == "binary") {
    node.type = YamlType::kBinary;
    built = is_base64(text);
  } else {
    return "this tag does not fit a text; remove it, or put the text in quotes";
  }
  if (built) return {};
  return fmt::format("this is not what the tag !!{} needs; correct the text or quote it", tag);
}

}  // namespace jmxbridge
