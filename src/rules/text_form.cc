#include "rules/text_form.h"

namespace jmxbridge {
namespace {

// A capturing group is where a match may not begin.
constexpr std::string_view kDomain = R"([^<>:*?=,\n\r]*)";
constexpr std::string_view kKey = R"([^,=:*?<>"\n\r]+)";
constexpr std::string_view kPlain = R"([^,=<>"\n\r]*)";
constexpr std::string_view kQuoted = R"("(?:[^"\\=<>]|\\[^=<>])*")";
constexpr std::string_view kAnyQuoted = R"x("((?:[^"\\]|\\[\s\S])*)")x";
constexpr std::string_view kItems = "[^<>:=]*";
constexpr std::string_view kAttribute = R"([^<>:\n\r]*)";
constexpr std::string_view kSnakeAttribute = R"([^<>:A-Z\n\r]*)";
constexpr std::string_view kValue = "(?:((?:<[^<>]+>)?[^<>]*)|[^=<>]*)";
constexpr std::string_view kCachedValue = "<cache>";
constexpr std::string_view kAnything = R"([\s\S]*)";

std::string properties(const TextKind& kind, std::string_view comma) {
  std::string property = "(?:";
  property.append(kKey).append("=(?:").append(kPlain).append("|").append(kQuoted);
  if (kind.quotes) property.append("|").append(kAnyQuoted);
  property += "))";
  return property + "(?:" + std::string(comma) + property + ")*";
}

}  // namespace

std::string text_form(const TextKind& kind, Slip slip) {
  if (slip == Slip::kAnyText) return std::string(kAnything);
  std::string form(kDomain);
  // Not far, or a dot could stand for the ':' and find what it needs behind it.
  if (slip == Slip::kColon) return form.append(":").append(kKey).append("=[^<>]*");
  form += '<';
  form += properties(kind, slip == Slip::kComma ? ", ?" : ", ");
  form += '>';
  if (slip != Slip::kBrackets) form.append("<").append(kItems).append(">");
  form += kind.snake_case && slip != Slip::kAnyCase ? kSnakeAttribute : kAttribute;
  if (slip == Slip::kNoValue) return form;
  form += slip == Slip::kNoBlank ? ":" : ": ";
  form += kind.cache && slip != Slip::kAnyValue ? kCachedValue : kValue;
  return form;
}

std::string_view advice(Slip slip) {
  switch (slip) {
    case Slip::kNone:
      break;
    case Slip::kColon:
      return "properties stand in angle brackets, not behind a ':', as in "
             "'domain<type=X, name=Y><>Attribute'";
    case Slip::kComma:
      return "a blank stands behind each ',' between properties, as in 'domain<type=X, name=Y>'";
    case Slip::kBrackets:
      return "a second pair of brackets, mostly empty, stands before the attribute's name, as in "
             "'domain<type=X><>Attribute'";
    case Slip::kNoBlank:
      return "a blank stands between the ':' behind the attribute's name and its value";
    case Slip::kNoValue:
      return "': ' and the value follow the attribute's name, so remove the '$' or write ':' for "
             "it";
    case Slip::kAnyCase:
      return "'attrNameSnakeCase' turns the attribute's name into one without capitals before the "
             "rule sees it, as 'heap_memory_usage'";
    case Slip::kAnyValue:
      return "a rule with 'cache: true' sees the text '<cache>' for the value: end the pattern in "
             "the attribute's name, or remove 'cache'";
    case Slip::kAnyText:
      return "rules see texts as 'domain<type=X, name=Y><>Attribute: value'";
  }
  return "what it asks for contradicts itself; a '^' belongs at its start, a '$' at its end";
}

}  // namespace jmxbridge
