#pragma once

#include "commands/command_line.h"

namespace jmxbridge {

/// Reads the target once and writes what it found as a snapshot file, to stdout or a file that only
/// its owner can read. Returns the program's exit status.
int take_snapshot(const CommandLine& line);

}  // namespace jmxbridge
