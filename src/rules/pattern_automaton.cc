#include "rules/pattern_automaton.h"

#include <algorithm>

namespace jmxbridge {
namespace {

using Kind = RegexNode::Kind;

constexpr std::size_t kMaxStates = 3000;
/// Repeats of what makes no state cost as well.
constexpr std::size_t kMaxVisits = 20'000;
/// All together, of where each state goes on.
constexpr std::size_t kMaxPlaces = 100'000;

/// All that the class may hold, or only what it surely holds.
CodePoints points_of(const CharClass& what, bool at_least) {
  CodePoints points;
  switch (what.op) {
    case CharClass::Op::kPoints:
      return what.points;
    case CharClass::Op::kProperty:
      return at_least ? CodePoints(0, CodePoints::kLast) : CodePoints();
    case CharClass::Op::kUnion:
      for (const CharClass& part : what.parts) points.add(points_of(part, at_least));
      return points;
    case CharClass::Op::kIntersection:
      points = CodePoints(0, CodePoints::kLast);
      for (const CharClass& part : what.parts) {
        points = points.intersection(points_of(part, at_least));
      }
      return points;
    case CharClass::Op::kComplement:
      return points_of(what.parts.front(), !at_least).complement();
  }
  return points;
}

CodePoints any_character() { return {0, CodePoints::kLast}; }
CodePoints line_terminators() { return regex_dot().complement(); }

bool is_dot_loop(const RegexNode& node) {
  return node.kind == Kind::kRepeat && node.min <= 1 && node.max == RegexNode::kNoMax &&
         node.parts.front().kind == Kind::kClass &&
         node.parts.front().char_class == CharClass::of(regex_dot());
}

}  // namespace

/// Adds states from the end of a pattern to its start, so that each knows what follows it.
class PatternAutomaton::Builder {
 public:
  Builder(Side side, const Alphabet& alphabet)
      : at_least_(side == Side::kAtLeast), alphabet_(alphabet) {}

  std::optional<PatternAutomaton> build(const RegexNode& root) {
    std::vector<const RegexNode*> nodes;
    flatten(root, nodes);
    const std::size_t lead_end = end_of_lead(nodes);
    std::uint32_t next = add({State::Kind::kAccept, false, 0, 0, {}});
    for (std::size_t i = nodes.size(); i-- > 0;) {
      if (i + 1 == lead_end) made_.lead_begin_ = size();
      next = visit(*nodes[i], next);
      if (i == 1 && lead_end > 0) made_.lead_end_ = size();
    }
    if (failed_) return std::nullopt;
    made_.first_ = next;
    if (at_least_) made_.terminators_ = alphabet_.symbols(line_terminators());
    if (!find_places()) return std::nullopt;
    return std::move(made_);
  }

 private:
  /// Works out start() and after(); false if they are too large.
  bool find_places() {
    made_.start_ = made_.closure({made_.first_, false}, /*at_start=*/true);
    made_.after_.resize(made_.places());
    std::size_t total = 0;
    for (std::uint32_t state = 0; state < size(); ++state) {
      if (made_.states_[state].kind != State::Kind::kTake) continue;
      for (const bool ended : {false, true}) {
        const Place place{state, ended};
        if (made_.symbols(place).none()) continue;
        std::vector<Place>& after = made_.after_[made_.number(place)];
        after = made_.closure({made_.states_[state].out, ended}, /*at_start=*/false);
        total += after.size();
        if (total > kMaxPlaces) return false;
      }
    }
    return true;
  }

  std::uint32_t size() const { return static_cast<std::uint32_t>(made_.states_.size()); }

  /// The nodes that stand one after the other, through sequences in each other.
  static void flatten(const RegexNode& node, std::vector<const RegexNode*>& nodes) {
    if (node.kind != Kind::kSequence) {
      nodes.push_back(&node);
      return;
    }
    for (const RegexNode& part : node.parts) flatten(part, nodes);
  }

  /// The index behind the runs of dots that follow a `^` at the start; 0 if there are none. The
  /// last run is that at the end of the wrapping.
  static std::size_t end_of_lead(const std::vector<const RegexNode*>& nodes) {
    if (nodes.size() < 4 || nodes.front()->kind != Kind::kTextStart) return 0;
    std::size_t end = 1;
    while (end + 2 < nodes.size() && is_dot_loop(*nodes[end])) ++end;
    return end > 1 ? end : 0;
  }

  std::uint32_t add(State state) {
    if (made_.states_.size() >= kMaxStates) {
      failed_ = true;
      return 0;
    }
    state.in_group = group_depth_ > 0;
    made_.states_.push_back(state);
    return size() - 1;
  }

  std::uint32_t dead() { return add({}); }
  std::uint32_t take(const CodePoints& points, std::uint32_t next) {
    return add({State::Kind::kTake, false, next, 0, alphabet_.symbols(points)});
  }
  std::uint32_t split(std::uint32_t one, std::uint32_t other) {
    return add({State::Kind::kSplit, false, one, other, {}});
  }
  std::uint32_t assertion(State::Kind kind, std::uint32_t next) {
    return add({kind, false, next, 0, {}});
  }
  /// What cannot be said: nothing is taken, or the way is closed.
  std::uint32_t unsaid(std::uint32_t next) { return at_least_ ? next : dead(); }

  std::uint32_t any_text(std::uint32_t next) {
    const std::uint32_t loop = split(0, next);
    const std::uint32_t character = take(any_character(), loop);
    if (!failed_) made_.states_[loop].out = character;
    return loop;
  }

  std::uint32_t repeat(const RegexNode& node, std::uint32_t next) {
    const RegexNode& body = node.parts.front();
    if (node.greed == RegexNode::Greed::kPossessive && !at_least_) return dead();
    if (node.max == RegexNode::kNoMax) {
      const std::uint32_t loop = split(0, next);
      const std::uint32_t once = visit(body, loop);
      if (!failed_) made_.states_[loop].out = once;
      next = loop;
    } else {
      const std::uint32_t behind = next;
      for (std::uint32_t i = node.min; i < node.max && !failed_; ++i) {
        next = split(visit(body, next), behind);
      }
    }
    for (std::uint32_t i = 0; i < node.min && !failed_; ++i) next = visit(body, next);
    return next;
  }

  std::uint32_t visit(const RegexNode& node, std::uint32_t next) {
    if (++visits_ > kMaxVisits) failed_ = true;
    if (failed_) return 0;
    switch (node.kind) {
      case Kind::kLiteral:
        return take({node.literal, node.literal}, next);
      case Kind::kClass:
        return take(points_of(node.char_class, at_least_), next);
      case Kind::kSequence:
        for (std::size_t i = node.parts.size(); i-- > 0;) next = visit(node.parts[i], next);
        return next;
      case Kind::kCapture:
        ++group_depth_;
        next = visit(node.parts.front(), next);
        --group_depth_;
        return next;
      case Kind::kAlternation: {
        std::uint32_t way = visit(node.parts.back(), next);
        for (std::size_t i = node.parts.size() - 1; i-- > 0;) {
          way = split(visit(node.parts[i], next), way);
        }
        return way;
      }
      case Kind::kAtomic:
        return at_least_ ? visit(node.parts.front(), next) : dead();
      case Kind::kRepeat:
        return repeat(node, next);
      case Kind::kBackReference:
      case Kind::kLineBreak:
      case Kind::kGrapheme:
        return at_least_ ? any_text(next) : dead();
      case Kind::kTextStart:
        return assertion(State::Kind::kStart, next);
      case Kind::kLineStart:
        return at_least_ ? next : assertion(State::Kind::kStart, next);
      case Kind::kTextEnd:
      case Kind::kLastLineEnd:
        return assertion(State::Kind::kEnd, next);
      case Kind::kLineEnd:
        return at_least_ ? next : assertion(State::Kind::kEnd, next);
      case Kind::kLookAhead:
      case Kind::kLookBehind:
      case Kind::kWordBoundary:
        return unsaid(next);
    }
    return dead();
  }

  bool at_least_;
  const Alphabet& alphabet_;
  PatternAutomaton made_;
  std::size_t visits_ = 0;
  std::size_t group_depth_ = 0;
  bool failed_ = false;
};

void PatternAutomaton::add_classes(const RegexNode& root, Alphabet& alphabet) {
  alphabet.add(any_character());
  alphabet.add(line_terminators());
  std::vector<const RegexNode*> left = {&root};
  while (!left.empty()) {
    const RegexNode& node = *left.back();
    left.pop_back();
    if (node.kind == Kind::kLiteral) alphabet.add({node.literal, node.literal});
    if (node.kind == Kind::kClass) {
      alphabet.add(points_of(node.char_class, true));
      alphabet.add(points_of(node.char_class, false));
    }
    for (const RegexNode& part : node.parts) left.push_back(&part);
  }
}

std::optional<PatternAutomaton> PatternAutomaton::make(const RegexNode& root, Side side,
                                                       const Alphabet& alphabet) {
  return Builder(side, alphabet).build(root);
}

std::vector<PatternAutomaton::Place> PatternAutomaton::closure(Place from, bool at_start) const {
  std::vector<Place> out;
  std::vector<Place> left = {from};
  std::vector<bool> seen(places());
  while (!left.empty()) {
    const Place place = left.back();
    left.pop_back();
    if (seen[number(place)]) continue;
    seen[number(place)] = true;
    const State& state = states_[place.state];
    switch (state.kind) {
      case State::Kind::kAccept:
      case State::Kind::kTake:
        out.push_back(place);
        break;
      case State::Kind::kDead:
        break;
      case State::Kind::kSplit:
        left.push_back({state.other, place.ended});
        left.push_back({state.out, place.ended});
        break;
      case State::Kind::kStart:
        if (at_start) left.push_back({state.out, place.ended});
        break;
      case State::Kind::kEnd:
        left.push_back({state.out, true});
        break;
    }
  }
  return out;
}

const std::vector<PatternAutomaton::Place>& PatternAutomaton::after(Place place) const {
  return after_[number(place)];
}

Alphabet::Symbols PatternAutomaton::symbols(Place place) const {
  const State& state = states_[place.state];
  if (state.kind != State::Kind::kTake) return {};
  return place.ended ? state.symbols & terminators_ : state.symbols;
}

bool PatternAutomaton::in_lead(Place place) const {
  return place.state >= lead_begin_ && place.state < lead_end_;
}

}  // namespace jmxbridge
