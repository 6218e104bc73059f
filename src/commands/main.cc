#include <fcntl.h>
#include <malloc.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
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

/// Takes the place of standard streams that the caller has closed: a socket that got such a number
/// would get the log. Opened the wrong way round, they fail as closed ones do.
void occupy_standard_streams() {
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(fd, F_GETFD) == -1) {
      (void)::open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
    }
  }
}

/// `status`, unless something that went to stdout could not be written: then the reason is said.
/// A reader that has seen enough, such as head, is no failure.
int status_of_output(int status) {
  const bool is_written = std::fflush(stdout) == 0 && std::ferror(stdout) == 0;
  if (is_written || errno == EPIPE) return status;
  std::fprintf(stderr, "jmxbridge: stdout cannot be written (%s); send it elsewhere\n",
               std::strerror(errno));
  return kExitError;
}

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
  occupy_standard_streams();
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
      status = status_of_output(run(*line));
    } else {
      std::fputs(line.error().text.c_str(), stderr);
      status = line.error().status;
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "jmxbridge: cannot go on: %s\n", error.what());
  }
  end_process(status);
}
