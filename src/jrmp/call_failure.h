#pragma once

#include <cstdint>

#include "jmx/thrown.h"

namespace jmxbridge {

/// What an exception that a call threw means for what comes next.
enum class CallFailure : std::uint8_t {
  kGone,         ///< the bean is not registered
  kDenied,       ///< the target may not or will not: nothing about this bean can be read
  kThrew,        ///< the bean, or one of its attributes
  kSessionLost,  ///< the session has ended, or the target is another one
};

inline CallFailure judge(const Thrown& thrown) {
  if (thrown.class_name == "javax.management.InstanceNotFoundException") return CallFailure::kGone;
  if (thrown.class_name == "java.rmi.NoSuchObjectException" || thrown.is_io) {
    return CallFailure::kSessionLost;
  }
  return thrown.is_security ? CallFailure::kDenied : CallFailure::kThrew;
}

}  // namespace jmxbridge
