// What is derived from a pattern without a text, held against running the pattern on many.
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "effort.h"
#include "rules/java_regex.h"
#include "rules/regex_analysis.h"
#include "rules_fixture.h"

using namespace jmxbridge;

namespace {

/// Makes rules and leaves out of the same few words, so that they meet often.
class Maker {
 public:
  explicit Maker(std::uint64_t seed) : random_(seed) {}

  std::uint32_t below(std::uint32_t bound) { return static_cast<std::uint32_t>(random_() % bound); }
  bool chance(std::uint32_t percent) { return below(100) < percent; }
  std::string pick(const std::vector<std::string>& from) {
    return from[below(static_cast<std::uint32_t>(from.size()))];
  }

  std::string domain() { return pick({"kafka.server", "d", "true", "java.lang"}); }
  std::string key() { return pick({"type", "name", "topic", "x1"}); }
  std::string property_value() {
    return pick({"A", "B5", "1", "\"a: 5\"", "\"q<x=1>\"", "", "x,y", "NaN", "a\nb", "5.0"});
  }
  std::string attribute() {
    return pick({"Count", "Value", "5", "a: 1", "true", "Rate5", "x<y", "95th", "E", "b:"});
  }

  OwnedLeaf leaf() {
    std::string name = domain() + ':';
    const std::uint32_t properties = below(3);
    for (std::uint32_t i = 0; i < properties; ++i) {
      if (i > 0) name += ',';
      name += key() + '=' + property_value();
    }
    std::vector<std::string> keys;
    if (chance(20)) keys.push_back(pick({"Heap", "a: 5", "k"}));
    return OwnedLeaf(name, attribute(), keys);
  }

  /// A leaf as they usually are.
  OwnedLeaf ordinary_leaf() {
    std::string name = domain() + ":type=" + pick({"A", "B5", "1", "\"a: 5\"", "5.0"});
    const std::uint32_t properties = below(3);
    for (std::uint32_t i = 0; i < properties; ++i) {
      name += ',' + pick({"name", "topic", "x1"}) + '=' + pick({"A", "B5", "\"x,y\"", "NaN", ""});
    }
    std::vector<std::string> keys;
    if (chance(20)) keys.push_back(pick({"Heap", "k"}));
    return OwnedLeaf(name, pick({"Count", "Value", "5", "true", "Rate5", "95th", "E"}), keys);
  }

  /// Holds until the next call.
  Value any_value() {
    if (chance(70)) return scalar();
    text_ = pick({"A", "5", "x: 5", "a\nb", "", "true", "a, b: A"});
    return text_value(text_);
  }

  /// A pattern as people write them, with parts that reach for the value in all sorts of ways.
  std::string pattern() {
    std::string out;
    if (chance(20)) out += '^';
    const std::uint32_t alternatives = chance(15) ? 2 : 1;
    for (std::uint32_t i = 0; i < alternatives; ++i) {
      if (i > 0) out += '|';
      if (chance(70))
        out += pick({domain(), "(.+)", "(\\w+)", ".*", "([^<]*)", "(?!x)\\S+", ""}) + '<';
      const std::uint32_t properties = below(3);
      for (std::uint32_t k = 0; k < properties; ++k) {
        if (k > 0) out += ", ";
        out += pick({key(), "(\\w+)", "[^=]+"}) + '=';
        out += part();
      }
      if (chance(80)) out += pick({"><>", ">.*>", "><(.*)>", ">", "(?:, (.*))?><>"});
      out += pick(
          {attribute(), "(\\w+)", "(.+)", "([^:]+)", "(Count|Value|5)", part(), "\\S*", "[a-z]+"});
      out +=
          pick({"",          "",         "",        ":",          ": ",      ": (.*)",  ": .*",
                ":\\s*(.*)", ": (\\d+)", ".*",      "(.*)",       "$",       ": 5",     ": (.+)",
                " ",         "(?=: 5)",  "\\b",     ": (.*)(5)?", "(?!.*5)", "(?!5)",   "(?<!5)",
                "++",        ":.",       ": [^5]*", "\\R?",       "(: )",    "(?::| )", ":? ?(.*)",
                ".",         "\\X",      "(?!x$)",  "(?>5|:.*)?"});
    }
    if (chance(15)) out = "(?s)" + out;
    if (chance(10)) out = "(?i)" + out;
    if (chance(5)) out = "(" + out + ")";
    if (chance(3)) out += ")(" + part();
    return out;
  }

  std::string part() {
    return pick({"(.*)",
                 "(.+)",
                 "(.*?)",
                 "([^,>]+)",
                 "(\\w+)",
                 "A",
                 "B5",
                 ".",
                 "[^,]*+",
                 "(?>.*)",
                 "(?>[^,]*)",
                 "(.)\\1",
                 "(?:A|B5|.*)",
                 "(\\d+)",
                 "(.{1,4}+)",
                 "(?<=[=<])(.+)",
                 "(?=.*5)",
                 "(a|:)*",
                 "(?:, topic=([^,>]+))?+",
                 "(?:x|(.*5))",
                 "\"(.*)\"",
                 "(true|false)?",
                 "\\w*?",
                 "[<>]",
                 "[^\\w: .+-]",
                 "(?!.*5)(.*)",
                 "(?>.*5|.*)",
                 "(?:.*5)?+"});
  }

  RuleConfig rule() {
    RuleMaker made(pattern());
    if (chance(70)) {
      made.name(pick({"n", "n_$1", "$1", "n_$0", "$2_x"}));
      if (chance(40)) made.label(pick({"l", "l$1"}), pick({"$1", "$2", "v"}));
      if (chance(20)) made.help(pick({"$1", "h", "$0"}));
    }
    if (chance(25)) made.value(pick({"1", "$1", "1$2"}));
    if (chance(10)) made.cache();
    if (chance(10)) made.snake();
    return made;
  }

  Value scalar() {
    switch (below(8)) {
      case 0:
        return boolean_value(chance(50));
      case 1:
        return double_value(static_cast<double>(below(100)) / 4 - 5);
      case 2:
        return double_value(std::ldexp(1.0, static_cast<int>(below(200)) - 100));
      case 3:
        return double_value(chance(50) ? std::numeric_limits<double>::quiet_NaN()
                                       : -std::numeric_limits<double>::infinity());
      case 4:
        return date_value(static_cast<std::int64_t>(random_() % 2'000'000'000'000));
      case 5:
        return integer_value(static_cast<std::int64_t>(random_()));
      default:
        return integer_value(static_cast<std::int64_t>(below(20)) - 5);
    }
  }

 private:
  std::mt19937_64 random_;
  std::string text_;  ///< of any_value()
};

bool same(const Match& a, const Match& b) {
  if (a.kind != b.kind || a.rule != b.rule || a.error != b.error || a.flagged != b.flagged ||
      a.cached != b.cached || a.samples.size() != b.samples.size()) {
    return false;
  }
  for (std::size_t i = 0; i < a.samples.size(); ++i) {
    const RuleSample& x = a.samples[i];
    const RuleSample& y = b.samples[i];
    const bool both_nan = x.fixed && y.fixed && std::isnan(*x.fixed) && std::isnan(*y.fixed);
    if (x.family != y.family || x.type != y.type || x.help != y.help || x.labels != y.labels ||
        x.object_name != y.object_name || x.factor != y.factor ||
        (x.fixed != y.fixed && !both_nan)) {
      return false;
    }
  }
  return true;
}

std::string patterns_of(const std::vector<RuleConfig>& rules) {
  std::string out;
  for (const RuleConfig& rule : rules) out += rule.pattern->text + "\n  ";
  return out;
}

}  // namespace

TEST_CASE("property: a settled outcome is the same for every number, boolean and date", "[rules]") {
  Maker maker(20'240'608);
  int settled = 0;
  int settled_samples = 0;
  int cases = 0;
  while (cases < test::random_cases(12'000)) {
    std::vector<RuleConfig> configs;
    const std::uint32_t count = 1 + maker.below(3);
    for (std::uint32_t i = 0; i < count; ++i) configs.push_back(maker.rule());
    Report report("rules.yml");
    const std::shared_ptr<const RuleSet> rules = RuleSet::compile(config_of(configs), report);
    if (report.has_errors()) continue;
    for (int round = 0; round < 4; ++round) {
      const OwnedLeaf leaf = maker.leaf();
      const Match first = rules->evaluate(leaf.leaf(), maker.scalar());
      ++cases;
      if (first.kind != Match::Kind::kNone) {
        // What can match is never ruled out.
        CHECK(rules->can_match(leaf.leaf(), ValueRange::kScalar));
        CHECK(rules->can_match(leaf.leaf(), ValueRange::kAny));
      }
      if (!first.settled) continue;
      ++settled;
      if (first.kind == Match::Kind::kSample) ++settled_samples;
      for (int i = 0; i < 12; ++i) {
        const Value value = maker.scalar();
        const Match other = rules->evaluate(leaf.leaf(), value);
        if (same(first, other)) continue;
        std::string text;
        append_match_text(value, text);
        INFO(patterns_of(configs) << shown(first) << "\n  " << shown(other) << "\n  " << text);
        FAIL("the outcome changed");
      }
    }
  }
  // The test is worth something only if both happen often.
  CHECK(settled > cases / 3);
  CHECK(settled < cases);
  CHECK(settled_samples > test::random_cases(800));
}

TEST_CASE("property: a rule that is said to be of no use matches no ordinary attribute",
          "[rules]") {
  Maker maker(20'240'610);
  int hidden = 0;
  int unfit = 0;
  for (int list = 0; list < test::random_cases(1500); ++list) {
    std::vector<RuleConfig> configs;
    for (int i = 0; i < 4; ++i) {
      configs.push_back(maker.rule());
      if (i > 0 && maker.chance(40)) {
        // So like the one before it that they meet.
        configs.back() = configs[configs.size() - 2];
        configs.back().pattern->text += maker.pick({"5", ": .*", "(.*)", "[^,]", "|B5", "$", "?"});
      }
    }
    Report report("rules.yml");
    const std::shared_ptr<const RuleSet> rules = RuleSet::compile(config_of(configs), report);
    if (report.has_errors()) continue;
    std::vector<std::string> useless(configs.size());
    for (const Finding& finding : report.findings()) {
      const bool never = finding.text.find("it is never used") == 0;
      const bool nothing = finding.text.find("it matches no attribute") == 0;
      if (never) ++hidden;
      if (nothing) ++unfit;
      if (never || nothing) useless[static_cast<std::size_t>(finding.key[6] - '0')] = finding.text;
    }
    for (int round = 0; round < 60; ++round) {
      const OwnedLeaf leaf = maker.ordinary_leaf();
      const Match match = rules->evaluate(leaf.leaf(), maker.any_value());
      if (match.rule < 0 || useless[static_cast<std::size_t>(match.rule)].empty()) continue;
      INFO(patterns_of(configs) << useless[static_cast<std::size_t>(match.rule)]);
      FAIL("it is of use: " << shown(match));
    }
  }
  CHECK(hidden > test::random_cases(300));
  CHECK(unfit > test::random_cases(150));
}

TEST_CASE("property: text that a pattern requires is in every text it matches", "[rules]") {
  Maker maker(20'240'609);
  int matched = 0;
  int ruled_out = 0;
  for (int i = 0; i < test::random_cases(20'000); ++i) {
    const std::string pattern = maker.pattern();
    const Result<RegexSyntax, RegexError> syntax = parse_rule_pattern(pattern);
    if (!syntax) continue;
    const Result<JavaRegex, RegexError> regex = JavaRegex::compile(*syntax);
    if (!regex) continue;
    const RegexAnalysis analysis = analyze_rule_pattern(*syntax);
    const OwnedLeaf owned = maker.leaf();
    const Match whole = rules_of({RuleMaker("(?s).*").name("n").help("$0")})
                            ->evaluate(owned.leaf(), maker.scalar());
    const std::string text = whole.samples.at(0).help;
    Captures captures;
    const JavaRegex::Verdict verdict = regex->match(text, captures);
    bool possible = false;
    for (const RequiredText& way : analysis.ways) possible = possible || way.could_be_in(text);
    bool possible_before = false;
    const std::string before = whole.samples.at(0).object_name;
    for (const RequiredText& way : analysis.ways_before_value) {
      possible_before = possible_before || way.could_be_in(before);
    }
    if (verdict == JavaRegex::Verdict::kMatch) {
      ++matched;
      INFO(pattern << "\n  " << text);
      REQUIRE(possible);
      REQUIRE(possible_before);
    }
    if (!possible) ++ruled_out;
  }
  CHECK(matched > test::random_cases(500));
  CHECK(ruled_out > test::random_cases(5000));
}

TEST_CASE("property: rules as they are commonly written settle", "[rules]") {
  const std::vector<std::string> patterns = {
      "kafka.server<type=(.+), name=(.+)PerSec\\w*, topic=(.+)><>Count",
      "kafka.server<type=(.+), name=(.+)><>(\\d+)thPercentile",
      "org.acme<type=(\\S*)(?:, ((?!scope)\\S*)=(\\S*))?(?:, scope=(\\S*))?, name=(\\S*)><>Value",
      "Tomcat<type=Processor, name=\"(\\w+-\\w+)-(\\d+)\"><>(\\w+):",
      "^acme<broker=\"([^\"]*)\",\\s*address=\"([^\"]*)\"><>([^:]*):\\s(.*)",
      "^acme<Runtime=(.+), Name=(.+)><(.+)>(.+):",
      "java\\.lang<type=Threading><(.*)>ThreadCount: (.*)",
      "java.lang<type=Memory><HeapMemoryUsage>(\\w+)",
      "acme<name=(.*)\\.driver\\.(A|B)\\.(.*)><>Value",
      "acme<type=(.+), name=(.+)><>([\\w-]+): (.*)",
      ".*",
      "",
  };
  for (const std::string& pattern : patterns) {
    INFO(pattern);
    const std::shared_ptr<const RuleSet> rules =
        rules_of({RuleMaker(pattern).name("n").label("a", "b")});
    CHECK(rules->why_unsettled(0) == "");
  }
  CHECK_FALSE(rules_of({RuleMaker("<>A: (\\d+)").name("n")})->why_unsettled(0).empty());
  CHECK_FALSE(rules_of({RuleMaker("<>A: (.*)").name("n_$1")})->why_unsettled(0).empty());
  CHECK(rules_of({RuleMaker("<>(.*)").name("n")})->why_unsettled(0).empty());
  CHECK_FALSE(rules_of({RuleMaker("<>(.*)").name("n$1")})->why_unsettled(0).empty());
  CHECK_FALSE(rules_of({RuleMaker("<>A").name("n").help("$0")})->why_unsettled(0).empty());
  CHECK(rules_of({RuleMaker("Count").name("n")})->why_unsettled(0).empty());
  CHECK_FALSE(rules_of({RuleMaker("ratio|true").name("n")})->why_unsettled(0).empty());
  CHECK_FALSE(rules_of({RuleMaker("(?!.*5)Count").name("n")})->why_unsettled(0).empty());
}

TEST_CASE("property: an unsettled rule before the match keeps it from settling", "[rules]") {
  const OwnedLeaf leaf("d:type=A", "Count");
  const auto settled = [&](const std::string& first, const Value& value) {
    return rules_of({RuleMaker(first), RuleMaker("d<type=(.+)><>Count").name("n")})
        ->evaluate(leaf.leaf(), value)
        .settled;
  };
  CHECK(settled("x<type=(.+)><>Count: 5", integer_value(1)));
  CHECK_FALSE(settled("d<type=(.+)><>Count: 5", integer_value(1)));
  CHECK_FALSE(settled("7", integer_value(1)));
  CHECK_FALSE(settled("x<type=(.+)><>Count: 5", text_value("1")));
  CHECK(rules_of({RuleMaker("x<a>b")})->evaluate(leaf.leaf(), boolean_value(true)).settled);
}
