#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "rules/regex_analysis.h"

namespace jmxbridge {

/// A set of rules by their numbers.
class RuleNumbers {
 public:
  /// None of so many rules.
  void start(std::size_t rules) { words_.assign((rules + 63) / 64, 0); }
  void add(std::size_t rule) { words_[rule / 64] |= std::uint64_t{1} << (rule % 64); }
  bool has(std::size_t rule) const { return (words_[rule / 64] >> (rule % 64) & 1) != 0; }
  /// Both are of the same number of rules.
  void add_all(const RuleNumbers& other);
  void keep(const RuleNumbers& other);
  bool empty() const;
  /// The first from `rule` on, or `none` if there is none.
  std::size_t next(std::size_t rule) const;

  static constexpr std::size_t kNone = ~std::size_t{0};

 private:
  std::vector<std::uint64_t> words_;
};

/// Finds the few rules that a text can concern, whatever their number: each way through a pattern
/// requires some text, and the four bytes of it that the fewest ways share are looked up. Immutable
/// once finished.
class RuleIndex {
 public:
  /// Rules come in the order of their numbers, from 0, each with all its ways.
  void add(const std::vector<RequiredText>& ways);
  void finish();

  std::size_t rules() const { return rules_; }
  /// Adds to `found` each rule with a way that could be in the text, and perhaps others.
  void find(std::string_view text, RuleNumbers& found) const;

 private:
  struct Entry {
    std::uint32_t gram = 0;
    std::uint32_t rule = 0;
    friend auto operator<=>(const Entry&, const Entry&) = default;
  };
  struct Way {
    std::uint32_t rule;
    std::vector<std::uint32_t> grams;
  };

  static constexpr std::size_t kGram = 4;
  static std::uint32_t gram_at(const char* text);
  std::size_t place(std::uint32_t gram) const;

  std::size_t rules_ = 0;
  std::vector<Way> ways_;  ///< until it is finished
  RuleNumbers always_;     ///< with a way that requires no four bytes
  std::vector<Entry> entries_;
  /// Where the entries of a gram begin in `entries_`, plus 1; 0: free. Probed in a row.
  std::vector<std::uint32_t> table_;
};

}  // namespace jmxbridge
