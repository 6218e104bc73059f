#pragma once

#include <string>

namespace jmxbridge {

/// An exception that a target threw. The texts are the target's: hostile.
struct Thrown {
  std::string class_name;
  bool is_security = false;  ///< a SecurityException or derived from it
  /// An IOException that is no RemoteException: it is the session's, not the MBean's.
  bool is_io = false;
  /// The innermost cause, as `CLASS: MESSAGE` or `CLASS`.
  std::string brief;
};

}  // namespace jmxbridge
