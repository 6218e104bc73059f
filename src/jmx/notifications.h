#pragma once

#include <cstdint>
#include <vector>

#include "jmx/object_name.h"

namespace jmxbridge {

/// The registrations, and their ends, of one javax.management.remote.NotificationResult.
struct Notifications {
  struct One {
    bool registered = false;  ///< false: unregistered
    ObjectName name;
  };

  std::int64_t earliest = 0;  ///< the oldest sequence number that the target still had
  std::int64_t next = 0;      ///< the one to ask with next
  std::size_t count = 0;      ///< notifications in the result
  std::vector<One> list;      ///< those of `count` that can be read, oldest first
};

}  // namespace jmxbridge
