#include "rules/rule_samples.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "base/java_number.h"
#include "base/log.h"
#include "rules/family_place.h"
#include "rules/naming.h"
#include "rules/quantile.h"
#include "rules/safe_name.h"

namespace jmxbridge {
namespace {

/// How much of a text of the target an error shows.
constexpr std::size_t kShownText = 80;

/// One use of make_samples(). Steps that return false end it: the match then says why.
class SampleMaker {
 public:
  SampleMaker(const Rule& rule, const NamingStyle& style, const Leaf& leaf,
              const Captures& captures, MatchTexts& texts, Match& match)
      : rule_(rule), style_(style), leaf_(leaf), captures_(captures), texts_(texts), match_(match) {
    match_.kind = Match::Kind::kDropped;
  }

  void make(const Value& value) {
    if (!take_value() || !take_name() || !take_help() || !take_labels()) return;
    if (sample_.type == FamilyType::kSummary && !add_quantile()) return;
    const bool has_number = sample_.fixed || !rule_.states.empty() || is_numeric(value.kind);
    // A cache keeps what a text makes, too: the number may come later (specification 12.1).
    if (!has_number && !rule_.cache) {
      match_.flagged = false;
      match_.error.clear();
      match_.dropped = "the attribute is a text and the rule has no value";
      return;
    }
    sample_.object_name = object_name();
    sample_.object_name_is_subject = sample_.object_name == texts_.before_value(/*snake=*/false);
    sample_.factor = rule_.factor;
    if (!rule_.states.empty()) {
      add_states();
      return;
    }
    match_.kind = Match::Kind::kSample;
    match_.cached = rule_.cache;
    match_.samples.push_back(std::move(sample_));
  }

 private:
  bool error(std::string_view text) {
    set_error(match_, rule_, text);
    return false;
  }

  /// `part`: what the template is for, as an error calls it.
  bool expand(const Template& what, std::string_view part, std::string& out) {
    if (!what.error().empty()) {
      return error(fmt::format("its {} cannot be expanded: {}", part, what.error()));
    }
    what.expand(captures_, out);
    return true;
  }

  /// Reads the number that the rule itself gives, or the text whose state is on.
  bool take_value() {
    if (rule_.value || rule_.looks_up()) {
      std::optional<std::string> text = value_text();
      if (!text) return false;
      if (!rule_.states.empty()) {
        state_ = std::move(*text);
        return true;
      }
      if (rule_.map.empty()) {
        sample_.fixed = parse_java_double(*text);
      } else if (const auto at = rule_.map.find(*text); at != rule_.map.end()) {
        sample_.fixed = at->second;
      }
      if (!sample_.fixed) {
        match_.dropped = rule_.map.empty() ? "its value makes a text that is no number"
                                           : "its map has no such text";
        return false;
      }
    }
    if (rule_.type == FamilyType::kInfo) sample_.fixed = 1;
    return true;
  }

  /// The text that `map` and `states` look up, or whose number is the sample's.
  std::optional<std::string> value_text() {
    if (!rule_.value) return texts_.value();
    if (!rule_.regex) {
      error("it has a value but no pattern: add 'pattern: .*'");
      return std::nullopt;
    }
    std::string text;
    if (!expand(*rule_.value, "value", text)) return std::nullopt;
    return text;
  }

  bool take_name() {
    std::string name;
    if (rule_.name) {
      if (!expand(*rule_.name, "name", name)) return false;
      name = safe_name(name);
    } else {
      name = default_name(leaf_, texts_.attribute(rule_.snake_case));
    }
    if (name.empty()) {
      match_.dropped = "its name is empty";
      return false;
    }
    if (style_.lower_case_names) lower_case(name);
    FamilyPlace place =
        place_of_sample(name, rule_.type, style_.infer_counters, rule_.quantile.has_value());
    sample_.family = std::move(place.family);
    sample_.type = place.type;
    sample_.part = place.part;
    return true;
  }

  bool take_help() {
    if (rule_.help) return expand(*rule_.help, "help", sample_.help);
    sample_.help = default_help(leaf_);
    sample_.help_is_default = true;
    return true;
  }

  bool take_labels() {
    if (!rule_.name) {
      sample_.labels = default_labels(leaf_, style_.lower_case_labels);
    } else if (!add_labels_of_rule()) {
      return false;
    }
    sample_.labels.insert(sample_.labels.end(), leaf_.bean_labels.begin(), leaf_.bean_labels.end());
    sort_labels(sample_.labels);
    const std::optional<std::string> twice = repeated_label(sample_.labels);
    if (!twice) return true;
    if (rule_.name) return error(fmt::format("it makes two labels '{}': rename one", *twice));
    const auto same = [](const Label& a, const Label& b) { return a.name == b.name; };
    sample_.labels.erase(std::unique(sample_.labels.begin(), sample_.labels.end(), same),
                         sample_.labels.end());
    match_.flagged = true;
    match_.error = fmt::format(
        "{}: two properties make the label '{}', and the first one is kept: name the labels in a "
        "rule.",
        rule_.where, *twice);
    return true;
  }

  bool add_labels_of_rule() {
    for (const Rule::LabelTemplates& templates : rule_.labels) {
      Label label;
      if (!expand(templates.name, "label name", label.name)) return false;
      label.name = safe_name(label.name);
      if (style_.lower_case_labels) lower_case(label.name);
      if (!templates.value) {
        return error(fmt::format("the label '{}' has no value: write one, or '' to leave it out",
                                 label.name));
      }
      if (!expand(*templates.value, "label value", label.value)) return false;
      if (!label.name.empty() && !label.value.empty()) sample_.labels.push_back(std::move(label));
    }
    return true;
  }

  bool has_label(std::string_view name) const {
    return std::any_of(sample_.labels.begin(), sample_.labels.end(),
                       [&](const Label& label) { return label.name == name; });
  }

  /// Adds a summary's own label.
  bool add_quantile() {
    if (has_label("quantile")) {
      return error("a summary has the label 'quantile' by itself: rename the other");
    }
    if (!rule_.quantile) return true;
    std::string text;
    if (!expand(*rule_.quantile, "quantile", text)) return false;
    std::optional<std::string> quantile = quantile_label(text);
    if (!quantile) {
      return error(fmt::format("its quantile is '{}': make it a number from 0 to 1",
                               printable(text, kShownText)));
    }
    sample_.labels.push_back({"quantile", std::move(*quantile)});
    sort_labels(sample_.labels);
    return true;
  }

  /// Puts a sample for each state into the match, of which at most one is on.
  void add_states() {
    if (sample_.family.find(':') != std::string::npos) {
      error("the name of a state set is that of a label, too: leave out its ':'");
      return;
    }
    if (has_label(sample_.family)) {
      error(fmt::format("the label '{}' is the state set's own: rename the other", sample_.family));
      return;
    }
    if (std::find(rule_.states.begin(), rule_.states.end(), state_) == rule_.states.end()) {
      match_.flagged = true;
      match_.error =
          fmt::format("{}: no state of {} is on, because '{}' is none of them: add it to states.",
                      rule_.where, sample_.family, printable(state_, kShownText));
    }
    match_.kind = Match::Kind::kSample;
    for (const std::string& state : rule_.states) {
      RuleSample& one = match_.samples.emplace_back(sample_);
      one.labels.push_back({sample_.family, state});
      sort_labels(one.labels);
      one.fixed = state == state_ ? 1 : 0;
    }
  }

  /// What stands in `_objectname` (RuleSample::object_name).
  std::string object_name() {
    if (!rule_.looks_up() && !has_own_form(sample_.type)) {
      const std::string_view text = texts_.text(rule_);
      return std::string(text.substr(0, text.rfind(':')));
    }
    std::string_view text = texts_.before_value(rule_.snake_case);
    if (sample_.type == FamilyType::kSummary) {
      text.remove_suffix(texts_.attribute(rule_.snake_case).size());
    }
    return std::string(text);
  }

  const Rule& rule_;
  const NamingStyle& style_;
  const Leaf& leaf_;
  const Captures& captures_;
  MatchTexts& texts_;
  Match& match_;
  RuleSample sample_;  ///< as far as it is made
  std::string state_;  ///< of a state set: the text of the one that is on
};

}  // namespace

void make_samples(const Rule& rule, const NamingStyle& style, const Leaf& leaf, const Value& value,
                  const Captures& captures, MatchTexts& texts, Match& match) {
  SampleMaker(rule, style, leaf, captures, texts, match).make(value);
}

void set_error(Match& match, const Rule& rule, std::string_view text) {
  match.kind = Match::Kind::kError;
  match.error = fmt::format("{}: {}.", rule.where, text);
}

}  // namespace jmxbridge
