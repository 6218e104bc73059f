#include "scrape/layout.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "scrape/sample_texts.h"

namespace jmxbridge {
namespace {

constexpr std::string_view kObjectNameLabel = "_objectname";

std::string label_text(const LabelSet& labels) {
  std::string text;
  for (const Label& label : labels) {
    text += label.name;
    text += '\0';
    text += label.value;
    text += '\0';
  }
  return text;
}

template <class Parts>
bool has_duplicates(const Parts& parts) {
  if (parts.size() < 2) return false;
  std::vector<const PlannedSample*> samples;
  samples.reserve(parts.size());
  for (const auto& part : parts) samples.push_back(part.planned);
  const auto less = [](const PlannedSample* a, const PlannedSample* b) {
    if (a->part != b->part) return a->part < b->part;
    return std::lexicographical_compare(a->labels.begin(), a->labels.end(), b->labels.begin(),
                                        b->labels.end(), [](const Label& x, const Label& y) {
                                          const int by_name = x.name.compare(y.name);
                                          return by_name != 0 ? by_name < 0 : x.value < y.value;
                                        });
  };
  std::sort(samples.begin(), samples.end(), less);
  return std::adjacent_find(samples.begin(), samples.end(),
                            [](const PlannedSample* a, const PlannedSample* b) {
                              return a->part == b->part && a->labels == b->labels;
                            }) != samples.end();
}

/// The names that a family takes on a page, its own and those of its samples.
std::vector<std::string> names_on_page(std::string_view family, FamilyType type) {
  const std::string name(family);
  switch (type) {
    case FamilyType::kCounter:
      return {name, name + "_total"};
    case FamilyType::kInfo:
      return {name, name + "_info"};
    case FamilyType::kSummary:
      return {name, name + "_sum", name + "_count"};
    case FamilyType::kUnknown:
    case FamilyType::kGauge:
    case FamilyType::kStateSet:
      break;
  }
  return {name};
}

bool has_label(const LabelSet& labels, std::string_view name) {
  return std::any_of(labels.begin(), labels.end(),
                     [&](const Label& label) { return label.name == name; });
}

}  // namespace

/// The samples of one family, in the plan's order.
struct Layout::Gathered {
  struct Part {
    const PlannedSample* planned;
    bool shown;
  };

  FamilyType type = FamilyType::kUnknown;
  std::vector<Part> parts;
};

Layout::Presence Layout::presence(const Plan& plan, std::uint32_t number) {
  const Numbers& numbers = plan.numbers();
  const BeanPlan* bean = numbers.owner[number];
  if (bean == nullptr || numbers.seen[number] == 0 || numbers.seen[number] != bean->answered) {
    return Presence::kAbsent;
  }
  return bean->answered == plan.epoch() ? Presence::kShown : Presence::kHidden;
}

Layout::Outcome Layout::update(Plan& plan, const std::vector<FamilySpec>& own, bool own_changed) {
  reason_.clear();
  const bool was_dropping = dropped_;
  if (plan.take_layout_change() || own_changed || !page_ || !is_current(plan)) make(plan, own);
  if (was_dropping) reason_.clear();
  return {.failed = dropped_, .first_reason = std::move(reason_)};
}

bool Layout::is_current(const Plan& plan) const {
  const Numbers& numbers = plan.numbers();
  if (presences_.size() != numbers.size()) return false;
  for (std::uint32_t i = numbers.own(); i < numbers.size(); ++i) {
    Presence now = presence(plan, i);
    if (now == Presence::kShown && counts_[i] && numbers.values[i] < 0) now = Presence::kHidden;
    if (now != presences_[i]) return false;
  }
  return true;
}

void Layout::make(const Plan& plan, const std::vector<FamilySpec>& own) {
  const Numbers& numbers = plan.numbers();
  presences_.assign(numbers.size(), Presence::kAbsent);
  counts_.assign(numbers.size(), false);
  samples_ = 0;
  dropped_ = false;

  Families families;
  const auto gather = [&](const PlannedSample& planned) {
    const Presence now = presence(plan, planned.number);
    presences_[planned.number] = now;
    if (now == Presence::kAbsent) return;
    Gathered& family = families[*planned.family];
    const FamilyType type = planned.type;
    if (family.parts.empty()) {
      family.type = type;
    } else if (family.type != type) {
      if (has_own_form(family.type) || has_own_form(type)) {
        drop("The family " + *planned.family + " is " + std::string(type_name(family.type)) +
             " to one rule and " + std::string(type_name(type)) + " to another; the sample from " +
             object_name_of(*numbers.owner[planned.number], planned) +
             " is left out. Give it another name in the rules.");
        return;
      }
      family.type = FamilyType::kUnknown;
    }
    family.parts.push_back({&planned, now == Presence::kShown});
  };
  for (const auto& [name, bean] : plan.beans()) {
    for (const Node& extra : bean->extras) each_sample(extra, gather);
    for (const AttributePlan& attribute : bean->attributes) each_sample(attribute.node, gather);
  }

  drop_clashing_names(own, families);
  std::vector<FamilySpec> page = own;
  for (auto& [name, family] : families) {
    const bool is_taken = std::any_of(own.begin(), own.end(),
                                      [&](const FamilySpec& spec) { return spec.name == name; });
    if (is_taken) {
      drop("The family " + std::string(name) +
           " is one of the daemon's own; its samples are left out. Give it another name in the "
           "rules.");
      continue;
    }
    FamilySpec spec = finish(name, family, numbers);
    if (!spec.samples.empty()) page.push_back(std::move(spec));
  }
  page_ = std::make_shared<const Page>(std::move(page));
}

/// Two families must not have samples of one name. Where the JMX exporter has families too, it is
/// those of other types that go.
void Layout::drop_clashing_names(const std::vector<FamilySpec>& own, Families& families) {
  if (std::none_of(families.begin(), families.end(),
                   [](const auto& entry) { return has_own_form(entry.second.type); })) {
    return;
  }
  std::unordered_map<std::string, std::string_view> taken;
  const auto take = [&](std::string_view family, FamilyType type) {
    for (std::string& name : names_on_page(family, type)) taken.emplace(std::move(name), family);
  };
  for (const FamilySpec& spec : own) take(spec.name, spec.type);
  for (const auto& [name, family] : families) {
    if (!has_own_form(family.type)) take(name, family.type);
  }
  for (auto at = families.begin(); at != families.end();) {
    const auto& [name, family] = *at;
    const std::vector<std::string> names = names_on_page(name, family.type);
    const auto clash = std::find_if(names.begin(), names.end(),
                                    [&](const std::string& one) { return taken.contains(one); });
    if (!has_own_form(family.type)) {
      ++at;
    } else if (clash == names.end()) {
      take(name, family.type);
      ++at;
    } else {
      drop("The family " + std::string(name) + " has samples named " + *clash + ", as the family " +
           std::string(taken.at(*clash)) +
           " has; the first is left out. Give it another name in the rules.");
      at = families.erase(at);
    }
  }
}

FamilySpec Layout::finish(std::string_view name, Gathered& family, const Numbers& numbers) {
  FamilySpec spec;
  spec.name = name;
  spec.type = family.type;
  const auto bean_of = [&](const PlannedSample& sample) -> const BeanPlan& {
    return *numbers.owner[sample.number];
  };
  const PlannedSample& first = *family.parts.front().planned;
  spec.help = help_of(bean_of(first), first);
  const bool needs_object_names = has_duplicates(family.parts);
  std::unordered_set<std::string> taken;
  for (const Gathered::Part& part : family.parts) {
    const PlannedSample& sample = *part.planned;
    const std::uint32_t number = sample.number;
    LabelSet labels = sample.labels;
    if (needs_object_names) {
      if (!has_label(labels, kObjectNameLabel)) {
        std::vector<Label> longer(labels.begin(), labels.end());
        longer.push_back({std::string(kObjectNameLabel), object_name_of(bean_of(sample), sample)});
        labels = std::move(longer);
      }
      const std::string key = label_text(labels) + std::to_string(static_cast<int>(sample.part));
      if (!taken.insert(key).second) {
        drop("Two samples of " + spec.name + " have the same labels, also with _objectname (" +
             object_name_of(bean_of(sample), sample) +
             "); the first is kept. Tell them apart in the rules.");
        continue;
      }
    }
    if (family.type == FamilyType::kCounter || sample.part != SamplePart::kPlain) {
      counts_[number] = true;
      if (part.shown && numbers.values[number] < 0) {
        presences_[number] = Presence::kHidden;
        drop("A counter cannot be negative, nor a summary's sum or count: the sample of " +
             spec.name + " from " + object_name_of(bean_of(sample), sample) +
             " is left out. Make its rule's type GAUGE.");
        continue;
      }
    }
    if (!part.shown) continue;
    spec.samples.push_back({.labels = std::move(labels), .slot = number, .part = sample.part});
    ++samples_;
  }
  return spec;
}

void Layout::drop(std::string reason) {
  dropped_ = true;
  if (reason_.empty()) reason_ = std::move(reason);
}

}  // namespace jmxbridge
