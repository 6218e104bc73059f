#include "exposition/page.h"

#include <algorithm>
#include <charconv>
#include <compare>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/utf.h"

namespace jmxbridge {
namespace {

void sort_labels(LabelSet& labels) {
  const auto less = [](const Label& a, const Label& b) {
    return compare_java_order(a.name, b.name) < 0;
  };
  if (std::is_sorted(labels.begin(), labels.end(), less)) return;
  std::vector<Label> sorted(labels.begin(), labels.end());
  std::sort(sorted.begin(), sorted.end(), less);
  labels = std::move(sorted);
}

/// The label that tells the samples of one metric apart: a summary's quantile, a state set's state.
/// OpenMetrics wants such samples to stand together, so this label counts last.
std::string_view member_label(const FamilySpec& family) {
  switch (family.type) {
    case FamilyType::kSummary:
      return "quantile";
    case FamilyType::kStateSet:
      return family.name;
    case FamilyType::kUnknown:
    case FamilyType::kCounter:
    case FamilyType::kGauge:
    case FamilyType::kInfo:
      break;
  }
  return {};
}

using Labels = std::span<const Label>;

/// Moves `label` on to the next label, itself included, that is not named `member`.
void skip_member(Labels::iterator& label, Labels labels, std::string_view member) {
  while (label != labels.end() && label->name == member) ++label;
}

/// Compares one text of each label, in turn; of two that agree the shorter list is less.
template <std::string Label::* kText>
std::strong_ordering compare_texts(Labels a, Labels b, std::string_view member) {
  auto x = a.begin();
  auto y = b.begin();
  for (;; ++x, ++y) {
    if (!member.empty()) {
      skip_member(x, a, member);
      skip_member(y, b, member);
    }
    if (x == a.end() || y == b.end()) return (x != a.end()) <=> (y != b.end());
    // Most texts, names above all, are equal: told apart at once, without the order.
    if ((*x).*kText == (*y).*kText) continue;
    return compare_java_order((*x).*kText, (*y).*kText);
  }
}

std::string_view label_value(const SampleSpec& sample, std::string_view name) {
  const auto label = std::find_if(sample.labels.begin(), sample.labels.end(),
                                  [&](const Label& each) { return each.name == name; });
  return label == sample.labels.end() ? std::string_view() : std::string_view(label->value);
}

/// Quantiles ascend as numbers; what is none counts as 0 and goes by its text.
std::strong_ordering compare_members(std::string_view a, std::string_view b) {
  double x = 0;
  double y = 0;
  std::from_chars(a.data(), a.data() + a.size(), x);
  std::from_chars(b.data(), b.data() + b.size(), y);
  const std::strong_ordering order = std::strong_order(x, y);
  return order != 0 ? order : compare_java_order(a, b);
}

void sort_samples(FamilySpec& family) {
  for (SampleSpec& sample : family.samples) sort_labels(sample.labels);
  const std::string_view member = member_label(family);
  std::sort(family.samples.begin(), family.samples.end(),
            [member](const SampleSpec& a, const SampleSpec& b) {
              auto order = compare_texts<&Label::name>(a.labels, b.labels, member);
              if (order == 0) order = compare_texts<&Label::value>(a.labels, b.labels, member);
              if (order == 0) order = a.part <=> b.part;
              if (order == 0 && !member.empty()) {
                order = compare_members(label_value(a, member), label_value(b, member));
              }
              return order < 0;
            });
  family.samples.shrink_to_fit();
}

}  // namespace

Page::Page(std::vector<FamilySpec> families) : families_(std::move(families)) {
  for (FamilySpec& family : families_) sort_samples(family);
  std::sort(families_.begin(), families_.end(), [](const FamilySpec& a, const FamilySpec& b) {
    return compare_java_order(a.name, b.name) < 0;
  });
  families_.shrink_to_fit();
}

void Page::render(Format format, std::span<const double> values, std::string& out,
                  Escaping escaping) const {
  if (format == Format::kProtobufText || escaping != Escaping::kUnderscores) {
    PageScript(families_, format, escaping).render(values, out);
  } else {
    script(format).render(values, out);
  }
}

const PageScript& Page::script(Format format) const {
  const auto index = static_cast<std::size_t>(format);
  std::call_once(made_[index], [&] {
    scripts_[index] = std::make_unique<const PageScript>(families_, format, Escaping::kUnderscores);
  });
  return *scripts_[index];
}

}  // namespace jmxbridge
