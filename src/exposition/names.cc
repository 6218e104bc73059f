#include "exposition/names.h"

#include <algorithm>

namespace jmxbridge {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// Bytes of UTF-8 that are not a character's first.
bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

}  // namespace

std::string escaped_name(std::string_view name, Escaping escaping) {
  if (escaping == Escaping::kUnderscores) return std::string(name);
  std::string out;
  out.reserve(name.size() * 2);
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    if (is_letter(c) || c == ':' || (is_digit(c) && i > 0)) {
      out += c;
    } else if (c == '.') {
      out += "_dot_";
    } else if (!continues_character(c)) {
      out += "__";
    }
  }
  return out;
}

std::string escaped_name(const FamilySpec& family, Escaping escaping) {
  std::string name = escaped_name(family.name, escaping);
  if (escaping == Escaping::kDots && family.named_with_suffix &&
      !name_suffix(family.type, SampleSpec::Part::kPlain).empty()) {
    // The underscore that the suffix begins with is doubled like every other.
    name += '_';
  }
  return name;
}

std::string_view name_suffix(FamilyType type, SampleSpec::Part part) {
  switch (type) {
    case FamilyType::kCounter:
      return "_total";
    case FamilyType::kInfo:
      return "_info";
    case FamilyType::kSummary:
      if (part == SampleSpec::Part::kSum) return "_sum";
      if (part == SampleSpec::Part::kCount) return "_count";
      return {};
    case FamilyType::kUnknown:
    case FamilyType::kGauge:
    case FamilyType::kStateSet:
      break;
  }
  return {};
}

bool is_plain_label_name(std::string_view name) {
  if (name.empty() || is_digit(name[0])) return false;
  return std::all_of(name.begin(), name.end(),
                     [](char c) { return is_letter(c) || is_digit(c) || c == '_'; });
}

}  // namespace jmxbridge
