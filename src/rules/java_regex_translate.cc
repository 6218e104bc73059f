#include "rules/java_regex_translate.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

namespace jmxbridge {
namespace {

using Kind = RegexNode::Kind;

// A look-behind of variable length is listed as alternatives of fixed length, within these bounds.
constexpr std::size_t kMaxLookBehindWays = 500;
constexpr std::size_t kMaxLookBehindText = 50'000;

/// All ways through a look-behind, each written out and of fixed length.
using Ways = std::vector<std::string>;

class Translator {
 public:
  explicit Translator(std::uint32_t groups) : groups_(groups) {}

  void append(const RegexNode& node, std::string& out);
  const std::optional<RegexError>& error() const { return error_; }

 private:
  void append_repeat(const RegexNode& node, std::string& out);
  void append_look_behind(const RegexNode& node, std::string& out);
  std::optional<Ways> ways(const RegexNode& node);
  std::optional<Ways> sequence_ways(const std::vector<const RegexNode*>& nodes);

  std::uint32_t groups_;
  std::optional<RegexError> error_;
};

/// True if what append() writes for the node is one item, so that a quantifier takes all of it.
bool is_item(const RegexNode& node) {
  return node.kind == Kind::kLiteral || node.kind == Kind::kClass || node.kind == Kind::kCapture ||
         node.kind == Kind::kAtomic;
}

bool has_captures(const RegexNode& node) {
  return node.kind == Kind::kCapture ||
         std::any_of(node.parts.begin(), node.parts.end(), has_captures);
}

/// True if PCRE2 takes the node inside a look-behind as it is: alternatives equally long.
bool is_plainly_fixed(const RegexNode& node) {
  if (node.kind == Kind::kLookAhead || node.kind == Kind::kLookBehind) return true;
  if (node.kind == Kind::kBackReference || node.kind == Kind::kGrapheme ||
      node.kind == Kind::kLineBreak) {
    return false;
  }
  if (node.kind == Kind::kRepeat && node.min != node.max) return false;
  const RegexLength length = regex_length(node);
  return length.least == length.most &&
         std::all_of(node.parts.begin(), node.parts.end(), is_plainly_fixed);
}

// Letters and digits in Java's sense, with the marks that combine with them: a mark belongs to the
// word of its letter. Look-behind needs a length, so a letter with more than four marks counts as
// none.
constexpr const char* kLetter = "[\\p{L}\\p{Nd}]";
constexpr const char* kAfterLetter =
    "(?<=[\\p{L}\\p{Nd}]|[\\p{L}\\p{Nd}]\\p{Mn}|[\\p{L}\\p{Nd}]\\p{Mn}{2}|[\\p{L}\\p{Nd}]\\p{Mn}{3}"
    "|"
    "[\\p{L}\\p{Nd}]\\p{Mn}{4})";

std::string word_boundary() {
  // After a word character without one before the next, or the other way round.
  return fmt::format(
      "(?:{0}(?![\\p{{L}}\\p{{Nd}}_\\p{{Mn}}])|(?<=_)(?![\\p{{L}}\\p{{Nd}}_])|"
      "(?!{0})(?<!_)(?={1}|_))",
      kAfterLetter, kLetter);
}

void append_assertion(const RegexNode& node, std::string& out) {
  switch (node.kind) {
    case Kind::kTextStart:
      out += "\\A";
      return;
    case Kind::kTextEnd:
      out += "\\z";
      return;
    case Kind::kLastLineEnd:
      out += node.unix_lines ? "(?=\\n?\\z)"
                             : "(?=(?:\\r\\n|(?<!\\r)\\n|[\\r\\x{85}\\x{2028}\\x{2029}])?\\z)";
      return;
    case Kind::kLineStart:
      out += node.unix_lines ? "(?:(?!\\z)(?<![^\\n]))"
                             : "(?:(?!\\z)(?:\\A|(?<=[\\n\\x{85}\\x{2028}\\x{2029}])|"
                               "(?<=\\r)(?!\\n)))";
      return;
    case Kind::kLineEnd:
      out += node.unix_lines ? "(?=\\n|\\z)" : "(?=(?<!\\r)\\n|[\\r\\x{85}\\x{2028}\\x{2029}]|\\z)";
      return;
    default:
      out += node.negative ? "(?!" + word_boundary() + ')' : word_boundary();
      return;
  }
}

void append_quantifier(const RegexNode& node, std::string& out) {
  if (node.min == 0 && node.max == 1) {
    out += '?';
  } else if (node.max == RegexNode::kNoMax && node.min <= 1) {
    out += node.min == 0 ? '*' : '+';
  } else if (node.max == RegexNode::kNoMax) {
    out += fmt::format("{{{},}}", node.min);
  } else if (node.min == node.max) {
    out += fmt::format("{{{}}}", node.min);
  } else {
    out += fmt::format("{{{},{}}}", node.min, node.max);
  }
  if (node.greed == RegexNode::Greed::kLazy) out += '?';
  if (node.greed == RegexNode::Greed::kPossessive) out += '+';
}

void Translator::append(const RegexNode& node, std::string& out) {
  switch (node.kind) {
    case Kind::kSequence:
      for (const RegexNode& part : node.parts) {
        const bool group = part.kind == Kind::kAlternation;
        if (group) out += "(?:";
        append(part, out);
        if (group) out += ')';
      }
      return;
    case Kind::kAlternation:
      for (const RegexNode& part : node.parts) {
        if (&part != &node.parts.front()) out += '|';
        append(part, out);
      }
      return;
    case Kind::kLiteral:
      if (node.literal >= 0xD800 && node.literal <= 0xDFFF) {
        out += "(?:(?!)(?s:.))";  // half a character stands in no text
      } else {
        append_literal(node.literal, out);
      }
      return;
    case Kind::kClass:
      append_class(node.char_class, out);
      return;
    case Kind::kCapture:
    case Kind::kAtomic:
    case Kind::kLookAhead:
      out += node.kind == Kind::kCapture  ? "("
             : node.kind == Kind::kAtomic ? "(?>"
             : node.negative              ? "(?!"
                                          : "(?=";
      append(node.parts.front(), out);
      out += ')';
      return;
    case Kind::kLookBehind:
      append_look_behind(node, out);
      return;
    case Kind::kRepeat:
      append_repeat(node, out);
      return;
    case Kind::kBackReference:
      if (node.number > groups_) {
        out += "(?!)";
      } else {
        out += fmt::format("(?{}:\\g{{{}}})", node.caseless ? "i" : "", node.number);
      }
      return;
    case Kind::kLineBreak:
      out += "(?:\\r\\n|[\\n-\\r\\x{85}\\x{2028}\\x{2029}])";
      return;
    case Kind::kGrapheme:
      out += "\\X";
      return;
    default:
      append_assertion(node, out);
      return;
  }
}

/// True for a group that can only take nothing, and that Java, which then has no choice in it,
/// leaves unset when it is repeated from zero times on.
bool stays_unset(const RegexNode& repeat) {
  const auto has_choice = [](const auto& self, const RegexNode& node) -> bool {
    return node.kind == Kind::kAlternation ||
           (node.kind == Kind::kRepeat && node.min != node.max) ||
           std::any_of(node.parts.begin(), node.parts.end(),
                       [&](const RegexNode& part) { return self(self, part); });
  };
  const RegexNode& body = repeat.parts.front();
  return body.kind == Kind::kCapture && repeat.min == 0 && repeat.max > 1 &&
         repeat.greed != RegexNode::Greed::kPossessive && regex_length(body).most == 0 &&
         !has_choice(has_choice, body);
}

/// Java does not come back into one round of a possessive repeat, nor into a repeated \R.
void Translator::append_repeat(const RegexNode& node, std::string& out) {
  const RegexNode& body = node.parts.front();
  const bool one_character = body.kind == Kind::kLiteral || body.kind == Kind::kClass;
  if ((node.greed == RegexNode::Greed::kPossessive && !one_character) ||
      body.kind == Kind::kLineBreak) {
    out += "(?>";
    append(body, out);
    out += ')';
  } else if (stays_unset(node)) {
    out += "(?:(){0}";  // keeps the group's number
    append(body.parts.front(), out);
    out += ')';
  } else if (is_item(body)) {
    append(body, out);
  } else {
    out += "(?:";
    append(body, out);
    out += ')';
  }
  append_quantifier(node, out);
}

void Translator::append_look_behind(const RegexNode& node, std::string& out) {
  const char* open = node.negative ? "(?<!" : "(?<=";
  const RegexNode& body = node.parts.front();
  if (is_plainly_fixed(body)) {
    out += open;
    append(body, out);
    out += ')';
    return;
  }
  std::optional<Ways> all;
  if (!has_captures(body)) all = ways(body);
  if (!all) {
    if (!error_) {
      error_ = RegexError{RegexRefusal::kLookBehind, node.position,
                          "a look-behind is not offered unless its lengths are few and it captures "
                          "nothing: write what precedes as part of the pattern"};
    }
    return;
  }
  // In any order: nothing is captured that could show it.
  out += open;
  for (const std::string& way : *all) {
    if (&way != &all->front()) out += '|';
    out += way;
  }
  out += ')';
}

std::optional<Ways> Translator::sequence_ways(const std::vector<const RegexNode*>& nodes) {
  Ways all(1);
  for (const RegexNode* node : nodes) {
    const std::optional<Ways> next = ways(*node);
    if (!next || all.size() * next->size() > kMaxLookBehindWays) return std::nullopt;
    Ways longer;
    std::size_t text = 0;
    for (const std::string& a : all) {
      for (const std::string& b : *next) {
        longer.push_back(a + b);
        text += longer.back().size();
      }
    }
    if (text > kMaxLookBehindText) return std::nullopt;
    all = std::move(longer);
  }
  return all;
}

/// All ways through the node, each of fixed length; nothing if they are too many or unbounded.
std::optional<Ways> Translator::ways(const RegexNode& node) {
  if (node.kind == Kind::kAlternation) {
    Ways all;
    for (const RegexNode& part : node.parts) {
      std::optional<Ways> some = ways(part);
      if (!some || all.size() + some->size() > kMaxLookBehindWays) return std::nullopt;
      std::move(some->begin(), some->end(), std::back_inserter(all));
    }
    return all;
  }
  if (node.kind == Kind::kSequence) {
    std::vector<const RegexNode*> nodes;
    nodes.reserve(node.parts.size());
    for (const RegexNode& part : node.parts) nodes.push_back(&part);
    return sequence_ways(nodes);
  }
  if (node.kind == Kind::kLineBreak) {
    return Ways{"\\r\\n", "[\\n-\\r\\x{85}\\x{2028}\\x{2029}]"};
  }
  if (is_plainly_fixed(node)) {
    Ways one(1);
    append(node, one.front());
    return one;
  }
  if (node.kind == Kind::kRepeat && node.max <= kMaxLookBehindWays) {
    // Greedy or lazy, the same lengths can be taken in the end; possessive, not all of them.
    if (node.greed == RegexNode::Greed::kPossessive) return std::nullopt;
    Ways all;
    for (std::uint32_t times = node.min; times <= node.max; ++times) {
      const std::vector<const RegexNode*> nodes(times, &node.parts.front());
      std::optional<Ways> some = sequence_ways(nodes);
      if (!some || all.size() + some->size() > kMaxLookBehindWays) return std::nullopt;
      std::move(some->begin(), some->end(), std::back_inserter(all));
    }
    return all;
  }
  return std::nullopt;
}

/// Where nothing follows, `.*$` can only take all there is: without the ways that stop before, a
/// text that does not match needs a step for each character less.
void take_all_at_end(RegexNode& node) {
  if (node.kind == Kind::kAlternation) {
    for (RegexNode& part : node.parts) take_all_at_end(part);
  }
  if (node.kind != Kind::kSequence || node.parts.size() < 2) return;
  RegexNode& last = *(node.parts.end() - 2);
  if (node.parts.back().kind == Kind::kLastLineEnd && last.kind == Kind::kRepeat &&
      last.max == RegexNode::kNoMax && last.greed == RegexNode::Greed::kGreedy &&
      last.parts.front().kind == Kind::kClass) {
    last.greed = RegexNode::Greed::kPossessive;
  }
}

}  // namespace

RegexLength regex_length(const RegexNode& node) {
  constexpr std::uint64_t kNoMax = RegexNode::kNoMax;
  switch (node.kind) {
    case Kind::kSequence: {
      RegexLength all;
      for (const RegexNode& part : node.parts) {
        const RegexLength length = regex_length(part);
        all.least = std::min(all.least + length.least, kNoMax);
        all.most = std::min(all.most + length.most, kNoMax);
      }
      return all;
    }
    case Kind::kAlternation: {
      RegexLength all{kNoMax, 0};
      for (const RegexNode& part : node.parts) {
        const RegexLength length = regex_length(part);
        all.least = std::min(all.least, length.least);
        all.most = std::max(all.most, length.most);
      }
      return all;
    }
    case Kind::kLiteral:
    case Kind::kClass:
      return {1, 1};
    case Kind::kCapture:
    case Kind::kAtomic:
      return regex_length(node.parts.front());
    case Kind::kRepeat: {
      const RegexLength body = regex_length(node.parts.front());
      const std::uint64_t most = body.most == 0 ? 0
                                 : node.max == RegexNode::kNoMax || body.most == kNoMax
                                     ? (node.max == 0 ? 0 : kNoMax)
                                     : std::min(body.most * node.max, kNoMax);
      return {std::min(body.least * node.min, kNoMax), most};
    }
    case Kind::kBackReference:
      return {0, kNoMax};
    case Kind::kLineBreak:
      return {1, 2};
    case Kind::kGrapheme:
      return {1, kNoMax};
    default:
      return {0, 0};
  }
}

bool takes_line_end(const RegexNode& node) {
  static const CodePoints line_ends = regex_dot().complement();
  switch (node.kind) {
    case Kind::kLiteral:
      return line_ends.contains(node.literal);
    case Kind::kClass:
      return !node.char_class.surely_avoids(line_ends);
    case Kind::kBackReference:  // of a group in a look-ahead, for example
    case Kind::kLineBreak:
    case Kind::kGrapheme:
      return true;
    case Kind::kLookAhead:
    case Kind::kLookBehind:
      return false;
    default:
      return std::any_of(node.parts.begin(), node.parts.end(), takes_line_end);
  }
}

Result<std::string, RegexError> translate_java_regex(const RegexSyntax& syntax) {
  Translator translator(syntax.groups);
  RegexNode root = syntax.root;
  take_all_at_end(root);
  std::string out = "(?:";
  translator.append(root, out);
  out += ")\\z";
  if (translator.error()) return Unexpected<RegexError>{*translator.error()};
  return out;
}

}  // namespace jmxbridge
