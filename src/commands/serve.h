#pragma once

#include "commands/command_line.h"

namespace jmxbridge {

/// Runs the daemon until SIGTERM or SIGINT and returns the program's exit status.
///
/// In order: configuration, signals, JVM, listening, READY to systemd. What fails before READY is
/// said on stderr and gives status 1. Threads of the JVM are still there when this returns: the
/// caller must leave by end_process().
int serve(const CommandLine& line);

/// Ends the process without waiting for threads or running destructors: the JVM cannot be taken
/// down in order, and a call to a frozen target may hold one of its threads. Under a sanitizer the
/// usual exit, which reports.
[[noreturn]] void end_process(int status);

}  // namespace jmxbridge
