#include "otlp/metrics_request.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <string_view>
#include <utility>

#include "base/protobuf_writer.h"
#include "base/utf.h"
#include "exposition/names.h"
#include "exposition/protobuf_metric.h"

namespace jmxbridge {
namespace {

constexpr std::string_view kScopeName = "jmxbridge";

// Field numbers of the messages in opentelemetry.proto.
constexpr std::uint32_t kRequestResourceMetrics = 1;
constexpr std::uint32_t kResourceMetricsResource = 1;
constexpr std::uint32_t kResourceMetricsScopeMetrics = 2;
constexpr std::uint32_t kResourceAttribute = 1;
constexpr std::uint32_t kScopeMetricsScope = 1;
constexpr std::uint32_t kScopeMetricsMetric = 2;
constexpr std::uint32_t kScopeNameField = 1;
constexpr std::uint32_t kScopeVersion = 2;
constexpr std::uint32_t kMetricName = 1;
constexpr std::uint32_t kMetricDescription = 2;
constexpr std::uint32_t kMetricUnit = 3;
constexpr std::uint32_t kMetricGauge = 5;
constexpr std::uint32_t kMetricSum = 7;
constexpr std::uint32_t kMetricSummary = 11;
constexpr std::uint32_t kDataPoint = 1;
constexpr std::uint32_t kSumTemporality = 2;
constexpr std::uint32_t kSumIsMonotonic = 3;
constexpr std::uint32_t kCumulative = 2;
constexpr std::uint32_t kPointStart = 2;
constexpr std::uint32_t kPointTime = 3;
constexpr std::uint32_t kPointDouble = 4;
constexpr std::uint32_t kPointAttribute = 7;
constexpr std::uint32_t kSummaryCount = 4;
constexpr std::uint32_t kSummarySum = 5;
constexpr std::uint32_t kSummaryQuantile = 6;
constexpr std::uint32_t kQuantileQuantile = 1;
constexpr std::uint32_t kQuantileValue = 2;
constexpr std::uint32_t kAttributeKey = 1;
constexpr std::uint32_t kAttributeValue = 2;
constexpr std::uint32_t kAnyString = 1;

/// One text that is no UTF-8 would make receivers refuse the whole request.
std::string as_utf8(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    char32_t point = 0;
    const std::size_t size = utf8_sequence(text, &point);
    out += size == 0 ? std::string_view("\xEF\xBF\xBD") : text.substr(0, size);
    text.remove_prefix(std::max<std::size_t>(size, 1));
  }
  return out;
}

void put_string(std::uint32_t field, std::string_view text, std::string& out) {
  if (is_utf8(text)) {
    put_text(field, text, out);
  } else {
    put_text(field, as_utf8(text), out);
  }
}

void put_attribute(std::uint32_t field, std::string_view name, std::string_view value,
                   std::string& out) {
  std::string any;
  put_string(kAnyString, value, any);
  std::string attribute;
  put_string(kAttributeKey, name, attribute);
  put_text(kAttributeValue, any, attribute);
  put_text(field, attribute, out);
}

std::string_view otel_unit(std::string_view unit) {
  if (unit == "seconds") return "s";
  if (unit == "bytes") return "By";
  return unit;
}

std::string metric_name(const FamilySpec& family, bool is_own, bool preserve) {
  if (preserve) {
    // The target's counters and infos have lost their suffixes before they got here.
    const std::string_view suffix =
        is_own ? name_suffix(family.type, SamplePart::kPlain) : std::string_view();
    return family.name + std::string(suffix);
  }
  std::string_view name = family.name;
  if (!family.unit.empty() && name.ends_with(family.unit)) {
    name.remove_suffix(family.unit.size());
    while (name.ends_with('_')) name.remove_suffix(1);
  }
  return std::string(name);
}

/// How a family's points are wrapped.
struct DataForm {
  std::uint32_t field = kMetricGauge;
  bool is_sum = false;
  bool is_monotonic = false;
};

DataForm form_of(FamilyType type) {
  switch (type) {
    case FamilyType::kCounter:
      return {kMetricSum, true, true};
    case FamilyType::kInfo:
    case FamilyType::kStateSet:
      return {kMetricSum, true, false};
    case FamilyType::kSummary:
      return {kMetricSummary, false, false};
    case FamilyType::kGauge:
    case FamilyType::kUnknown:
      break;
  }
  return {};
}

/// Fills requests up to their size, metric by metric; a large family goes on in the next one.
class RequestWriter {
 public:
  RequestWriter(const MetricsFrame& frame, std::size_t request_bytes)
      : request_bytes_(request_bytes) {
    std::string resource;
    for (const auto& [name, value] : frame.resource_attributes) {
      put_attribute(kResourceAttribute, name, value, resource);
    }
    put_text(kResourceMetricsResource, resource, head_);
    std::string scope;
    put_text(kScopeNameField, kScopeName, scope);
    put_text(kScopeVersion, JMXBRIDGE_VERSION, scope);
    put_text(kScopeMetricsScope, scope, scope_head_);
  }

  void begin(const FamilySpec& family, std::string_view name) {
    form_ = form_of(family.type);
    metric_head_.clear();
    put_string(kMetricName, name, metric_head_);
    if (!family.help.empty()) put_string(kMetricDescription, family.help, metric_head_);
    if (!family.unit.empty()) put_string(kMetricUnit, otel_unit(family.unit), metric_head_);
  }

  void add_point(std::string_view point) {
    put_text(kDataPoint, point, points_);
    if (metrics_.size() + points_.size() + metric_head_.size() >= request_bytes_) {
      end();
      close_request();
    }
  }

  /// Ends the family that begin() began.
  void end() {
    if (points_.empty()) return;
    if (form_.is_sum) {
      put_number(kSumTemporality, kCumulative, points_);
      if (form_.is_monotonic) put_number(kSumIsMonotonic, 1, points_);
    }
    std::string metric = metric_head_;
    put_text(form_.field, points_, metric);
    put_text(kScopeMetricsMetric, metric, metrics_);
    points_.clear();
  }

  std::vector<std::string> finish() {
    if (!metrics_.empty()) close_request();
    return std::move(requests_);
  }

 private:
  void close_request() {
    std::string resource_metrics = head_;
    put_text(kResourceMetricsScopeMetrics, scope_head_ + metrics_, resource_metrics);
    put_text(kRequestResourceMetrics, resource_metrics, requests_.emplace_back());
    metrics_.clear();
  }

  std::size_t request_bytes_;
  std::string head_;
  std::string scope_head_;
  DataForm form_;
  std::string metric_head_;
  std::string points_;
  std::string metrics_;
  std::vector<std::string> requests_;
};

/// Writes the points of families.
class PointWriter {
 public:
  PointWriter(std::span<const double> values, const MetricsFrame& frame, StartTimes& starts)
      : values_(values), frame_(frame), starts_(starts) {}

  /// A point that is one number.
  const std::string& number(const FamilySpec& family, const SampleSpec& sample) {
    const double value = family.type == FamilyType::kInfo ? 1 : values_[sample.slot];
    begin(family.type == FamilyType::kCounter ? start(family, sample, value) : 0);
    put_double(kPointDouble, value, point_);
    put_attributes(family.type, sample);
    return point_;
  }

  /// All samples of one summary.
  const std::string& summary(const FamilySpec& family, std::span<const SampleSpec> samples) {
    const auto count = std::find_if(samples.begin(), samples.end(), [](const SampleSpec& sample) {
      return sample.part == SamplePart::kCount;
    });
    begin(count == samples.end() ? 0 : start(family, *count, values_[count->slot]));
    for (const SampleSpec& sample : samples) put_part(sample);
    put_attributes(family.type, samples.front());
    return point_;
  }

 private:
  std::uint64_t start(const FamilySpec& family, const SampleSpec& sample, double value) {
    constexpr std::uint64_t kNanosecondsInMs = 1'000'000;
    if (family.created_ms) return static_cast<std::uint64_t>(*family.created_ms) * kNanosecondsInMs;
    return starts_.start_of(family.name, sample, value);
  }

  void begin(std::uint64_t start) {
    point_.clear();
    if (start != 0) put_fixed64(kPointStart, start, point_);
    put_fixed64(kPointTime, frame_.time, point_);
  }

  void put_part(const SampleSpec& sample) {
    const double value = values_[sample.slot];
    switch (sample.part) {
      case SamplePart::kCount:
        put_fixed64(kSummaryCount, whole_number(value), point_);
        break;
      case SamplePart::kSum:
        put_double(kSummarySum, value, point_);
        break;
      case SamplePart::kPlain: {
        std::string quantile;
        put_double(kQuantileQuantile, quantile_of(sample), quantile);
        put_double(kQuantileValue, value, quantile);
        put_text(kSummaryQuantile, quantile, point_);
        break;
      }
    }
  }

  void put_attributes(FamilyType type, const SampleSpec& sample) {
    for (const Label* label : metric_labels(type, sample)) {
      put_attribute(kPointAttribute, label->name, label->value, point_);
    }
  }

  std::span<const double> values_;
  const MetricsFrame& frame_;
  StartTimes& starts_;
  std::string point_;
};

}  // namespace

std::vector<std::string> metrics_requests(std::span<const FamilySpec> families,
                                          std::span<const double> values, const MetricsFrame& frame,
                                          StartTimes& starts, std::size_t request_bytes) {
  RequestWriter writer(frame, request_bytes);
  PointWriter points(values, frame, starts);
  starts.begin(frame.time);
  for (const FamilySpec& family : families) {
    if (family.samples.empty()) continue;
    const bool is_own = family.samples.front().slot < frame.own_slots;
    writer.begin(family, metric_name(family, is_own, frame.preserve_names));
    std::span<const SampleSpec> rest = family.samples;
    while (!rest.empty()) {
      const std::span<const SampleSpec> taken = take_metric(family.type, rest);
      writer.add_point(family.type == FamilyType::kSummary ? points.summary(family, taken)
                                                           : points.number(family, taken.front()));
    }
    writer.end();
  }
  starts.end();
  return writer.finish();
}

}  // namespace jmxbridge
