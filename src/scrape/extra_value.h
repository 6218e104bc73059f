#pragma once

#include "config/config.h"
#include "jmx/value.h"

namespace jmxbridge {

/// The value that the file gives an extra metric; a view of it.
Value value_of(const ExtraMetric& extra);

}  // namespace jmxbridge
