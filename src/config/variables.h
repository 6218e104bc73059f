#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace jmxbridge {

/// Resolves a value that is `${NAME}` as a whole to the environment variable NAME, trimmed; any
/// other text is returned as it is (specification 2.8). Errors name the variable, never its value.
Result<std::string> resolve_variable(std::string_view text);

}  // namespace jmxbridge
