#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "jmx/object_name.h"
#include "scrape/source.h"
#include "snapshot/recording.h"

namespace jmxbridge {

/// What a capture reads.
struct CaptureScope {
  /// The beans that this pattern takes in; absent: all.
  std::optional<ObjectName> beans;
  /// True for attributes whose values must not be read.
  std::function<bool(const ObjectName& bean, std::string_view attribute)> leaves_out;
};

/// Reads everything in scope from a session, once. A bean that does not answer is noted as such
/// and costs the others only time; the error is one of the session, or that nothing answered.
asio::awaitable<Result<Recording>> capture(Source& source, const CaptureScope& scope,
                                           Deadline deadline);

}  // namespace jmxbridge
