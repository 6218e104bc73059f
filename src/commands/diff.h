#pragma once

#include "commands/command_line.h"

namespace jmxbridge {

/// Compares two saved pages or URLs to stdout; returns the program's exit status: 0 the same, 1 one
/// cannot be read, 3 they differ.
int diff_pages(const CommandLine& line);

}  // namespace jmxbridge
