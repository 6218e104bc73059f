#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <chrono>
#include <future>
#include <map>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/log.h"
#include "commands/explain.h"
#include "exposition/page.h"
#include "rules/match_text.h"
#include "scrape/extra_value.h"
#include "scrape/layout.h"
#include "scrape/plan.h"
#include "scrape/reader.h"
#include "scrape/sample_texts.h"
#include "scrape/self_metrics.h"
#include "snapshot/recorded_connector.h"

namespace jmxbridge {
namespace {

/// Nothing waits in such a scrape, so this only has to be long.
constexpr std::chrono::hours kEnough{24};
constexpr std::size_t kLongestShown = 4096;

std::string shown(std::string_view text) { return printable(text, kLongestShown); }

/// A recording as one scrape took it in: the plan, and the page that came of it.
class Scraped {
 public:
  Scraped(std::shared_ptr<const Recording> recording, std::shared_ptr<const Snapshot> snapshot)
      : plan_(std::move(snapshot), Limits{}, SelfMetrics::kNumbers) {
    RecordedConnector connector({std::move(recording)});
    Reader reader(connector, Endpoint{}, LaneSettings{}, Limits{});
    ReadReport report;
    asio::io_context context;
    const Deadline deadline = std::chrono::steady_clock::now() + kEnough;
    plan_.begin(deadline);
    std::future<void> done =
        asio::co_spawn(context, reader.read(plan_, deadline, report), asio::use_future);
    context.run();
    done.get();

    SelfMetrics own;
    const ProcessCounters counters;
    own.update({}, counters, std::span(plan_.numbers().values).first(SelfMetrics::kNumbers));
    Layout layout;
    layout.update(plan_, own.families(), /*own_changed=*/true);
    page_ = layout.page();
    for (const FamilySpec& family : page_->families()) {
      for (const SampleSpec& sample : family.samples) places_[sample.slot] = {&family, &sample};
    }
  }

  /// The bean as it was planned; null if the configuration does not take it in.
  const BeanPlan* find(const ObjectName& name) const {
    const auto bean = plan_.beans().find(name);
    return bean == plan_.beans().end() ? nullptr : bean->second.get();
  }

  /// The sample's line on the page, with the type of its family; or why it is not there.
  std::string line_of(const PlannedSample& planned) const {
    const auto place = places_.find(planned.number);
    if (place == places_.end()) {
      const bool is_negative = plan_.numbers().values[planned.number] < 0;
      return *planned.family + (planned.type == FamilyType::kCounter && is_negative
                                    ? ", left out of the page: a counter below zero"
                                    : ", left out of the page: another sample has its name "
                                      "and labels");
    }
    const auto& [whole, sample_spec] = place->second;
    FamilySpec family;
    family.name = whole->name;
    family.type = whole->type;
    family.samples = {*sample_spec};
    std::string text;
    Page({std::move(family)}).render(Format::kText, plan_.numbers().values, text);
    // A TYPE line, then the sample's.
    const std::size_t end = text.find('\n');
    const std::string_view type = std::string_view(text).substr(0, end);
    std::string_view sample = std::string_view(text).substr(end + 1);
    sample.remove_suffix(1);
    return fmt::format("{} ({})", shown(sample), type.substr(type.rfind(' ') + 1));
  }

 private:
  Plan plan_;
  std::shared_ptr<const Page> page_;
  std::unordered_map<std::uint32_t, std::pair<const FamilySpec*, const SampleSpec*>> places_;
};

/// The samples that an attribute has in the plan, each handed out once.
class PlannedSamples {
 public:
  PlannedSamples(const BeanPlan& bean, const Node* node) {
    if (node == nullptr) return;
    each_sample(*node, [&](const PlannedSample& planned) {
      by_text_.emplace(key_of(*planned.family, object_name_of(bean, planned), planned.labels),
                       &planned);
    });
  }

  const PlannedSample* take(const RuleSample& sample) {
    const auto at = by_text_.find(key_of(sample.family, sample.object_name, sample.labels));
    if (at == by_text_.end()) return nullptr;
    const PlannedSample* planned = at->second;
    by_text_.erase(at);
    return planned;
  }

 private:
  static std::string key_of(const std::string& family, const std::string& object_name,
                            std::span<const Label> labels) {
    std::string key = family + '\0' + object_name;
    for (const Label& label : labels) key += '\0' + label.name + '\0' + label.value;
    return key;
  }

  std::multimap<std::string, const PlannedSample*> by_text_;
};

class Explanation {
 public:
  Explanation(std::shared_ptr<const Recording> recording, std::shared_ptr<const Snapshot> snapshot,
              const ExplainScope& scope)
      : recording_(std::move(recording)),
        snapshot_(std::move(snapshot)),
        scope_(scope),
        scraped_(recording_, snapshot_),
        selection_(snapshot_->config),
        has_snake_case_(
            std::any_of(snapshot_->config.rules.begin(), snapshot_->config.rules.end(),
                        [](const RuleConfig& rule) { return rule.attr_name_snake_case; })) {}

  std::string text() {
    for (const auto& [name, bean] : recording_->beans) {
      if (!scope_.beans || scope_.beans->matches(name)) explain_bean(name, bean);
    }
    if (out_.empty()) return {};
    return out_ + fmt::format("{} samples, {} unmatched, {} dropped, {} errors, {} skipped\n",
                              counts_["sample"], counts_["unmatched"], counts_["dropped"],
                              counts_["error"], counts_["skipped"]);
  }

 private:
  /// What all leaves of one attribute share.
  struct Origin {
    Origin(const BeanPlan& planned, const Node* node)
        : bean(planned),
          properties(read_properties(planned.name.property_list())),
          samples(planned, node) {}

    const BeanPlan& bean;
    std::vector<Property> properties;
    PlannedSamples samples;
  };

  void entry(const char* word, std::string_view text) {
    ++counts_[word];
    out_ += fmt::format("{:<10} {}\n", word, shown(text));
  }
  void detail(std::string_view text) { out_ += fmt::format("{:<10} {}\n", "", text); }
  void skip(std::string_view what, std::string_view why) {
    entry("skipped", what);
    detail(why);
  }

  bool is_wanted(std::string_view attribute) const {
    return scope_.attribute.empty() || scope_.attribute == attribute;
  }

  void explain_bean(const ObjectName& name, const RecordedBean& recorded) {
    const BeanPlan* bean = scraped_.find(name);
    if (bean == nullptr) {
      skip(name.text(), recorded.is_described ? why_left_out(name)
                                              : "not described: " + shown(recorded.trouble));
      return;
    }
    if (!recorded.trouble.empty()) {
      skip(name.text(), "not read: " + shown(recorded.trouble));
      return;
    }
    for (std::size_t i = 0; i < bean->extras.size(); ++i) explain_extra(*bean, i);
    for (std::size_t i = 0; i < recorded.values.size(); ++i) {
      if (is_wanted(recorded.info.attributes[i].name)) explain_attribute(*bean, recorded, i);
    }
  }

  std::string_view why_left_out(const ObjectName& name) const {
    const CollectorConfig& config = snapshot_->config;
    const auto takes = [&](const ObjectName& pattern) { return pattern.matches(name); };
    const auto& excluded = config.exclude_object_names;
    if (std::any_of(excluded.begin(), excluded.end(), takes)) return "by excludeObjectNames";
    const auto& included = config.include_object_names;
    if (included && std::none_of(included->begin(), included->end(), takes)) {
      return "by includeObjectNames, which does not take it in";
    }
    return selection_.takes(name) ? "by includeObjectNames or excludeObjectNames"
                                  : "by excludeJvmMetrics";
  }

  void explain_extra(const BeanPlan& bean, std::size_t index) {
    const ExtraMetric& extra = bean.customizer->extra_metrics[index];
    if (!is_wanted(extra.name)) return;
    Origin origin(bean, &bean.extras[index]);
    explain_value(origin, value_of(extra), extra.name, extra.description);
  }

  void explain_attribute(const BeanPlan& bean, const RecordedBean& recorded, std::size_t index) {
    const AttributeInfo& attribute = recorded.info.attributes[index];
    const std::string what = std::string(bean.name.text()) + " " + attribute.name;
    const AttributeVerdict verdict = selection_.judge(bean.name, attribute);
    if (verdict != AttributeVerdict::kTaken) {
      skip(what, verdict_text(verdict));
    } else if (const auto* value = std::get_if<Value>(&recorded.values[index])) {
      const auto planned =
          std::find_if(bean.attributes.begin(), bean.attributes.end(),
                       [&](const AttributePlan& plan) { return plan.index == index; });
      Origin origin(bean, planned == bean.attributes.end() ? nullptr : &planned->node);
      explain_value(origin, *value, attribute.name, attribute.description);
    } else if (const auto* lost = std::get_if<Lost>(&recorded.values[index])) {
      skip(what, loss_text(*lost));
    } else {
      skip(what, "no value was taken into the snapshot");
    }
  }

  static std::string_view verdict_text(AttributeVerdict verdict) {
    switch (verdict) {
      case AttributeVerdict::kTaken:
      case AttributeVerdict::kNotReadable:
        break;
      case AttributeVerdict::kExcluded:
        return "by excludeObjectNameAttributes";
      case AttributeVerdict::kNotIncluded:
        return "by includeObjectNameAttributes, which does not list it";
      case AttributeVerdict::kNeverRead:
        return "never read, whatever the configuration says";
    }
    return "it cannot be read, only written";
  }

  static std::string loss_text(const Lost& lost) {
    const std::string detail = lost.detail.empty() ? "" : ": " + shown(lost.detail);
    switch (lost.why) {
      case AttributeLoss::kThrew:
        break;
      case AttributeLoss::kUnknownClass:
        return "its value is of a class that is not known here" + detail;
      case AttributeLoss::kMalformed:
        return "its value could not be decoded" + detail;
      case AttributeLoss::kLimit:
        return "its value passes a limit" + detail;
    }
    return "its getter threw, or the target left it out" + detail;
  }

  void explain_value(Origin& origin, const Value& value, std::string_view attribute,
                     std::optional<std::string_view> description) {
    for_each_leaf(
        value, attribute_place(attribute, description), origin.properties,
        [&](const Place& place, const Value& leaf) { explain_leaf(origin, place, leaf); });
  }

  void explain_leaf(Origin& origin, const Place& place, const Value& value) {
    std::vector<std::string> keys;
    list_names(place.keys, keys);
    const Leaf leaf{.domain = origin.bean.name.domain(),
                    .properties = place.row != nullptr ? *place.row : origin.properties,
                    .attribute_keys = keys,
                    .attribute = place.attribute,
                    .description = place.description,
                    .bean_labels = origin.bean.labels};
    std::string value_text;
    if (!append_match_text(value, value_text)) {
      std::string subject;
      append_match_subject(leaf, place.attribute, subject);
      skip(subject, kind_text(value));
      return;
    }
    const Match match = snapshot_->rules->evaluate(leaf, value);
    const RuleConfig* rule =
        match.rule < 0 ? nullptr : &snapshot_->config.rules[static_cast<std::size_t>(match.rule)];
    entry(word_of(match.kind), match_text(leaf, value_text, rule));
    if (rule == nullptr) {
      explain_snake_case(leaf, value_text);
      return;
    }
    explain_match(origin, match, *rule, value);
  }

  static const char* word_of(Match::Kind kind) {
    switch (kind) {
      case Match::Kind::kNone:
        break;
      case Match::Kind::kDropped:
        return "dropped";
      case Match::Kind::kSample:
        return "sample";
      case Match::Kind::kError:
        return "error";
    }
    return "unmatched";
  }

  static std::string kind_text(const Value& value) {
    switch (value.kind) {
      case ValueKind::kNull:
        return "it is null";
      case ValueKind::kArray:
        return "an array is never a sample: " + shown(value.text);
      case ValueKind::kUnknownClass:
        return "its value is of a class that is not known here: " + shown(value.text);
      default:
        return "a value of its class is never a sample";
    }
  }

  /// The text that the rule's pattern is matched against; null: that of rules without special keys.
  static std::string match_text(const Leaf& leaf, std::string_view value, const RuleConfig* rule) {
    const bool is_snake = rule != nullptr && rule->attr_name_snake_case;
    std::string text;
    append_match_subject(leaf, is_snake ? snake_case(leaf.attribute) : std::string(leaf.attribute),
                         text);
    text += ": ";
    text += rule != nullptr && rule->cache ? kCachedValueText : value;
    return text;
  }

  void explain_snake_case(const Leaf& leaf, std::string_view value) {
    const std::string snake = snake_case(leaf.attribute);
    if (!has_snake_case_ || snake == leaf.attribute) return;
    std::string text;
    append_match_subject(leaf, snake, text);
    detail("with attrNameSnakeCase: " + shown(text + ": " + std::string(value)));
  }

  void explain_match(Origin& origin, const Match& match, const RuleConfig& rule,
                     const Value& value) {
    if (match.kind == Match::Kind::kError) {
      detail(shown(match.error));
      return;
    }
    std::string where = fmt::format("rules[{}]", match.rule);
    if (rule.mark.line > 0) where += fmt::format(" (line {})", rule.mark.line);
    if (match.kind == Match::Kind::kDropped) {
      const std::string_view why = match.dropped.empty() ? "it makes no sample" : match.dropped;
      detail(fmt::format("{} takes it: {}", where, why));
      return;
    }
    for (const RuleSample& sample : match.samples) {
      const PlannedSample* planned = origin.samples.take(sample);
      detail(where + ": " +
             (planned == nullptr ? sample.family + ", left out of the page: it passes a limit"
                                 : scraped_.line_of(*planned)));
    }
    if (match.flagged) detail(shown(match.error));
    detail(settled_text(match, value));
  }

  std::string settled_text(const Match& match, const Value& value) const {
    if (match.cached) return "settled: yes, by cache";
    if (match.settled) return "settled: yes";
    if (!is_numeric(value.kind)) return "settled: no, matched again when the text changes";
    const std::string_view why =
        snapshot_->rules->why_unsettled(static_cast<std::size_t>(match.rule));
    if (!why.empty()) return "settled: no, matched again when the value changes: " + shown(why);
    return "settled: no, an earlier rule may match another value";
  }

  std::shared_ptr<const Recording> recording_;
  std::shared_ptr<const Snapshot> snapshot_;
  const ExplainScope& scope_;
  Scraped scraped_;
  Selection selection_;
  bool has_snake_case_;
  std::string out_;
  std::map<std::string_view, std::size_t> counts_;
};

}  // namespace

std::string explain_recording(std::shared_ptr<const Recording> recording,
                              std::shared_ptr<const Snapshot> snapshot, const ExplainScope& scope) {
  return Explanation(std::move(recording), std::move(snapshot), scope).text();
}

}  // namespace jmxbridge
