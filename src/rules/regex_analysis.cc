// Why some matches can be remembered for good.
//
// A rule sees `SUBJECT: VALUE`. The texts of numbers, booleans and dates are made of few
// characters: digits, `.`, `+`, `-` and the letters of E, NaN, Infinity, true and false. Any other
// character of a pattern is taken from what stands before the value, and so is all that the pattern
// took before it. So the tracker below walks through a pattern and knows at each place how far at
// most the match can have come there, as far as a way to a match leads through it:
//
//   kInSubject    to the end of the subject
//   kAfterColon   over the ':' behind it
//   kAtValue      over the blank as well
//   kAnywhere     into the value, or it has looked at it
//
// If the pattern ends at kAtValue or before, then each way that succeeds lies before the value,
// each way that ran into the value has failed there whatever the value is, and the first way that
// succeeds is the same for all values. This holds as long as nothing looks ahead into the value
// from before it, and as long as no group that is not come back into (atomic, possessive) can run
// into the value while it chooses. At the very end a `.*` may follow, which takes any value there
// is.
#include "rules/regex_analysis.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <span>
#include <utility>

#include "base/utf.h"

namespace jmxbridge {
namespace {

using Kind = RegexNode::Kind;
using Nodes = std::span<const RegexNode>;

constexpr std::size_t kMaxWays = 32;

/// The characters that the texts of numbers, booleans and dates are made of.
const CodePoints& value_characters() {
  static const CodePoints kCharacters = [] {
    CodePoints all;
    for (const char c : kValueCharacters) all.add(static_cast<char32_t>(c));
    return all;
  }();
  return kCharacters;
}

/// The characters that stand in the subject only.
const CodePoints& subject_characters() {
  static const CodePoints kCharacters = [] {
    CodePoints others = value_characters();
    others.add(':');
    others.add(' ');
    return others.complement();
  }();
  return kCharacters;
}

/// `.*` or `.+`, greedy or lazy.
bool is_dot_run(const RegexNode& node) {
  return node.kind == Kind::kRepeat && node.min <= 1 && node.max == RegexNode::kNoMax &&
         node.greed != RegexNode::Greed::kPossessive && node.parts.front().kind == Kind::kClass &&
         node.parts.front().char_class == CharClass::of(regex_dot());
}

bool is_sequence(const RegexNode& node) { return node.kind == Kind::kSequence; }

/// Collects the literal text that a sequence must take.
class TextCollector {
 public:
  void visit(const RegexNode& node) {
    switch (node.kind) {
      case Kind::kLiteral:
        append_code_point(node.literal, run_);
        return;
      case Kind::kSequence:
      case Kind::kCapture:
      case Kind::kAtomic:
        for (const RegexNode& part : node.parts) visit(part);
        return;
      case Kind::kRepeat:
        end_run();
        if (node.min > 0) visit(node.parts.front());
        end_run();
        return;
      case Kind::kClass:
      case Kind::kAlternation:
      case Kind::kBackReference:
      case Kind::kLineBreak:
      case Kind::kGrapheme:
        end_run();
        return;
      case Kind::kTextStart:
        if (!consumed_ && run_.empty()) text_.at_start = true;
        return;
      default:
        return;  // takes no text
    }
  }

  RequiredText finish() {
    end_run();
    return std::move(text_);
  }

 private:
  void end_run() {
    // What comes before the first piece, even if it may be empty, takes it away from the start.
    if (text_.pieces.empty() && run_.empty()) text_.at_start = false;
    consumed_ = true;
    if (run_.empty()) return;
    text_.pieces.push_back(std::exchange(run_, {}));
  }

  RequiredText text_;
  std::string run_;
  bool consumed_ = false;
};

RequiredText cut_before_value(const RequiredText& text) {
  RequiredText cut;
  cut.at_start = text.at_start;
  for (const std::string& piece : text.pieces) {
    std::size_t end = piece.size();
    while (end > 0 && !subject_characters().contains(static_cast<unsigned char>(piece[end - 1]))) {
      --end;
    }
    const bool first = &piece == &text.pieces.front();
    if (end > 0) {
      cut.pieces.push_back(piece.substr(0, end));
    } else if (first && text.at_start) {
      cut.pieces.push_back(piece);  // every subject has a '<' before it could end
    }
  }
  return cut;
}

/// How far a match can have come at a place (see the top of this file).
enum class Reach : std::uint8_t { kInSubject, kAfterColon, kAtValue, kAnywhere };

constexpr std::size_t kReaches = 4;

std::size_t at(Reach reach) { return static_cast<std::size_t>(reach); }

/// What a part of a pattern does to the reach, for each reach that a match may have in front of it.
struct Effect {
  std::array<Reach, kReaches> after = {Reach::kInSubject, Reach::kAfterColon, Reach::kAtValue,
                                       Reach::kAnywhere};
  /// It can take from the value, or look at it.
  std::array<bool, kReaches> reads = {};
  /// Something in it depends on the value although it starts before it, wherever the pattern ends.
  std::array<bool, kReaches> unsound = {};
  /// It looks at what follows it.
  bool looks_forward = false;
};

/// Goes on from `total` with `next`.
void then(Effect& total, const Effect& next) {
  for (std::size_t r = 0; r < kReaches; ++r) {
    const std::size_t between = at(total.after[r]);
    total.reads[r] = total.reads[r] || next.reads[between];
    total.unsound[r] = total.unsound[r] || next.unsound[between];
    total.after[r] = next.after[between];
  }
  total.looks_forward = total.looks_forward || next.looks_forward;
}

/// Goes either way.
void either(Effect& total, const Effect& other) {
  for (std::size_t r = 0; r < kReaches; ++r) {
    total.reads[r] = total.reads[r] || other.reads[r];
    total.unsound[r] = total.unsound[r] || other.unsound[r];
    total.after[r] = std::max(total.after[r], other.after[r]);
  }
  total.looks_forward = total.looks_forward || other.looks_forward;
}

/// Chooses once and for all. What starts at the value does no harm, unless the pattern can end
/// there; but what starts before it must not read it.
void hold_on(Effect& effect) {
  for (std::size_t r = 0; r < kReaches; ++r) {
    effect.unsound[r] = effect.unsound[r] || effect.reads[std::min(r, at(Reach::kAfterColon))];
  }
}

/// One character is taken: out of the subject, or the next one behind it if it fits.
Effect effect_of_character(const CharClass& what) {
  const bool colon = !what.surely_avoids(CodePoints(':', ':'));
  const bool blank = !what.surely_avoids(CodePoints(' ', ' '));
  const bool value = !what.surely_avoids(value_characters());
  Effect effect;
  for (const Reach reach :
       {Reach::kInSubject, Reach::kAfterColon, Reach::kAtValue, Reach::kAnywhere}) {
    Reach most = colon ? Reach::kAfterColon : Reach::kInSubject;
    if (blank && reach >= Reach::kAfterColon) most = Reach::kAtValue;
    if (value && reach >= Reach::kAtValue) most = Reach::kAnywhere;
    effect.after[at(reach)] = most;
    effect.reads[at(reach)] = most == Reach::kAnywhere;
  }
  return effect;
}

Effect effect_of(const RegexNode& node);

Effect effect_of_all(Nodes nodes) {
  Effect total;
  for (const RegexNode& node : nodes) then(total, effect_of(node));
  return total;
}

Effect effect_of_repeat(const RegexNode& node) {
  Effect total;
  if (node.max == 0) return total;
  const RegexNode& body = node.parts.front();
  const Effect once = effect_of(body);
  Effect more = once;
  // Each further round can only widen what the first has reached, three times at most.
  for (std::size_t round = 0; round < kReaches; ++round) {
    Effect again = more;
    then(again, once);
    either(more, again);
  }
  if (node.min == 0) {
    either(total, more);
  } else {
    total = more;
  }
  // A run of one class that is not come back into ends where the class ends. Where it runs into the
  // value the way fails, whatever the value is.
  const bool one_character = body.kind == Kind::kClass || body.kind == Kind::kLiteral;
  if (node.greed == RegexNode::Greed::kPossessive && !one_character) hold_on(total);
  return total;
}

Effect effect_of(const RegexNode& node) {
  Effect effect;
  switch (node.kind) {
    case Kind::kLiteral:
      return effect_of_character(CharClass::of(CodePoints(node.literal, node.literal)));
    case Kind::kClass:
      return effect_of_character(node.char_class);
    case Kind::kGrapheme:
      return effect_of_character(CharClass::of(CodePoints(0, CodePoints::kLast)));
    case Kind::kSequence:
    case Kind::kCapture:
      return effect_of_all(node.parts);
    case Kind::kAlternation:
      effect = effect_of(node.parts.front());
      for (const RegexNode& part : Nodes(node.parts).subspan(1)) either(effect, effect_of(part));
      return effect;
    case Kind::kAtomic:
      effect = effect_of(node.parts.front());
      hold_on(effect);
      return effect;
    case Kind::kRepeat:
      return effect_of_repeat(node);
    case Kind::kLookAhead: {
      Effect inner = effect_of(node.parts.front());
      hold_on(inner);
      effect.reads = inner.reads;
      effect.unsound = inner.unsound;
      effect.looks_forward = true;
      if (inner.reads[at(Reach::kAtValue)]) effect.after[at(Reach::kAtValue)] = Reach::kAnywhere;
      return effect;
    }
    case Kind::kLookBehind:
      // What precedes is the same for all values, unless something in there looks ahead again.
      effect.unsound.fill(effect_of(node.parts.front()).looks_forward);
      return effect;
    case Kind::kWordBoundary:
      effect.after[at(Reach::kAtValue)] = Reach::kAnywhere;
      effect.reads[at(Reach::kAtValue)] = true;
      effect.reads[at(Reach::kAnywhere)] = true;
      effect.looks_forward = true;
      return effect;
    case Kind::kLineBreak:
      effect.after.fill(Reach::kInSubject);
      return effect;
    case Kind::kBackReference:
      effect.after.fill(Reach::kAnywhere);
      effect.reads.fill(true);
      return effect;
    case Kind::kTextStart:
    case Kind::kTextEnd:
    case Kind::kLastLineEnd:
    case Kind::kLineStart:
    case Kind::kLineEnd:
      // No value is empty or has a line terminator, so up to where the value starts these are the
      // same for all of them.
      return effect;
  }
  return effect;
}

/// The sequence of nodes that a node is, looking through groups that only group.
Nodes as_sequence(const RegexNode& node) {
  return is_sequence(node) ? Nodes(node.parts) : Nodes(&node, 1);
}

/// The end of a pattern that takes the rest of any text: `.*`, perhaps as a group.
struct Tail {
  Nodes before;                ///< the pattern without it
  bool takes_nothing = false;  ///< the wrapping, or an end that is lazy, leaves it no character
  std::vector<std::uint32_t> groups;
};

Tail without_tail(Nodes nodes) {
  const auto ends_text = [](const RegexNode& node) {
    return node.kind == Kind::kLastLineEnd || node.kind == Kind::kTextEnd;
  };
  const auto run_of = [](const RegexNode& node) -> const RegexNode* {
    if (is_dot_run(node)) return &node;
    if (node.kind != Kind::kCapture) return nullptr;
    const Nodes inner = as_sequence(node.parts.front());
    return inner.size() == 1 && is_dot_run(inner.front()) ? &inner.front() : nullptr;
  };
  Tail tail;
  tail.before = nodes;
  bool to_end = false;
  if (nodes.size() > 1 && ends_text(nodes.back()) && run_of(nodes[nodes.size() - 2]) != nullptr) {
    to_end = true;
    nodes = nodes.first(nodes.size() - 1);
  }
  if (nodes.empty()) return tail;
  const RegexNode* run = run_of(nodes.back());
  if (run == nullptr) return tail;
  tail.before = nodes.first(nodes.size() - 1);
  // A lazy run takes no more than it must, and a run behind the wrapping's greedy one neither.
  tail.takes_nothing =
      run->min == 0 && !to_end && (run->greed == RegexNode::Greed::kLazy || tail.before.empty());
  if (nodes.back().kind == Kind::kCapture && !tail.takes_nothing) {
    tail.groups.push_back(nodes.back().number);
  }
  return tail;
}

/// The user's part of the wrapped pattern; nothing if the pattern breaks out of the wrapping.
const RegexNode* inner_pattern(const RegexNode& root, RegexNode& storage) {
  if (!is_sequence(root) || root.parts.size() < 4) return nullptr;
  const Nodes nodes(root.parts);
  const RegexNode& end = nodes.back();
  if (nodes.front().kind != Kind::kTextStart || !is_dot_run(nodes[1]) ||
      !is_dot_run(nodes[nodes.size() - 2]) || end.kind != Kind::kLastLineEnd || end.unix_lines) {
    return nullptr;
  }
  if (nodes.size() == 5) return &nodes[2];
  storage.parts.assign(nodes.begin() + 2, nodes.end() - 2);
  return &storage;
}

}  // namespace

bool RequiredText::could_be_in(std::string_view text) const {
  std::size_t from = 0;
  for (const std::string& piece : pieces) {
    const bool first = &piece == &pieces.front();
    if (first && at_start) {
      if (!text.starts_with(piece)) return false;
      from = piece.size();
      continue;
    }
    const void* at = ::memmem(text.data() + from, text.size() - from, piece.data(), piece.size());
    if (at == nullptr) return false;
    from = static_cast<std::size_t>(static_cast<const char*>(at) - text.data()) + piece.size();
  }
  return true;
}

RegexAnalysis analyze_rule_pattern(const RegexSyntax& syntax) {
  RegexAnalysis result;
  RegexNode storage;
  const RegexNode* pattern = inner_pattern(syntax.root, storage);
  if (pattern == nullptr) {
    result.ways.emplace_back();
    result.ways_before_value.emplace_back();
    result.why_dependent = "its parentheses close what they did not open";
    return result;
  }
  // A group around the whole pattern does not matter for what it takes.
  std::vector<Nodes> alternatives;
  if (pattern->kind == Kind::kAlternation && pattern->parts.size() <= kMaxWays) {
    for (const RegexNode& part : pattern->parts) alternatives.push_back(as_sequence(part));
  } else {
    alternatives.push_back(as_sequence(*pattern));
  }

  result.value_independent = true;
  for (const Nodes& nodes : alternatives) {
    TextCollector collector;
    for (const RegexNode& node : nodes) collector.visit(node);
    result.ways.push_back(collector.finish());
    result.ways_before_value.push_back(cut_before_value(result.ways.back()));

    const Tail tail = without_tail(nodes);
    if (tail.before.empty() && (nodes.empty() || tail.takes_nothing)) continue;
    // In front of it stands the wrapping's own `.*`, which can have gone anywhere.
    const Effect effect = effect_of_all(tail.before);
    const Reach reach = effect.after[at(Reach::kAnywhere)];
    result.value_groups.insert(result.value_groups.end(), tail.groups.begin(), tail.groups.end());
    if (effect.unsound[at(Reach::kAnywhere)]) {
      result.value_independent = false;
      result.why_dependent = "it looks into the value, or holds on to text of it, from before it";
    } else if (reach == Reach::kAnywhere) {
      result.value_independent = false;
      result.why_dependent =
          "it can match in the value: end it in the attribute's name, or in ':' or ': (.*)'";
    }
  }
  return result;
}

}  // namespace jmxbridge
