#pragma once

#include "base/result.h"
#include "jmx/arena.h"
#include "jmx/limits.h"
#include "jmx/mbean_info.h"
#include "jmx/stream_node.h"

namespace jmxbridge {

/// What an object of javax.management.MBeanInfo, or of a class derived from it, says. Fails if its
/// texts together pass Limits::answer_bytes, as texts that are shared in the stream can.
Result<MBeanInfo> read_mbean_info(const ObjectNode& info, const Limits& limits, Arena& arena);

}  // namespace jmxbridge
