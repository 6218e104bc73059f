#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "jni/explain.h"
#include "jni/java_failure.h"

namespace jmxbridge {

/// The first byte of a TLS handshake (RFC 8446, 5.1).
inline constexpr int kTlsHandshake = 0x16;
/// As many bytes of a sentence from the Java side are shown.
inline constexpr std::size_t kSentence = 600;

/// The sentence for a failure of TLS; nothing if the failure is of another kind. `place` is who was
/// connected to last; `detail` the innermost cause, fit to be shown.
std::optional<std::string> explain_tls(const JavaFailure& failure, const TargetAddress& target,
                                       std::string_view place, std::string_view detail);

}  // namespace jmxbridge
