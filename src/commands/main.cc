#include <malloc.h>

#include <cstdio>
#include <exception>
#include <string_view>
#include <vector>

#include "commands/command_line.h"
#include "commands/configuration.h"
#include "commands/diff.h"
#include "commands/explain.h"
#include "commands/migrate.h"
#include "commands/serve.h"
#include "commands/snapshot.h"
#include "commands/test_rules.h"

using namespace jmxbridge;

namespace {

int run(const CommandLine& line) {
  switch (line.action) {
    case CommandLine::Action::kHelp:
      std::fputs(help_text(line.command).c_str(), stdout);
      return kExitFine;
    case CommandLine::Action::kVersion:
      std::fputs(version_text().c_str(), stdout);
      return kExitFine;
    case CommandLine::Action::kCheckConfig: {
      const CheckedConfiguration checked =
          check_configuration(line.config_file, line.web_config_file, line.strict);
      std::fputs(checked.text.c_str(), stdout);
      return checked.status;
    }
    case CommandLine::Action::kServe:
      return serve(line);
    case CommandLine::Action::kSnapshot:
      return take_snapshot(line);
    case CommandLine::Action::kTestRules:
      return test_rules(line);
    case CommandLine::Action::kExplain:
      return explain(line);
    case CommandLine::Action::kDiff:
      return diff_pages(line);
    case CommandLine::Action::kMigrate:
      return migrate(line);
  }
  return kExitUsage;
}

}  // namespace

int main(int argc, char** argv) {
  // Each thread would get an arena of 64 MiB of addresses; two serve a few threads as well.
  mallopt(M_ARENA_MAX, 2);
  // What a huge value took is given back: without a bound of its own, malloc would raise it to keep
  // such blocks in each arena.
  mallopt(M_MMAP_THRESHOLD, 4 * 1024 * 1024);
  int status = kExitError;
  try {
    const std::vector<std::string_view> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
    const Result<CommandLine, CommandLineError> line = parse_command_line(arguments);
    if (line) {
      status = run(*line);
    } else {
      std::fputs(line.error().text.c_str(), stderr);
      status = line.error().status;
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "jmxbridge: cannot go on: %s\n", error.what());
  }
  end_process(status);
}
