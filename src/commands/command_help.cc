// What `--help` prints.
#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "commands/flags.h"

namespace jmxbridge {
namespace {

std::string flags_text(const Command& command) {
  constexpr std::size_t kTextColumn = 37;
  std::string text;
  std::string_view group;
  for (const Flag& flag : flags()) {
    if ((flag.commands & command.bit) == 0) continue;
    if (flag.group != group) {
      group = flag.group;
      text += '\n';
      text += group;
      text += ":\n";
    }
    std::string left = "  " + std::string(flag.name);
    if (flag.takes == Flag::Takes::kValue) left += "=" + std::string(flag.argument);
    if (flag.takes == Flag::Takes::kOptionalValue) left += "[=" + std::string(flag.argument) + "]";
    left.resize(kTextColumn, ' ');
    text += left;
    for (const char c : flag.help) {
      text += c;
      if (c == '\n') text.append(kTextColumn, ' ');
    }
    text += '\n';
  }
  return text;
}

constexpr std::string_view kDaemonPorts =
    "\n"
    "  [HOST:]PORT is read as the JMX exporter reads it: PORT listens on every interface,\n"
    "  :PORT on 127.0.0.1 only. CONFIG alone opens no port: metrics are pushed as its\n"
    "  openTelemetry says.\n";

constexpr std::string_view kDaemonNotes =
    "\n"
    "Paths:\n"
    "  /metrics  /-/healthy  /-/ready  /config  / for people  and POST to /-/reload\n"
    "\n"
    "Signals:\n"
    "  SIGHUP            read the configuration again; if it is wrong, the old one stays\n"
    "  SIGTERM, SIGINT   finish the scrapes in flight, then exit; a second one exits at once\n"
    "  SIGQUIT           write the daemon's state to the log\n"
    "\n"
    "Exit status:\n"
    "  0  fine\n"
    "  1  an error of the configuration or at run time\n"
    "  2  the command line is wrong\n"
    "  3  the configuration is valid, but --config.check=strict has findings\n";

constexpr std::string_view kDiffNotes =
    "\n"
    "Exit status:\n"
    "  0  the pages are the same\n"
    "  1  one of them cannot be read, or there is nothing to compare\n"
    "  2  the command line is wrong\n"
    "  3  they differ\n";

constexpr std::string_view kMigrateNotes =
    "\n"
    "Exit status:\n"
    "  0  nothing must be changed\n"
    "  1  the file cannot be read\n"
    "  2  the command line is wrong\n"
    "  3  something must be changed\n";

constexpr std::string_view kSubcommandNotes =
    "\n"
    "Exit status:\n"
    "  0  fine\n"
    "  1  a file or the target cannot be read, or a test fails\n"
    "  2  the command line is wrong\n";

std::string_view notes_of(CommandLine::Action action) {
  switch (action) {
    case CommandLine::Action::kServe:
      return kDaemonNotes;
    case CommandLine::Action::kDiff:
      return kDiffNotes;
    case CommandLine::Action::kMigrate:
      return kMigrateNotes;
    default:
      return kSubcommandNotes;
  }
}

}  // namespace

std::string help_text(CommandLine::Action action) {
  const std::span<const Command> all = commands();
  const auto command = std::find_if(all.begin(), all.end(),
                                    [&](const Command& each) { return each.action == action; });
  std::string text(command->help);
  text += '\n';
  text += command->usage;
  if (command->bit == kDaemon) text += kDaemonPorts;
  text += flags_text(*command);
  text += notes_of(command->action);
  return text;
}

}  // namespace jmxbridge
