#pragma once

#include <bitset>
#include <cstddef>
#include <map>
#include <utility>
#include <vector>

#include "rules/char_class.h"

namespace jmxbridge {

/// The characters as far as some patterns tell them apart: those that stand in the same of their
/// classes are one symbol. So an automaton over all of Unicode stays small.
class Alphabet {
 public:
  static constexpr std::size_t kMaxSymbols = 256;
  using Symbols = std::bitset<kMaxSymbols>;

  /// Before finish(): the sets that will be asked for.
  void add(const CodePoints& set);
  /// Makes the symbols; false if there are too many, and then the alphabet is of no use.
  bool finish();

  /// The symbols of a set that was added.
  const Symbols& symbols(const CodePoints& set) const;
  std::size_t size() const { return size_; }

 private:
  using Key = std::vector<std::pair<char32_t, char32_t>>;
  static Key key_of(const CodePoints& set);

  std::map<Key, Symbols> sets_;
  std::size_t size_ = 0;
};

}  // namespace jmxbridge
