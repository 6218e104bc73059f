#pragma once

#include <string>

#include "commands/command_line.h"

namespace jmxbridge {

/// What there is to say about moving a file of the JMX exporter: a line for each thing,
/// `FILE:LINE:COLUMN: VERDICT: KEY: TEXT` with the verdict `change`, `check`, `better` or `same`,
/// then a summary; and the program's exit status.
struct Migration {
  std::string text;
  int status = 0;
};

/// Judges a file of the exporter's standalone mode or of its Java agent, key by key.
Migration judge_migration(const std::string& path);

/// Prints it; returns the exit status: 0 nothing must be changed, 1 the file cannot be read, 3
/// something must be changed.
int migrate(const CommandLine& line);

}  // namespace jmxbridge
