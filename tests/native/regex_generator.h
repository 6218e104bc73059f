#pragma once

#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace jmxbridge {

/// Makes patterns of Java's dialect and texts for them, always the same for one seed. Half of the
/// patterns are made along a text, as rules are written; the others are made of any constructs,
/// over few characters.
class RegexGenerator {
 public:
  explicit RegexGenerator(std::uint64_t seed) : random_(seed) {}

  struct Case {
    std::string pattern;
    std::vector<std::string> texts;
  };
  Case next();

  /// How often each construct was written.
  const std::map<std::string, int>& constructs() const { return constructs_; }

 private:
  std::uint32_t below(std::uint32_t bound) { return static_cast<std::uint32_t>(random_() % bound); }
  bool chance(std::uint32_t percent) { return below(100) < percent; }
  std::string pick(const std::vector<std::string>& from) {
    return from[below(static_cast<std::uint32_t>(from.size()))];
  }
  std::string note(const char* construct, std::string text) {
    ++constructs_[construct];
    return text;
  }

  std::string match_text();
  std::string small_text();
  std::string along(std::string_view text);
  std::string written(std::string_view text);
  std::string alternatives(int depth);
  std::string sequence(int depth);
  std::string atom(int depth);
  std::string group(int depth);
  std::string escape();
  std::string assertion();
  std::string char_class(int depth);
  std::string class_element(int depth);
  std::string property();
  std::string quantifier();
  std::string oddity();

  std::mt19937_64 random_;
  std::map<std::string, int> constructs_;
  int groups_ = 0;
  std::vector<std::string> names_;
};

}  // namespace jmxbridge
