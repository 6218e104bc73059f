#pragma once

#include "commands/command_line.h"

namespace jmxbridge {

/// Runs the tests of every file that the command line names: the outcome goes to stdout, what is
/// wrong with a file to stderr. 0: all pass; 1: one fails, or a file cannot be used.
int test_rules(const CommandLine& line);

}  // namespace jmxbridge
