#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "jni/explain.h"
#include "jni/java_failure.h"

namespace jmxbridge {

/// The sentence for a failure of TLS; nothing if the failure is of another kind. `place` is who was
/// connected to last; `detail` the innermost cause, fit to be shown.
std::optional<std::string> explain_tls(const JavaFailure& failure, const TargetAddress& target,
                                       std::string_view place, std::string_view detail);

}  // namespace jmxbridge
