#include "rules/safe_name.h"

namespace jmxbridge {
namespace {

constexpr std::string_view kReserved[] = {"_total", "_created", "_bucket", "_info"};

}  // namespace

std::string safe_name(std::string_view text) {
  std::string name;
  name.reserve(text.size() + 1);
  if (!text.empty() && text.front() >= '0' && text.front() <= '9') name += '_';
  for (const char c : text) {
    const bool legal = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '_' || c == ':';
    if (legal && c != '_') {
      name += c;
    } else if (name.empty() || name.back() != '_') {
      name += '_';
    }
  }
  return name;
}

void lower_case(std::string& name) {
  for (char& c : name) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
}

std::string_view strip_reserved_suffixes(std::string_view name) {
  for (bool found = true; found;) {
    found = false;
    for (const std::string_view suffix : kReserved) {
      if (name == suffix) return name.substr(1);
      if (name.ends_with(suffix)) {
        name.remove_suffix(suffix.size());
        found = true;
      }
    }
  }
  return name;
}

}  // namespace jmxbridge
