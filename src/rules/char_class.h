#pragma once

#include <string>
#include <vector>

namespace jmxbridge {

/// A set of code points: ranges that ascend and do not touch.
class CodePoints {
 public:
  struct Range {
    char32_t first;
    char32_t last;
    friend bool operator==(const Range&, const Range&) = default;
  };
  static constexpr char32_t kLast = 0x10FFFF;

  CodePoints() = default;
  CodePoints(char32_t first, char32_t last) : ranges_{{first, last}} {}

  void add(char32_t first, char32_t last);
  void add(char32_t c) { add(c, c); }
  void add(const CodePoints& other);
  CodePoints complement() const;
  CodePoints intersection(const CodePoints& other) const;

  bool contains(char32_t c) const;
  bool empty() const { return ranges_.empty(); }
  const std::vector<Range>& ranges() const { return ranges_; }

  friend bool operator==(const CodePoints&, const CodePoints&) = default;

 private:
  std::vector<Range> ranges_;
};

/// What one character of a text may be: a set of code points, a Unicode property, or a combination
/// of such. Combinations of plain sets are computed at once, so that they are plain sets again.
struct CharClass {
  enum class Op : unsigned char { kPoints, kProperty, kUnion, kIntersection, kComplement };

  Op op = Op::kPoints;
  CodePoints points;             ///< of kPoints
  std::string property;          ///< of kProperty, as PCRE2 names it between the braces of \p{}
  std::vector<CharClass> parts;  ///< of the combinations; exactly one for kComplement

  static CharClass of(CodePoints points);
  static CharClass of_property(std::string name);
  static CharClass unite(CharClass a, CharClass b);
  static CharClass intersect(CharClass a, CharClass b);
  static CharClass complement(CharClass a);

  /// True if it surely holds nothing of `other`, whatever its properties take in.
  bool surely_avoids(const CodePoints& other) const;

  friend bool operator==(const CharClass&, const CharClass&) = default;
};

/// Appends the class in PCRE2's syntax as one item that a quantifier may follow.
void append_class(const CharClass& what, std::string& out);

/// Appends one literal character in PCRE2's syntax.
void append_literal(char32_t c, std::string& out);

}  // namespace jmxbridge
