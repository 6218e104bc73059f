#include "rules/char_class.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace jmxbridge {
namespace {

constexpr char32_t kFirstSurrogate = 0xD800;
constexpr char32_t kLastSurrogate = 0xDFFF;

bool is_plain(char32_t c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}

void append_ranges(const CodePoints& points, std::string& out) {
  for (const CodePoints::Range& range : points.ranges()) {
    append_literal(range.first, out);
    if (range.last == range.first) continue;
    if (range.last > range.first + 1) out += '-';
    append_literal(range.last, out);
  }
}

/// UTF-8 has no surrogates, and PCRE2 refuses to name them.
CodePoints without_surrogates(const CodePoints& points) {
  return points.intersection(CodePoints(kFirstSurrogate, kLastSurrogate).complement());
}

void append_points(const CodePoints& points, std::string& out) {
  const CodePoints inside = without_surrogates(points);
  const CodePoints outside = without_surrogates(inside.complement());
  if (inside.empty()) {
    out += "(?:(?!)(?s:.))";
  } else if (outside.empty()) {
    out += "\\p{Any}";
  } else if (inside.ranges().size() == 1 &&
             inside.ranges().front().first == inside.ranges().front().last) {
    append_literal(inside.ranges().front().first, out);
  } else if (inside.contains(CodePoints::kLast)) {
    out += "[^";
    append_ranges(outside, out);
    out += ']';
  } else {
    out += '[';
    append_ranges(inside, out);
    out += ']';
  }
}

/// True if the class can stand between brackets, next to others.
bool fits_brackets(const CharClass& what) {
  return what.op == CharClass::Op::kPoints || what.op == CharClass::Op::kProperty ||
         (what.op == CharClass::Op::kComplement &&
          what.parts.front().op == CharClass::Op::kProperty);
}

void append_in_brackets(const CharClass& what, std::string& out) {
  if (what.op == CharClass::Op::kPoints) {
    append_ranges(without_surrogates(what.points), out);
  } else if (what.op == CharClass::Op::kProperty) {
    out += "\\p{" + what.property + '}';
  } else {
    out += "\\P{" + what.parts.front().property + '}';
  }
}

}  // namespace

void CodePoints::add(char32_t first, char32_t last) {
  if (ranges_.empty() || ranges_.back().last + 1 < first) {
    ranges_.push_back({first, last});
    return;
  }
  std::vector<Range> merged;
  merged.reserve(ranges_.size() + 1);
  auto at = ranges_.begin();
  for (; at != ranges_.end() && at->last + 1 < first; ++at) merged.push_back(*at);
  for (; at != ranges_.end() && at->first <= last + 1; ++at) {
    first = std::min(first, at->first);
    last = std::max(last, at->last);
  }
  merged.push_back({first, last});
  merged.insert(merged.end(), at, ranges_.end());
  ranges_ = std::move(merged);
}

void CodePoints::add(const CodePoints& other) {
  for (const Range& range : other.ranges_) add(range.first, range.last);
}

CodePoints CodePoints::complement() const {
  CodePoints result;
  char32_t next = 0;
  for (const Range& range : ranges_) {
    if (range.first > next) result.ranges_.push_back({next, range.first - 1});
    next = range.last + 1;
  }
  if (next <= kLast) result.ranges_.push_back({next, kLast});
  return result;
}

CodePoints CodePoints::intersection(const CodePoints& other) const {
  CodePoints result;
  auto a = ranges_.begin();
  auto b = other.ranges_.begin();
  while (a != ranges_.end() && b != other.ranges_.end()) {
    const char32_t first = std::max(a->first, b->first);
    const char32_t last = std::min(a->last, b->last);
    if (first <= last) result.ranges_.push_back({first, last});
    if (a->last < b->last) {
      ++a;
    } else {
      ++b;
    }
  }
  return result;
}

bool CodePoints::contains(char32_t c) const {
  const auto at = std::lower_bound(ranges_.begin(), ranges_.end(), c,
                                   [](const Range& range, char32_t x) { return range.last < x; });
  return at != ranges_.end() && at->first <= c;
}

CharClass CharClass::of(CodePoints points) {
  CharClass result;
  result.points = std::move(points);
  return result;
}

CharClass CharClass::of_property(std::string name) {
  CharClass result;
  result.op = Op::kProperty;
  result.property = std::move(name);
  return result;
}

CharClass CharClass::unite(CharClass a, CharClass b) {
  if (a.op == Op::kPoints && b.op == Op::kPoints) {
    a.points.add(b.points);
    return a;
  }
  CharClass result;
  result.op = Op::kUnion;
  for (CharClass* side : {&a, &b}) {
    if (side->op == Op::kUnion) {
      std::move(side->parts.begin(), side->parts.end(), std::back_inserter(result.parts));
    } else {
      result.parts.push_back(std::move(*side));
    }
  }
  return result;
}

CharClass CharClass::intersect(CharClass a, CharClass b) {
  if (a.op == Op::kPoints && b.op == Op::kPoints) return of(a.points.intersection(b.points));
  CharClass result;
  result.op = Op::kIntersection;
  result.parts.push_back(std::move(a));
  result.parts.push_back(std::move(b));
  return result;
}

CharClass CharClass::complement(CharClass a) {
  if (a.op == Op::kPoints) return of(a.points.complement());
  if (a.op == Op::kComplement) {
    CharClass inner = std::move(a.parts.front());
    return inner;
  }
  CharClass result;
  result.op = Op::kComplement;
  result.parts.push_back(std::move(a));
  return result;
}

bool CharClass::surely_avoids(const CodePoints& other) const {
  switch (op) {
    case Op::kPoints:
      return points.intersection(other).empty();
    case Op::kUnion:
      return std::all_of(parts.begin(), parts.end(),
                         [&](const CharClass& part) { return part.surely_avoids(other); });
    case Op::kIntersection:
      return std::any_of(parts.begin(), parts.end(),
                         [&](const CharClass& part) { return part.surely_avoids(other); });
    case Op::kProperty:
    case Op::kComplement:
      return false;
  }
  return false;
}

void append_class(const CharClass& what, std::string& out) {
  switch (what.op) {
    case CharClass::Op::kPoints:
      append_points(what.points, out);
      return;
    case CharClass::Op::kProperty:
      out += "\\p{" + what.property + '}';
      return;
    case CharClass::Op::kUnion:
      if (std::all_of(what.parts.begin(), what.parts.end(), fits_brackets)) {
        out += '[';
        for (const CharClass& part : what.parts) append_in_brackets(part, out);
        out += ']';
        return;
      }
      out += "(?:";
      for (const CharClass& part : what.parts) {
        if (&part != &what.parts.front()) out += '|';
        append_class(part, out);
      }
      out += ')';
      return;
    case CharClass::Op::kIntersection:
      out += "(?:(?=";
      append_class(what.parts[0], out);
      out += ')';
      append_class(what.parts[1], out);
      out += ')';
      return;
    case CharClass::Op::kComplement:
      if (fits_brackets(what)) {
        append_in_brackets(what, out);
        return;
      }
      if (what.parts.front().op == CharClass::Op::kUnion &&
          std::all_of(what.parts.front().parts.begin(), what.parts.front().parts.end(),
                      fits_brackets)) {
        out += "[^";
        for (const CharClass& part : what.parts.front().parts) append_in_brackets(part, out);
        out += ']';
        return;
      }
      out += "(?:(?!";
      append_class(what.parts.front(), out);
      out += ")(?s:.))";
      return;
  }
}

void append_literal(char32_t c, std::string& out) {
  if (is_plain(c)) {
    out += static_cast<char>(c);
  } else if (c > 0x20 && c < 0x7F) {
    out += '\\';
    out += static_cast<char>(c);
  } else {
    fmt::format_to(std::back_inserter(out), "\\x{{{:x}}}", static_cast<std::uint32_t>(c));
  }
}

}  // namespace jmxbridge
