#pragma once

namespace jmxbridge {

/// What the kernel says of this process; the meanings are those of Prometheus' `process_*`.
struct ProcessStats {
  double cpu_seconds = 0;
  double resident_bytes = 0;
  double virtual_bytes = 0;
  double open_fds = 0;
  double max_fds = 0;
  double start_time_seconds = 0;  ///< since 1970 UTC
};

/// Reads /proc/self (proc(5)); what cannot be read stays 0.
ProcessStats read_process_stats();

}  // namespace jmxbridge
