#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "exposition/family.h"
#include "otlp/start_times.h"

namespace jmxbridge {

/// What goes into requests beside the families.
struct MetricsFrame {
  std::map<std::string, std::string> resource_attributes;
  bool preserve_names = false;
  std::uint64_t time = 0;       ///< of the numbers, in nanoseconds since 1970
  std::uint32_t own_slots = 0;  ///< numbers below this are the daemon's own
};

/// How much one request holds: receivers over gRPC take 4 MiB unless told otherwise.
inline constexpr std::size_t kRequestBytes = std::size_t{2} << 20;

/// Families as messages opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest, one
/// for each `request_bytes` or a little more (specification 11.5). Text that is no UTF-8 is made
/// so.
///
/// Counters are monotonic cumulative sums; gauges and unknowns are gauges; infos, which are 1, and
/// state sets are cumulative sums that are not monotonic; summaries are summaries.
std::vector<std::string> metrics_requests(std::span<const FamilySpec> families,
                                          std::span<const double> values, const MetricsFrame& frame,
                                          StartTimes& starts,
                                          std::size_t request_bytes = kRequestBytes);

}  // namespace jmxbridge
