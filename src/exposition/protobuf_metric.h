#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "exposition/family.h"

namespace jmxbridge {

/// The numbers and names that Prometheus' protobuf schema, io.prometheus.client, gives to the types
/// of families that we have (specification 10.12).
struct ProtobufType {
  std::uint32_t number;       ///< in the enumeration MetricType
  std::string_view name;      ///< there
  std::uint32_t value_field;  ///< of Metric: the message with the value
  std::string_view value_name;
};

/// State sets and infos are gauges there.
ProtobufType protobuf_type(FamilyType type);

/// Takes the samples of the next Metric off the front of `rest`: one, but of a summary all that
/// differ in nothing but their quantile and part. `rest` is not empty.
std::span<const SampleSpec> take_metric(FamilyType type, std::span<const SampleSpec>& rest);

/// The labels of a Metric: those of its samples, a summary's without the quantile.
std::vector<const Label*> metric_labels(FamilyType type, const SampleSpec& sample);

/// A count as a whole number: what is none, or out of range, becomes the nearest that is.
std::uint64_t whole_number(double number);

/// The number in a summary's `quantile` label; NaN if it is none.
double quantile_of(const SampleSpec& sample);

}  // namespace jmxbridge
