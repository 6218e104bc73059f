#include "exposition/protobuf_metric.h"

#include <algorithm>
#include <limits>

#include "base/java_number.h"

namespace jmxbridge {
namespace {

constexpr std::string_view kQuantile = "quantile";

bool same_labels(FamilyType type, const SampleSpec& a, const SampleSpec& b) {
  const std::vector<const Label*> x = metric_labels(type, a);
  const std::vector<const Label*> y = metric_labels(type, b);
  return std::equal(x.begin(), x.end(), y.begin(), y.end(),
                    [](const Label* left, const Label* right) { return *left == *right; });
}

}  // namespace

ProtobufType protobuf_type(FamilyType type) {
  switch (type) {
    case FamilyType::kCounter:
      return {0, "COUNTER", 3, "counter"};
    case FamilyType::kGauge:
    case FamilyType::kInfo:
    case FamilyType::kStateSet:
      return {1, "GAUGE", 2, "gauge"};
    case FamilyType::kSummary:
      return {2, "SUMMARY", 4, "summary"};
    case FamilyType::kUnknown:
      break;
  }
  return {3, "UNTYPED", 5, "untyped"};
}

std::span<const SampleSpec> take_metric(FamilyType type, std::span<const SampleSpec>& rest) {
  std::size_t count = 1;
  if (type == FamilyType::kSummary) {
    while (count < rest.size() && same_labels(type, rest[0], rest[count])) ++count;
  }
  const std::span<const SampleSpec> taken = rest.first(count);
  rest = rest.subspan(count);
  return taken;
}

std::vector<const Label*> metric_labels(FamilyType type, const SampleSpec& sample) {
  std::vector<const Label*> labels;
  labels.reserve(sample.labels.size());
  for (const Label& label : sample.labels) {
    if (type != FamilyType::kSummary || label.name != kQuantile) labels.push_back(&label);
  }
  return labels;
}

std::uint64_t whole_number(double number) {
  if (!(number > 0)) return 0;
  if (number >= 0x1p64) return std::numeric_limits<std::uint64_t>::max();
  return static_cast<std::uint64_t>(number);
}

double quantile_of(const SampleSpec& sample) {
  const auto label = std::find_if(sample.labels.begin(), sample.labels.end(),
                                  [](const Label& each) { return each.name == kQuantile; });
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  if (label == sample.labels.end()) return kNone;
  return parse_java_double(label->value).value_or(kNone);
}

}  // namespace jmxbridge
