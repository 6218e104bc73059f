#pragma once

#include <optional>

#include "config/open_telemetry_config.h"
#include "config/section.h"

namespace jmxbridge {

/// Reads `openTelemetry` (specification section 11) from a file's top level, and over it the
/// standard environment variables; nothing if the key is absent. What is wrong with a variable is
/// reported at the key that it stands for.
std::optional<OpenTelemetryConfig> load_open_telemetry(const Section& top);

}  // namespace jmxbridge
