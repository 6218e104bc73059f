#pragma once

#include <string_view>

#include "jmx/value.h"
#include "rules/java_regex.h"
#include "rules/match_texts.h"
#include "rules/rule.h"
#include "rules/rule_set.h"

namespace jmxbridge {

/// What a file says of all its rules' names and types.
struct NamingStyle {
  bool lower_case_names = false;
  bool lower_case_labels = false;
  bool infer_counters = false;  ///< from the ending `_total`
};

/// Makes the samples of a rule that matched (specification 12.1, steps 5 to 8): they go into the
/// match, or what was dropped, or the error. `captures` are the match's, `texts` the leaf's.
void make_samples(const Rule& rule, const NamingStyle& style, const Leaf& leaf, const Value& value,
                  const Captures& captures, MatchTexts& texts, Match& match);

/// Makes the match an error of the rule. `text` is a clause without its full stop.
void set_error(Match& match, const Rule& rule, std::string_view text);

}  // namespace jmxbridge
