#include "config/coerced.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/ascii.h"

namespace jmxbridge {
namespace {

// Java's Integer.parseInt: one sign at most, digits, nothing around them.
std::optional<std::int32_t> parse_integer(std::string_view text) {
  if (!text.empty() && text.front() == '+') {
    text.remove_prefix(1);
    if (text.empty() || text.front() == '-') return std::nullopt;
  }
  std::int32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

std::string_view trim(std::string_view text) {
  while (!text.empty() && static_cast<unsigned char>(text.front()) <= ' ') text.remove_prefix(1);
  while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.remove_suffix(1);
  return text;
}

bool is_blank(std::string_view text) { return trim(text).empty(); }

std::optional<std::string> coerced_text(const Section& section, std::string_view key) {
  const YamlNode* value = section.find(key);
  if (value == nullptr || value->type == YamlType::kNull) return std::nullopt;
  return java_text(*value);
}

std::optional<std::int32_t> coerced_integer(const Section& section, std::string_view key,
                                            std::int32_t least, std::int32_t most) {
  const std::optional<std::string> text = coerced_text(section, key);
  if (!text) return std::nullopt;
  const std::optional<std::int32_t> number = parse_integer(*text);
  if (number && *number >= least && *number <= most) return number;
  section.wrong(key, *section.find(key), fmt::format("a whole number from {} to {}", least, most));
  return std::nullopt;
}

std::optional<bool> coerced_boolean(const Section& section, std::string_view key) {
  const std::optional<std::string> text = coerced_text(section, key);
  if (!text) return std::nullopt;
  std::string word(trim(*text));
  std::transform(word.begin(), word.end(), word.begin(), to_lower);
  if (word == "true" || word == "yes" || word == "on" || word == "1") return true;
  if (word == "false" || word == "no" || word == "off" || word == "0") return false;
  section.wrong(key, *section.find(key), "true or false");
  return std::nullopt;
}

}  // namespace jmxbridge
