#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/java_regex.h"

namespace jmxbridge {

/// A template of a rule, compiled once against the groups of the rule's pattern: text in Java's
/// replacement syntax (specification 7.4). Immutable.
class Template {
 public:
  Template() = default;
  /// `groups` and `names` are those of the pattern.
  Template(std::string_view text, std::uint32_t groups,
           const std::map<std::string, std::uint32_t, std::less<>>& names);

  /// Why it cannot be expanded, as a clause ("it refers to group 5, …"); empty when it can.
  const std::string& error() const { return error_; }
  /// The groups it refers to, ascending and once each; 0 is the whole text.
  const std::vector<std::uint32_t>& groups() const { return groups_; }

  /// Appends the template with its groups filled in; it must have no error.
  void expand(const Captures& captures, std::string& out) const;

 private:
  struct Piece {
    std::string text;                    ///< comes first
    std::optional<std::uint32_t> group;  ///< then the text of this group
  };
  std::vector<Piece> pieces_;
  std::vector<std::uint32_t> groups_;
  std::string error_;
};

}  // namespace jmxbridge
