#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "jni/java_failure.h"

namespace jmxbridge {

/// Who is talked to, as the user knows it, and what must never be shown.
struct TargetAddress {
  std::string host;  ///< empty for a stub or the embedded JVM itself
  std::uint16_t port = 0;
  std::string name;           ///< in the registry
  std::string password;       ///< taken out of every text
  bool tls = false;           ///< there are settings for TLS
  bool registry_tls = false;  ///< the registry is asked with it
  bool client_key = false;    ///< a key store is among the settings

  /// `HOST:PORT`, or what stands for it.
  std::string text() const;
};

/// Makes one sentence of a failure: who, what happened, what to do. `expired`: the deadline of the
/// call has passed. What means that the session is of no more use is kSession.
Error explain(const JavaFailure& failure, const TargetAddress& target, bool expired);

}  // namespace jmxbridge
