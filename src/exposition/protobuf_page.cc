#include "exposition/protobuf_page.h"

#include <cstdint>
#include <string>

#include "base/protobuf_writer.h"
#include "exposition/names.h"
#include "exposition/protobuf_metric.h"

namespace jmxbridge {
namespace {

// Field numbers of io.prometheus.client's messages and of google.protobuf.Timestamp.
constexpr std::uint32_t kFamilyName = 1;
constexpr std::uint32_t kFamilyHelp = 2;
constexpr std::uint32_t kFamilyType = 3;
constexpr std::uint32_t kFamilyMetric = 4;
constexpr std::uint32_t kMetricLabel = 1;
constexpr std::uint32_t kLabelName = 1;
constexpr std::uint32_t kLabelValue = 2;
constexpr std::uint32_t kValue = 1;
constexpr std::uint32_t kCounterCreated = 3;
constexpr std::uint32_t kSummaryCount = 1;
constexpr std::uint32_t kSummarySum = 2;
constexpr std::uint32_t kSummaryQuantile = 3;
constexpr std::uint32_t kQuantileQuantile = 1;
constexpr std::uint32_t kQuantileValue = 2;
constexpr std::uint32_t kTimestampSeconds = 1;
constexpr std::uint32_t kTimestampNanos = 2;

void put_double_gap(std::uint32_t field, std::uint32_t slot, GappedText& out) {
  put_key(field, WireType::kFixed64, out.text());
  out.add_number(slot);
}

void put_delimited(const GappedText& message, GappedText& out) {
  put_varint(message.size(kProtobufNumberBytes, kProtobufCountBytes), out.text());
  out.append(message);
}

void put_message(std::uint32_t field, const GappedText& message, GappedText& out) {
  put_key(field, WireType::kDelimited, out.text());
  put_delimited(message, out);
}

std::string label_pair(const Label& label, Escaping escaping) {
  std::string pair;
  put_text(kLabelName, escaped_name(label.name, escaping), pair);
  put_text(kLabelValue, label.value, pair);
  return pair;
}

std::string timestamp(std::int64_t milliseconds) {
  std::string message;
  const std::int64_t rest = ((milliseconds % 1000) + 1000) % 1000;
  put_number(kTimestampSeconds, static_cast<std::uint64_t>((milliseconds - rest) / 1000), message);
  if (rest != 0) {
    put_number(kTimestampNanos, static_cast<std::uint64_t>(rest) * 1'000'000, message);
  }
  return message;
}

GappedText summary(std::span<const SampleSpec> samples) {
  GappedText message;
  for (const SampleSpec& sample : samples) {
    switch (sample.part) {
      case SampleSpec::Part::kCount:
        put_key(kSummaryCount, WireType::kVarint, message.text());
        message.add_count(sample.slot);
        break;
      case SampleSpec::Part::kSum:
        put_double_gap(kSummarySum, sample.slot, message);
        break;
      case SampleSpec::Part::kPlain: {
        GappedText quantile;
        put_double(kQuantileQuantile, quantile_of(sample), quantile.text());
        put_double_gap(kQuantileValue, sample.slot, quantile);
        put_message(kSummaryQuantile, quantile, message);
        break;
      }
    }
  }
  return message;
}

/// The message with the value, of a Metric that is no summary.
void put_value(const FamilySpec& family, const SampleSpec& sample, GappedText& message) {
  if (family.type == FamilyType::kInfo) {
    put_double(kValue, 1, message.text());
  } else {
    put_double_gap(kValue, sample.slot, message);
  }
  if (family.type == FamilyType::kCounter && family.created_ms) {
    put_text(kCounterCreated, timestamp(*family.created_ms), message.text());
  }
}

}  // namespace

GappedText protobuf_page(std::span<const FamilySpec> families, Escaping escaping) {
  GappedText page;
  std::size_t samples = 0;
  for (const FamilySpec& family : families) samples += family.samples.size();
  page.reserve(samples);

  GappedText message;
  GappedText metric;
  GappedText value;
  for (const FamilySpec& family : families) {
    if (family.samples.empty()) continue;
    const ProtobufType type = protobuf_type(family.type);
    std::string name = escaped_name(family, escaping);
    name += name_suffix(family.type, SampleSpec::Part::kPlain);
    message.clear();
    put_text(kFamilyName, name, message.text());
    put_text(kFamilyHelp, family.help, message.text());
    put_number(kFamilyType, type.number, message.text());
    std::span<const SampleSpec> rest = family.samples;
    while (!rest.empty()) {
      const std::span<const SampleSpec> taken = take_metric(family.type, rest);
      metric.clear();
      for (const Label* label : metric_labels(family.type, taken[0])) {
        put_text(kMetricLabel, label_pair(*label, escaping), metric.text());
      }
      value.clear();
      if (family.type == FamilyType::kSummary) {
        value = summary(taken);
      } else {
        put_value(family, taken[0], value);
      }
      put_message(type.value_field, value, metric);
      put_message(kFamilyMetric, metric, message);
    }
    put_delimited(message, page);
  }
  return page;
}

}  // namespace jmxbridge
