#include "scrape/plan.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/utf.h"
#include "rules/safe_name.h"
#include "scrape/table_rows.h"

namespace jmxbridge {
namespace {

/// Texts longer than this are not remembered, and are matched again in every scrape.
constexpr std::size_t kRememberedText = 4096;

/// The room of longer texts is given back.
constexpr std::size_t kKeptRoom = 64 * 1024;

/// Rows that are not there any more are kept until they outnumber the others by this many.
constexpr std::size_t kSpareRows = 64;

/// Between two looks at the clock within one value.
constexpr std::size_t kPartsBetweenLooks = 1024;

bool is_text_class(std::string_view type) { return type == "java.lang.String"; }

/// True for declared types whose values are numbers, booleans and dates.
bool is_scalar_class(std::string_view type) {
  static constexpr std::string_view kPrimitives[] = {"int",   "long", "double", "float",
                                                     "short", "byte", "boolean"};
  static constexpr std::string_view kBoxes[] = {
      "java.lang.Integer", "java.lang.Long", "java.lang.Double",  "java.lang.Float",
      "java.lang.Short",   "java.lang.Byte", "java.lang.Boolean", "java.util.Date"};
  return std::find(std::begin(kPrimitives), std::end(kPrimitives), type) != std::end(kPrimitives) ||
         std::find(std::begin(kBoxes), std::end(kBoxes), type) != std::end(kBoxes);
}

/// True if the text is kept, and equal, or follows from the attribute and so is not kept.
bool is_same(const std::shared_ptr<const std::string>& kept, const std::string& text,
             bool follows) {
  return follows ? kept == nullptr : kept != nullptr && *kept == text;
}

/// `is_plain`: the leaf is the value of an attribute, not a part of it.
bool is_same(const PlannedSample& was, const RuleSample& now, bool is_plain) {
  return *was.family == now.family && was.type == now.type && was.part == now.part &&
         was.labels == now.labels && is_same(was.help, now.help, is_plain && now.help_is_default) &&
         is_same(was.object_name, now.object_name, is_plain && now.object_name_is_subject);
}

void set_number(const RuleSample& sample, PlannedSample& planned) {
  planned.is_fixed = sample.fixed.has_value();
  planned.factor = sample.fixed ? *sample.fixed * sample.factor : sample.factor;
}

/// The item of that name; `cursor` is where it stood last time if nothing changed.
Item& item_for(std::vector<Item>& items, std::size_t cursor, std::string_view name) {
  if (cursor < items.size() && items[cursor].name == name) return items[cursor];
  auto it = std::lower_bound(
      items.begin(), items.end(), name, [](const Item& item, std::string_view wanted) {
        return compare_java_order(item.name, wanted) == std::strong_ordering::less;
      });
  if (it == items.end() || it->name != name) it = items.insert(it, Item{std::string(name), {}});
  return *it;
}

}  // namespace

Value value_of(const ExtraMetric& extra) {
  Value value;
  if (const auto* truth = std::get_if<bool>(&extra.value)) {
    value.kind = ValueKind::kBoolean;
    value.integer = *truth ? 1 : 0;
  } else if (const auto* integer = std::get_if<std::int64_t>(&extra.value)) {
    value.kind = ValueKind::kInteger;
    value.integer = *integer;
  } else if (const auto* big = std::get_if<BigInteger>(&extra.value)) {
    value.kind = ValueKind::kBigNumber;
    value.number = big->number;
    value.text = big->text;
  } else if (const auto* number = std::get_if<double>(&extra.value)) {
    value.kind = ValueKind::kDouble;
    value.number = *number;
  } else if (const auto* text = std::get_if<std::string>(&extra.value)) {
    value.kind = ValueKind::kString;
    value.text = *text;
  }
  return value;
}

Plan::Plan(std::shared_ptr<const Snapshot> snapshot, const Limits& limits,
           std::uint32_t own_numbers)
    : snapshot_(std::move(snapshot)),
      selection_(snapshot_->config),
      limits_(limits),
      uses_text_(std::any_of(snapshot_->config.rules.begin(), snapshot_->config.rules.end(),
                             [](const RuleConfig& rule) { return rule.takes_text(); })),
      numbers_(own_numbers),
      budget_(snapshot_->rules->size()),
      deadline_(Deadline::max()),
      losses_(snapshot_->rules->size()) {}

Plan::~Plan() = default;

void Plan::put(const ObjectName& name, std::shared_ptr<const MBeanInfo> info) {
  auto [it, is_new] = beans_.try_emplace(name);
  if (is_new) {
    it->second = std::make_unique<BeanPlan>(BeanPlan{.name = name,
                                                     .info = std::move(info),
                                                     .attributes = {},
                                                     .customizer = selection_.customizer(name),
                                                     .extras = {},
                                                     .labels = {}});
    select_attributes(*it->second);
    return;
  }
  BeanPlan& bean = *it->second;
  if (bean.info == info) return;
  const std::shared_ptr<const MBeanInfo> old_info = std::exchange(bean.info, std::move(info));
  std::vector<AttributePlan> old = std::exchange(bean.attributes, {});
  select_attributes(bean);
  for (AttributePlan& was : old) {
    const AttributeInfo& old_attribute = old_info->attributes[was.index];
    const auto same =
        std::find_if(bean.attributes.begin(), bean.attributes.end(), [&](const AttributePlan& now) {
          return bean.info->attributes[now.index] == old_attribute;
        });
    if (same != bean.attributes.end()) {
      same->node = std::move(was.node);
      same->excluded = was.excluded;
    } else {
      forget(was.node);
    }
  }
}

void Plan::remove(const ObjectName& name) {
  const auto it = beans_.find(name);
  if (it == beans_.end()) return;
  forget(*it->second);
  if (properties_of_ == it->second.get()) properties_of_ = nullptr;
  beans_.erase(it);
  reads_changed_ = true;
}

void Plan::foresee(const ObjectName& name) {
  const auto it = beans_.find(name);
  // What is remembered by a rule with a cache, and labels, come with the values.
  if (it == beans_.end() || snapshot_->rules->has_cached_rules()) return;
  BeanPlan& bean = *it->second;
  if (bean.customizer != nullptr && !bean.customizer->attributes_as_labels.empty()) return;
  Value some_number;
  some_number.kind = ValueKind::kInteger;
  for (AttributePlan& attribute : bean.attributes) {
    const AttributeInfo& info = bean.info->attributes[attribute.index];
    if (!attribute.is_metric || attribute.node.slot || !is_scalar_class(info.type)) continue;
    auto slot = std::make_unique<Slot>();
    evaluate(
        *slot, some_number, bean,
        {.row = nullptr, .keys = nullptr, .attribute = info.name, .description = info.description});
    if (slot->state == Slot::State::kSettled && !slot->failed) {
      attribute.node.slot = std::move(slot);
    } else {
      forget(*slot);
    }
  }
  // What is lost is lost, and told, when the value comes.
  losses_.forget();
}

void Plan::select_attributes(BeanPlan& bean) {
  reads_changed_ = true;
  const std::vector<std::string> no_labels;
  const std::vector<std::string>& labels =
      bean.customizer != nullptr ? bean.customizer->attributes_as_labels : no_labels;
  const std::vector<std::uint32_t> selected = selection_.attributes(bean.name, *bean.info);
  for (std::uint32_t index : selected) {
    const AttributeInfo& attribute = bean.info->attributes[index];
    AttributePlan plan;
    plan.index = index;
    plan.is_label = std::find(labels.begin(), labels.end(), attribute.name) != labels.end();
    plan.is_metric = is_useful(bean, attribute);
    if (plan.is_label || plan.is_metric) bean.attributes.push_back(std::move(plan));
  }
  std::stable_partition(bean.attributes.begin(), bean.attributes.end(),
                        [](const AttributePlan& plan) { return plan.is_label; });
  // A bean that is left without attributes has no extra metrics either (specification 4.4.5).
  const bool has_extras = bean.customizer != nullptr && !selected.empty();
  if (!has_extras) {
    for (Node& extra : bean.extras) forget(extra);
  }
  bean.extras.resize(has_extras ? bean.customizer->extra_metrics.size() : 0);
}

const std::vector<Property>& Plan::properties_of(const BeanPlan& bean) {
  if (properties_of_ != &bean) properties_ = read_properties(bean.name.property_list());
  properties_of_ = &bean;
  return properties_;
}

bool Plan::is_useful(const BeanPlan& bean, const AttributeInfo& attribute) {
  if (attribute.type.starts_with('[')) return false;
  if (is_text_class(attribute.type) && !uses_text_) return false;
  const bool is_scalar = is_scalar_class(attribute.type);
  if (!is_text_class(attribute.type) && !is_scalar) return true;
  return snapshot_->rules->can_match({.domain = bean.name.domain(),
                                      .properties = properties_of(bean),
                                      .attribute_keys = {},
                                      .attribute = attribute.name,
                                      .description = {},
                                      .bean_labels = {}},
                                     is_scalar ? ValueRange::kScalar : ValueRange::kAny);
}

std::shared_ptr<const Reads> Plan::reads(const std::set<ObjectName>& aside, bool watch_all) {
  if (!reads_changed_ && aside == aside_ && watch_all == watch_all_) return reads_;
  ReadsBuilder builder;
  for (auto& [name, bean] : beans_) {
    if (!aside.contains(name)) builder.add(*bean, watch_all);
  }
  reads_ = std::make_shared<const Reads>(builder.take());
  aside_ = aside;
  watch_all_ = watch_all;
  reads_changed_ = false;
  return reads_;
}

Reads Plan::reads_of(const std::vector<ObjectName>& names) const {
  ReadsBuilder builder;
  for (const ObjectName& name : names) {
    const auto it = beans_.find(name);
    if (it != beans_.end()) builder.add(*it->second, false);
  }
  return builder.take();
}

void Plan::begin(Deadline deadline) {
  ++epoch_;
  budget_.refill();
  deadline_ = deadline;
  late_ = false;
  losses_.begin();
  cached_slots_ = 0;
}

void Plan::value(const Reads::Bean& read, std::uint32_t attribute_position, const Value& value) {
  BeanPlan& bean = *read.plan;
  AttributePlan& attribute = bean.attributes[(*read.attributes)[attribute_position]];
  if (value.kind == ValueKind::kOther && config().auto_exclude_object_name_attributes) {
    attribute.excluded = true;
    reads_changed_ = true;
    return;
  }
  if (attribute.is_label) take_label(bean, attribute, value);
  if (!attribute.is_metric) return;
  const AttributeInfo& info = bean.info->attributes[attribute.index];
  metrics_before_labels_ = true;
  ++fill_;
  fill(attribute.node, value, bean,
       {.row = nullptr, .keys = nullptr, .attribute = info.name, .description = info.description});
}

bool Plan::finish_bean(const Reads::Bean& read) {
  BeanPlan& bean = *read.plan;
  for (const AttributePlan& attribute : bean.attributes) {
    if (attribute.is_label && attribute.label_epoch != epoch_) set_label(bean, attribute, {});
  }
  const bool read_again = std::exchange(labels_changed_, false);
  metrics_before_labels_ = false;
  bean.answered = epoch_;
  if (!bean.extras.empty()) fill_extras(bean);
  return read_again;
}

void Plan::finish_without_values(const Reads::Bean& read) {
  read.plan->answered = epoch_;
  labels_changed_ = false;
  metrics_before_labels_ = false;
}

void Plan::take_label(BeanPlan& bean, AttributePlan& attribute, const Value& value) {
  std::string text;
  if (!append_java_text(value, text)) return;
  attribute.label_epoch = epoch_;
  set_label(bean, attribute, std::move(text));
}

void Plan::set_label(BeanPlan& bean, const AttributePlan& attribute,
                     std::optional<std::string> text) {
  std::string name = safe_name(bean.info->attributes[attribute.index].name);
  if (config().lowercase_output_label_names) lower_case(name);
  const auto it = std::find_if(bean.labels.begin(), bean.labels.end(),
                               [&](const Label& label) { return label.name == name; });
  if (it == bean.labels.end()) {
    if (!text) return;
    bean.labels.push_back({std::move(name), std::move(*text)});
  } else if (!text) {
    bean.labels.erase(it);
  } else if (it->value != *text) {
    it->value = std::move(*text);
  } else {
    return;
  }
  labels_changed_ = labels_changed_ || metrics_before_labels_;
  for (AttributePlan& other : bean.attributes) reset(other.node);
  for (Node& extra : bean.extras) reset(extra);
}

void Plan::fill_extras(BeanPlan& bean) {
  const std::vector<ExtraMetric>& extras = bean.customizer->extra_metrics;
  for (std::size_t i = 0; i < extras.size(); ++i) {
    fill(bean.extras[i], value_of(extras[i]), bean,
         {.row = nullptr,
          .keys = nullptr,
          .attribute = extras[i].name,
          .description = extras[i].description});
  }
}

void Plan::fill(Node& node, const Value& value, const BeanPlan& bean, const Place& place) {
  switch (value.kind) {
    case ValueKind::kNull:
    case ValueKind::kArray:
    case ValueKind::kOther:
    case ValueKind::kUnknownClass:
      return;
    case ValueKind::kComposite:
      fill_composite(node, *value.composite, bean, place);
      return;
    case ValueKind::kTabular:
      fill_table(node, *value.tabular, bean, place);
      return;
    default:
      if (!node.slot) node.slot = std::make_unique<Slot>();
      fill_leaf(*node.slot, value, bean, place);
  }
}

void Plan::fill_composite(Node& node, const CompositeValue& value, const BeanPlan& bean,
                          const Place& place) {
  std::vector<Item>& items = node.grow().items;
  const NamePath keys{place.keys, place.attribute};
  for (std::size_t i = 0; i < value.names.size(); ++i) {
    if (i % kPartsBetweenLooks == kPartsBetweenLooks - 1 && is_late()) return;
    fill(item_for(items, i, value.names[i]).node, value.values[i], bean,
         item_place(value, place, keys, value.names[i]));
  }
}

void Plan::fill_table(Node& node, const TabularValue& value, const BeanPlan& bean,
                      const Place& place) {
  const NamePath keys{place.keys, place.attribute};
  std::vector<Row>& rows = node.grow().rows;
  RowIndex index(rows, fill_);
  std::size_t count = 0;
  for (const CompositeValue* composite : value.rows) {
    if (++count % kPartsBetweenLooks == 0 && is_late()) return;
    Row& row = row_for(rows, index, value, *composite, bean, place);
    row.fill = fill_;
    std::size_t number = 0;
    for (std::size_t i = 0; i < composite->names.size(); ++i) {
      const std::string_view name = composite->names[i];
      const std::optional<Place> column = column_place(value, place, keys, row.properties, name);
      if (!column) continue;
      fill(item_for(row.columns, number++, name).node, composite->values[i], bean, *column);
    }
  }
  if (rows.size() <= 2 * value.rows.size() + kSpareRows) return;
  const auto gone = std::stable_partition(rows.begin(), rows.end(),
                                          [&](const Row& row) { return row.fill == fill_; });
  for (auto it = gone; it != rows.end(); ++it) {
    for (Item& column : it->columns) forget(column.node);
  }
  rows.erase(gone, rows.end());
}

Row& Plan::row_for(std::vector<Row>& rows, RowIndex& index, const TabularValue& table,
                   const CompositeValue& row, const BeanPlan& bean, const Place& place) {
  std::string& key = row_key_;
  key.clear();
  append_row_key(table, row, key, scratch_);
  if (Row* known = index.find(key)) return *known;
  const std::vector<Property>& around = place.row != nullptr ? *place.row : properties_of(bean);
  rows.push_back(
      {.key = key, .properties = row_properties(around, table, row), .columns = {}, .fill = 0});
  return rows.back();
}

void Plan::fill_leaf(Slot& slot, const Value& value, const BeanPlan& bean, const Place& place) {
  // What a cache holds is dropped as soon as a scrape does not meet its leaf (7.10.7).
  if (slot.met != bean.answered && (slot.cached || slot.no_cached_match)) {
    slot.state = Slot::State::kNew;
    slot.cached = false;
    slot.no_cached_match = false;
  }
  // A bean can be read twice in a scrape.
  const bool is_again = slot.met == epoch_;
  slot.met = epoch_;
  const bool settled = slot.state == Slot::State::kSettled && is_numeric(value.kind);
  const bool waits = slot.postponed && !budget_.has_room(static_cast<std::size_t>(slot.rule));
  if (!settled && !slot.cached && !waits && !evaluate(slot, value, bean, place)) return;
  if (!is_again && (slot.cached || slot.no_cached_match)) ++cached_slots_;
  store(slot, value);
}

/// Asks the rules, unless they have been asked with this text; false if the value never reaches
/// them, or the time is over.
bool Plan::evaluate(Slot& slot, const Value& value, const BeanPlan& bean, const Place& place) {
  if (scratch_.capacity() > kKeptRoom) scratch_ = std::string();
  scratch_.clear();
  if (!append_match_text(value, scratch_)) return false;
  const bool known = slot.state == Slot::State::kByText && slot.kind == value.kind &&
                     slot.text == scratch_ && !slot.postponed;
  if (known) return true;
  if (is_late()) return false;
  list_names(place.keys, keys_);
  Match match = snapshot_->rules->evaluate(
      {.domain = bean.name.domain(),
       .properties = place.row != nullptr ? *place.row : properties_of(bean),
       .attribute_keys = keys_,
       .attribute = place.attribute,
       .description = place.description,
       .bean_labels = bean.labels},
      value, slot.no_cached_match ? RuleChoice::kUncached : RuleChoice::kAll, &budget_);
  const bool settles = match.settled;
  slot.cached = match.cached;
  slot.postponed = match.postponed;
  slot.rule = match.rule;
  // What was stored once stays, whichever rule without a cache matches later (7.10.5).
  slot.no_cached_match = slot.no_cached_match ||
                         (match.kind == Match::Kind::kNone && snapshot_->rules->has_cached_rules());
  install(slot, std::move(match), bean, place);
  slot.state = settles ? Slot::State::kSettled : Slot::State::kByText;
  slot.kind = value.kind;
  slot.text.clear();
  if (scratch_.size() > kRememberedText) {
    slot.state = Slot::State::kNew;
  } else if (!settles) {
    slot.text = scratch_;
  }
  return true;
}

/// True if the scrape's deadline has passed; then what was about to be done is lost.
bool Plan::is_late() {
  late_ = late_ || std::chrono::steady_clock::now() >= deadline_;
  if (late_) {
    losses_.note(
        Losses::kWholeTarget,
        "The rules did not get through all attributes before the deadline; those that are left "
        "out come in later scrapes. Raise Prometheus' scrape_timeout, or make the patterns of the "
        "rules less ambiguous.");
  }
  return late_;
}

void Plan::install(Slot& slot, Match match, const BeanPlan& bean, const Place& place) {
  const bool is_plain = place.row == nullptr && place.keys == nullptr;
  slot.failed = match.kind == Match::Kind::kError || match.flagged;
  if (slot.failed) losses_.note(match.rule, std::move(match.error));
  const bool same = match.samples.size() == slot.samples.size() &&
                    std::equal(match.samples.begin(), match.samples.end(), slot.samples.begin(),
                               [&](const RuleSample& now, const PlannedSample& was) {
                                 return is_same(was, now, is_plain);
                               });
  if (same) {
    for (std::size_t i = 0; i < slot.samples.size(); ++i) {
      set_number(match.samples[i], slot.samples[i]);
    }
    return;
  }
  forget(slot);
  slot.samples.reserve(match.samples.size());
  for (RuleSample& sample : match.samples) {
    const auto is_long = [&](const Label& label) {
      return label.value.size() > limits_.label_value_bytes;
    };
    if (std::any_of(sample.labels.begin(), sample.labels.end(), is_long)) {
      slot.failed = true;
      losses_.note(match.rule,
                   "A label value of " + sample.family + " is longer than " +
                       std::to_string(limits_.label_value_bytes) +
                       " bytes; the sample is left out. Capture less of it in the rule.");
      continue;
    }
    if (numbers_.in_use() >= limits_.samples) {
      slot.failed = true;
      losses_.note(Losses::kWholeTarget,
                   "The target has more than " + std::to_string(limits_.samples) +
                       " samples; the rest is left out. Narrow includeObjectNames.");
      continue;
    }
    slot.samples.push_back(planned(std::move(sample), is_plain, bean));
    layout_changed_ = true;
  }
}

PlannedSample Plan::planned(RuleSample sample, bool is_plain, const BeanPlan& bean) {
  PlannedSample planned;
  set_number(sample, planned);
  planned.family = texts_.share(std::move(sample.family));
  if (last_labels_ != sample.labels) last_labels_ = std::move(sample.labels);
  planned.labels = last_labels_;
  if (!is_plain || !sample.help_is_default) planned.help = texts_.share(std::move(sample.help));
  if (!is_plain || !sample.object_name_is_subject) {
    planned.object_name = std::make_shared<const std::string>(std::move(sample.object_name));
  }
  planned.type = sample.type;
  planned.part = sample.part;
  planned.number = numbers_.take(&bean);
  return planned;
}

void Plan::store(Slot& slot, const Value& value) {
  if (slot.failed) losses_.note(slot.rule, {});
  if (slot.samples.empty()) return;
  const bool is_boolean = value.kind == ValueKind::kBoolean;
  const std::optional<double> number = as_number(value);
  for (const PlannedSample& planned : slot.samples) {
    if (planned.is_fixed) {
      numbers_.set(planned.number, planned.factor, epoch_);
    } else if (number) {
      numbers_.set(planned.number, is_boolean ? *number : *number * planned.factor, epoch_);
    }
  }
}

void Plan::forget(BeanPlan& bean) {
  for (AttributePlan& attribute : bean.attributes) forget(attribute.node);
  for (Node& extra : bean.extras) forget(extra);
}

void Plan::forget(Node& node) {
  if (node.slot) forget(*node.slot);
  if (!node.branch) return;
  for (Item& item : node.branch->items) forget(item.node);
  for (Row& row : node.branch->rows) {
    for (Item& column : row.columns) forget(column.node);
  }
}

void Plan::forget(Slot& slot) {
  if (slot.samples.empty()) return;
  for (const PlannedSample& planned : slot.samples) numbers_.give_back(planned.number);
  slot.samples.clear();
  layout_changed_ = true;
}

void Plan::reset(Node& node) {
  if (node.slot) {
    node.slot->state = Slot::State::kNew;
    node.slot->postponed = false;
    node.slot->cached = false;
    node.slot->no_cached_match = false;
  }
  if (!node.branch) return;
  for (Item& item : node.branch->items) reset(item.node);
  for (Row& row : node.branch->rows) {
    for (Item& column : row.columns) reset(column.node);
  }
}

bool Plan::take_layout_change() { return std::exchange(layout_changed_, false); }

Losses::Outcome Plan::take_losses() { return losses_.take(); }

}  // namespace jmxbridge
