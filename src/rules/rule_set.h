#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/metric.h"
#include "config/config.h"
#include "config/report.h"
#include "jmx/object_name.h"
#include "jmx/value.h"
#include "rules/match_budget.h"

namespace jmxbridge {

/// One attribute, or one leaf inside its composite or tabular value, as rules see it
/// (specification 6.1). A view: everything it points to must outlive the call it is handed to.
struct Leaf {
  std::string_view domain;
  /// In registration order; a table's index keys follow (specification 5.3).
  std::span<const Property> properties;
  /// The names on the way to the leaf; empty for a plain attribute.
  std::span<const std::string> attribute_keys;
  std::string_view attribute;
  std::optional<std::string_view> description;
  /// What `attributesAsLabels` adds to every sample of the bean; names are safe names already.
  std::span<const Label> bean_labels;
};

/// A sample that a rule made from a leaf; the number is filled in at each scrape.
struct RuleSample {
  std::string family;  ///< base name, without what the formats add to it (specification 7.9)
  FamilyType type = FamilyType::kUnknown;
  SamplePart part = SamplePart::kPlain;
  std::string help;  ///< empty: no HELP line
  /// `help` is the default one, so that it follows from the leaf.
  bool help_is_default = false;
  std::vector<Label> labels;  ///< ascending by name, unique
  /// The value of `_objectname` where it is needed: the match text up to its last `:`; without
  /// the value where the rule has a key that the JMX exporter lacks, so that no text shows in it,
  /// and without the attribute for a summary, whose samples come from several.
  std::string object_name;
  /// `object_name` is the match text up to the value, so that it follows from the leaf.
  bool object_name_is_subject = false;
  /// number = (fixed or the leaf's number) × factor; booleans ignore the factor unless fixed.
  double factor = 1.0;
  std::optional<double> fixed;
};

/// What the rules make of a leaf.
struct Match {
  enum class Kind : std::uint8_t {
    kNone,     ///< no rule matches
    kDropped,  ///< a rule matches and takes the leaf, but nothing is to be shown
    kSample,
    kError,  ///< a rule matches and fails on it: `error` says which rule and why
  };

  Kind kind = Kind::kNone;
  /// Index of the matching rule; -1 for kNone.
  std::int32_t rule = -1;
  /// No numeric, boolean or date value of this leaf can change this outcome (design section 4), or
  /// a pattern gave up on it, and shall not try again. True only if the value at hand is such a
  /// one.
  bool settled = false;
  /// A pattern gave up for want of budget: the outcome is to be asked for again when the rule has
  /// some, and stands until then.
  bool postponed = false;
  /// A rule with `cache` made the samples: from the next scrape on they stand as they are for this
  /// leaf, whatever the rules would say then (specification 7.10.3, 7.10.4).
  bool cached = false;
  /// The samples stand, but something had to be left out of them: `error` says what. The scrape
  /// counts as failed (specification 12, Q15).
  bool flagged = false;
  std::vector<RuleSample> samples;  ///< one, or one for each state
  std::string error;                ///< of kError, or if flagged
  std::string_view dropped;         ///< of kDropped: why, as a clause
};

/// Which rules an evaluation asks (specification 7.10.5): all, or all but those with `cache`, where
/// they have been found not to match this leaf before.
enum class RuleChoice : std::uint8_t { kAll, kUncached };

/// What an attribute's values can be, as far as its declared type says.
enum class ValueRange : std::uint8_t {
  kAny,
  kScalar,  ///< numbers, booleans and dates only
};

/// The compiled rules of one module: immutable and safe to share between threads.
class RuleSet {
 public:
  /// Compiles the rules; what is wrong with them goes into the report, located.
  static std::shared_ptr<const RuleSet> compile(const CollectorConfig& config, Report& report);
  /// The same without what report_findings() finds, for who wants the rules first.
  static std::shared_ptr<const RuleSet> compile_unjudged(const CollectorConfig& config,
                                                         Report& report);
  ~RuleSet();

  /// Evaluates the rules in order on one leaf and value (specification 7.1, 12.1 steps 1 to 8).
  /// Values of kinds that never reach a rule (composites, nulls, …) yield kNone.
  /// A pattern that takes more steps than ordinary ones pays from the budget; without one it may
  /// take its time on every call.
  Match evaluate(const Leaf& leaf, const Value& value, RuleChoice choice = RuleChoice::kAll,
                 MatchBudget* budget = nullptr) const;

  /// False if no rule can match any value of this leaf, as far as can be told cheaply.
  bool can_match(const Leaf& leaf, ValueRange values = ValueRange::kAny) const;

  /// True if some rule has `cache`. Then the caller remembers, for each leaf, a match that is
  /// `cached`, and of a kNone that kUncached is to be asked from then on; both until a scrape does
  /// not meet the leaf (specification 7.10).
  bool has_cached_rules() const;

  /// How many rules there are.
  std::size_t size() const;

  /// Why what a rule makes of numeric leaves can depend on their values, so that they are looked
  /// at in each scrape, as a clause for the user; empty where it cannot. Rules count from 0.
  std::string_view why_unsettled(std::size_t rule) const;

  /// How many regular expressions have been run since the program started, for tests and benches.
  static std::uint64_t regex_runs();

 private:
  RuleSet();
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace jmxbridge
