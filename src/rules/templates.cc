#include "rules/templates.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/ascii.h"

namespace jmxbridge {
namespace {}  // namespace

Template::Template(std::string_view text, std::uint32_t groups,
                   const std::map<std::string, std::uint32_t, std::less<>>& names) {
  std::string literal;
  const auto put_group = [&](std::uint32_t group) {
    pieces_.push_back({std::exchange(literal, {}), group});
    groups_.push_back(group);
  };
  for (std::size_t i = 0; i < text.size();) {
    const char c = text[i++];
    if (c == '\\') {
      if (i == text.size()) {
        error_ = "it ends in a '\\': write '\\\\' for the character itself";
        break;
      }
      literal += text[i++];
    } else if (c != '$') {
      literal += c;
    } else if (i < text.size() && is_digit(text[i])) {
      // The first digit counts always, the next ones as long as such a group exists.
      auto group = static_cast<std::uint32_t>(text[i++] - '0');
      while (i < text.size() && is_digit(text[i])) {
        const std::uint32_t longer = group * 10 + static_cast<std::uint32_t>(text[i] - '0');
        if (longer > groups) break;
        group = longer;
        ++i;
      }
      if (group > groups) {
        error_ = fmt::format("it refers to group {}, but the pattern has {}: lower the number",
                             group, groups);
        break;
      }
      put_group(group);
    } else if (i < text.size() && text[i] == '{') {
      const std::size_t end = static_cast<std::size_t>(
          std::find_if_not(text.begin() + static_cast<std::ptrdiff_t>(i) + 1, text.end(),
                           [](char x) { return is_letter(x) || is_digit(x); }) -
          text.begin());
      const std::string_view name = text.substr(i + 1, end - i - 1);
      const auto known = names.find(name);
      if (end == text.size() || text[end] != '}' || known == names.end()) {
        error_ =
            fmt::format("'${{{}}}' names no group of the pattern: write (?<name>…) there", name);
        break;
      }
      put_group(known->second);
      i = end + 1;
    } else {
      error_ = "a '$' is followed by no number: write '\\$' for the character itself";
      break;
    }
  }
  if (!literal.empty()) pieces_.push_back({std::move(literal), std::nullopt});
  std::sort(groups_.begin(), groups_.end());
  groups_.erase(std::unique(groups_.begin(), groups_.end()), groups_.end());
}

void Template::expand(const Captures& captures, std::string& out) const {
  for (const Piece& piece : pieces_) {
    out += piece.text;
    if (piece.group) out += captures.group(*piece.group);
  }
}

}  // namespace jmxbridge
