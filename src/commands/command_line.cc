#include "commands/command_line.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <optional>
#include <utility>

#include "commands/flag_values.h"
#include "config/coerced.h"

namespace jmxbridge {
namespace {

using Arguments = std::span<const std::string_view>;

/// A subcommand, or the daemon itself, as a bit for Flag::commands.
enum : std::uint8_t {
  kDaemon = 1,
  kSnapshot = 2,
  kTestRules = 4,
  kExplain = 8,
  kDiff = 16,
  kMigrate = 32
};

/// A subcommand: the word for it, and what its help says.
struct Command {
  std::string_view word;
  CommandLine::Action action;
  std::uint8_t bit;
  std::string_view usage;
  std::string_view help;
};

/// One flag: how it reads in `--help` and what it does to the command line.
struct Flag {
  enum class Takes : std::uint8_t { kNothing, kValue, kOptionalValue };

  std::uint8_t commands;  ///< who takes it
  std::string_view group;
  std::string_view name;  ///< with its dashes
  Takes takes;
  std::string_view argument;  ///< what `--help` calls the value
  bool repeatable;
  std::string_view help;  ///< lines of at most 60 characters
  Complaint (*apply)(CommandLine& line, std::string_view value);
};

std::string quoted(std::string_view text) { return "'" + printable(text, 200) + "'"; }

using Takes = Flag::Takes;

constexpr std::uint8_t kEvery = kDaemon | kSnapshot | kTestRules | kExplain | kDiff | kMigrate;

constexpr Flag kFlags[] = {
    {kDaemon | kSnapshot | kExplain, "Configuration", "--config.file", Takes::kValue, "FILE", false,
     "the configuration, in the form of the JMX exporter's",
     [](CommandLine& line, std::string_view text) { return set_text(line.config_file, text); }},
    {kDaemon, "Configuration", "--config.check", Takes::kOptionalValue, "strict", false,
     "print what is wrong with the configuration, and with that\n"
     "of --web.config.file, and exit; either may stand alone;\n"
     "with =strict, warnings end with status 3",
     [](CommandLine& line, std::string_view text) -> Complaint {
       if (!text.empty() && text != "strict") return "is unknown; write strict or nothing";
       line.action = CommandLine::Action::kCheckConfig;
       line.strict = !text.empty();
       return std::nullopt;
     }},
    {kDaemon | kSnapshot | kExplain, "Configuration", "--self", Takes::kNothing, "", false,
     "the target is the JVM inside the daemon: a first look; a\n"
     "configuration gives the rules, if there is one",
     [](CommandLine& line, std::string_view) -> Complaint {
       line.self = true;
       return std::nullopt;
     }},
    {kDaemon, "Target", "--lane", Takes::kValue, "LANE", false,
     "fast: read the target's RMI port directly; portable: read\n"
     "through the JVM; auto: the first that works (default)",
     [](CommandLine& line, std::string_view text) -> Complaint {
       if (text == "auto") {
         line.lane = LaneChoice::kAuto;
       } else if (text == "portable") {
         line.lane = LaneChoice::kPortable;
       } else if (text == "fast") {
         line.lane = LaneChoice::kFast;
       } else {
         return "is none of auto, fast and portable";
       }
       return std::nullopt;
     }},
    {kSnapshot, "Output", "--output", Takes::kValue, "FILE", false,
     "where to write; a new file is its owner's alone\n(default stdout)",
     [](CommandLine& line, std::string_view text) { return set_text(line.output, text); }},
    {kExplain, "Scope", "--snapshot", Takes::kValue, "FILE", false,
     "explain this snapshot; no target and no JVM is needed\n(default: the live target)",
     [](CommandLine& line, std::string_view text) { return set_text(line.snapshot_file, text); }},
    {kExplain, "Scope", "--bean", Takes::kValue, "PATTERN", false,
     "only beans of this ObjectName pattern, as\n'java.lang:type=Memory,*'",
     [](CommandLine& line, std::string_view text) { return set_text(line.bean, text); }},
    {kExplain, "Scope", "--attribute", Takes::kValue, "NAME", false,
     "only the attribute of this name",
     [](CommandLine& line, std::string_view text) { return set_text(line.attribute, text); }},
    {kDiff, "Comparison", "--values", Takes::kNothing, "", false,
     "a series of another value is a difference; else such are\ncounted alone, as most move",
     [](CommandLine& line, std::string_view) -> Complaint {
       line.diff.values = true;
       return std::nullopt;
     }},
    {kDiff, "Comparison", "--tolerance", Takes::kValue, "NUMBER", true,
     "the same, but values may be so far apart, as 0.5 or 5%;\nrepeatable, the widest counts",
     set_tolerance},
    {kDiff, "Comparison", "--own", Takes::kNothing, "", false,
     "compare as well what an exporter says of itself: jmx_up\n"
     "and the like, jmxbridge_*, the agent's jvm_*, process_*",
     [](CommandLine& line, std::string_view) -> Complaint {
       line.diff.own = true;
       return std::nullopt;
     }},
    {kDiff, "Comparison", "--limit", Takes::kValue, "NUMBER", false,
     "lines of each kind; 0 is all (default 20)", set_limit},
    {kDaemon, "Web", "--web.listen-address", Takes::kValue, "HOST:PORT", true,
     "where to listen; :PORT is every interface; repeatable\n(default :9404)", add_listen_address},
    {kDaemon, "Web", "--web.config.file", Takes::kValue, "FILE", false,
     "TLS and passwords of the daemon's own port, in the form of\nPrometheus' exporters",
     [](CommandLine& line, std::string_view text) { return set_text(line.web_config_file, text); }},
    {kDaemon, "Web", "--web.telemetry-path", Takes::kValue, "PATH", false,
     "a path that serves metrics beside /metrics",
     [](CommandLine& line, std::string_view text) -> Complaint {
       if (text.substr(0, 1) != "/") return "does not start with a slash";
       line.telemetry_path = text;
       return std::nullopt;
     }},
    {kDaemon, "Web", "--web.max-requests", Takes::kValue, "NUMBER", false,
     "scrapes in work at once, beyond which the answer is 503;\n0 is no bound (default 40)",
     set_max_requests},
    {kDaemon, "Web", "--timeout-offset", Takes::kValue, "DURATION", false,
     "how much earlier than Prometheus' own time-out a scrape\n"
     "ends, as 500ms or 0.5s (default 0.5s, at most a quarter)",
     set_timeout_offset},
    {kEvery, "Log", "--log.level", Takes::kValue, "LEVEL", false,
     "debug, info, warn or error (default info; warn for\nsubcommands)",
     [](CommandLine& line, std::string_view text) -> Complaint {
       constexpr std::string_view kLevels[] = {"debug", "info", "warn", "error"};
       if (std::find(std::begin(kLevels), std::end(kLevels), text) == std::end(kLevels)) {
         return "is none of debug, info, warn and error";
       }
       line.log_level = text;
       return std::nullopt;
     }},
    {kEvery, "Log", "--log.format", Takes::kValue, "FORMAT", false,
     "logfmt or json (default logfmt)",
     [](CommandLine& line, std::string_view text) -> Complaint {
       if (text != "logfmt" && text != "json") return "is neither logfmt nor json";
       line.log_format = text == "json" ? LogFormat::kJson : LogFormat::kLogfmt;
       return std::nullopt;
     }},
    {kDaemon | kSnapshot | kExplain, "Java", "--java.home", Takes::kValue, "DIR", false,
     "the Java runtime to use, 17 or newer (default JAVA_HOME,\n"
     "then the system's, then the newest in /usr/lib/jvm)",
     [](CommandLine& line, std::string_view text) { return set_text(line.java_home, text); }},
    {kDaemon | kSnapshot | kExplain, "Java", "--java.options", Takes::kValue, "OPTIONS", true,
     "options for the JVM, separated by blanks; double quotes\n"
     "keep blanks; repeatable. JAVA_TOOL_OPTIONS is not used",
     add_java_options},
    {kEvery, "Other", "--help", Takes::kNothing, "", false, "print this text",
     [](CommandLine& line, std::string_view) -> Complaint {
       line.action = CommandLine::Action::kHelp;
       return std::nullopt;
     }},
    {kDaemon, "Other", "--version", Takes::kNothing, "", false, "print the version",
     [](CommandLine& line, std::string_view) -> Complaint {
       line.action = CommandLine::Action::kVersion;
       return std::nullopt;
     }},
};

constexpr Command kCommands[] = {
    {"", CommandLine::Action::kServe, kDaemon,
     "usage:\n"
     "  jmxbridge [HOST:]PORT CONFIG [FLAG...]\n"
     "  jmxbridge CONFIG [FLAG...]\n"
     "  jmxbridge --config.file=CONFIG [--web.listen-address=HOST:PORT...] [FLAG...]\n"
     "  jmxbridge --self [FLAG...]\n"
     "  jmxbridge --config.check[=strict] [CONFIG] [--web.config.file=FILE]\n"
     "  jmxbridge snapshot | test-rules | explain | migrate | diff [--help]\n"
     "  jmxbridge --help | --version\n",
     "jmxbridge reads the MBeans of a running JVM over JMX and serves them to Prometheus.\n"},
    {"snapshot", CommandLine::Action::kSnapshot, kSnapshot,
     "usage:\n"
     "  jmxbridge snapshot --config.file=CONFIG [--output=FILE] [FLAG...]\n"
     "  jmxbridge snapshot --self [--output=FILE] [FLAG...]\n",
     "Saves the MBeans of a target with their values, for test-rules and explain. What the\n"
     "configuration excludes is saved without values.\n"},
    {"test-rules", CommandLine::Action::kTestRules, kTestRules,
     "usage:\n"
     "  jmxbridge test-rules FILE...\n",
     "Runs a configuration's rules on snapshots and compares the samples with those that each\n"
     "FILE expects. Needs neither a target nor a JVM.\n"},
    {"explain", CommandLine::Action::kExplain, kExplain,
     "usage:\n"
     "  jmxbridge explain --config.file=CONFIG [--snapshot=FILE] [--bean=PATTERN]\n"
     "                    [--attribute=NAME] [FLAG...]\n"
     "  jmxbridge explain --self [FLAG...]\n",
     "Says of each attribute which rule makes which sample of it, or why none does, with the\n"
     "text that patterns are matched against.\n"},
    {"migrate", CommandLine::Action::kMigrate, kMigrate,
     "usage:\n"
     "  jmxbridge migrate FILE\n",
     "Says of a file of the JMX exporter, standalone or Java agent, key by key what is the same\n"
     "here, what is better, and what to change. Needs neither a target nor a JVM.\n"},
    {"diff", CommandLine::Action::kDiff, kDiff,
     "usage:\n"
     "  jmxbridge diff [FLAG...] A B\n",
     "Compares two pages of metrics, B with A, by series and type: files, or URLs that are\n"
     "scraped at the same time. Text and OpenMetrics are understood.\n"},
};

/// The subcommand that the first argument names, or the daemon.
const Command& command_of(Arguments arguments) {
  const auto* named = std::find_if(
      std::begin(kCommands) + 1, std::end(kCommands),
      [&](const Command& command) { return !arguments.empty() && command.word == arguments[0]; });
  return named == std::end(kCommands) ? kCommands[0] : *named;
}

/// How many characters must be put in, left out or replaced to make `b` of `a`.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = std::exchange(row[j], std::min({replaced, row[j] + 1, row[j - 1] + 1}));
    }
  }
  return row.back();
}

std::string unknown_flag(std::string_view name, const Command& command) {
  constexpr std::size_t kFar = 1000;
  const std::string_view known = name.substr(0, 100);
  const auto distance = [&](const Flag& flag) {
    return (flag.commands & command.bit) != 0 ? edit_distance(known, flag.name) : kFar;
  };
  const auto* nearest =
      std::min_element(std::begin(kFlags), std::end(kFlags),
                       [&](const Flag& a, const Flag& b) { return distance(a) < distance(b); });
  std::string text = "unknown flag " + quoted(name);
  // A guess that shares less than half of the flag's text helps nobody.
  if (distance(*nearest) * 2 <= nearest->name.size()) {
    text += "; did you mean " + std::string(nearest->name) + "?";
  }
  return text;
}

Unexpected<CommandLineError> usage_error(std::string text, const Command& command) {
  return {{"jmxbridge: " + std::move(text) + "\n" + std::string(command.usage), kExitUsage}};
}

/// The flags and the other arguments of a command line, taken apart in one pass.
struct Parts {
  const Command& command;
  CommandLine line;
  std::vector<std::string_view> positional;
  std::vector<const Flag*> seen;

  bool has(std::string_view name) const {
    return std::any_of(seen.begin(), seen.end(),
                       [&](const Flag* flag) { return flag->name == name; });
  }
};

/// Reads the flag at the front of `rest` and takes it off, with its value.
Complaint read_flag(Arguments& rest, Parts& parts) {
  const std::string_view argument = rest.front();
  rest = rest.subspan(1);
  const std::size_t equals = argument.find('=');
  std::string_view name = argument.substr(0, equals);
  if (name == "-h") name = "--help";
  const auto* flag = std::find_if(std::begin(kFlags), std::end(kFlags), [&](const Flag& each) {
    return each.name == name && (each.commands & parts.command.bit) != 0;
  });
  if (flag == std::end(kFlags)) return unknown_flag(name, parts.command);
  if (!flag->repeatable && parts.has(name)) return std::string(name) + " stands twice";
  parts.seen.push_back(flag);

  std::string_view value;
  if (equals != std::string_view::npos) {
    value = argument.substr(equals + 1);
    if (flag->takes == Takes::kNothing) return std::string(name) + " takes no value";
  } else if (flag->takes == Takes::kValue) {
    if (rest.empty() || rest.front().substr(0, 2) == "--") {
      return std::string(name) + " needs a value: " + std::string(name) + "=" +
             std::string(flag->argument);
    }
    value = rest.front();
    rest = rest.subspan(1);
  }
  const Complaint complaint = flag->apply(parts.line, value);
  if (!complaint) return std::nullopt;
  return std::string(name) + ": " + quoted(value) + " " + *complaint;
}

Complaint take_apart(Arguments rest, Parts& parts) {
  bool flags = true;
  while (!rest.empty()) {
    const std::string_view argument = rest.front();
    if (flags && argument == "--") {
      flags = false;
      rest = rest.subspan(1);
    } else if (flags && argument.size() > 1 && argument[0] == '-') {
      if (Complaint complaint = read_flag(rest, parts)) return complaint;
      // Help is given even if what follows is wrong.
      if (parts.line.action == CommandLine::Action::kHelp) return std::nullopt;
    } else {
      if (is_blank(argument)) return "argument " + quoted(argument) + " is blank";
      parts.positional.push_back(argument);
      rest = rest.subspan(1);
    }
  }
  return std::nullopt;
}

/// Carries the peer's form, `[HOST:]PORT CONFIG`, over to what the flags say.
Complaint use_peer_form(Parts& parts) {
  if (parts.has("--config.file") || parts.has("--web.listen-address")) {
    return "give either [HOST:]PORT CONFIG or --config.file and --web.listen-address, not both";
  }
  const std::string_view address_text = parts.positional[0];
  const std::optional<HttpOptions::Address> address = read_peer_address(address_text);
  if (!address) {
    return quoted(address_text) + " is no [HOST:]PORT with a port from 1 to 65535";
  }
  parts.line.listen.push_back(*address);
  parts.line.config_file = parts.positional[1];
  return std::nullopt;
}

/// What the flags of a subcommand still lack or have too much.
Complaint check_command(Parts& parts) {
  CommandLine& line = parts.line;
  line.files.assign(parts.positional.begin(), parts.positional.end());
  switch (line.action) {
    case CommandLine::Action::kTestRules:
      if (line.files.empty()) return "there is no test file; name one or more";
      return std::nullopt;
    case CommandLine::Action::kDiff:
      if (line.files.size() != 2) return "name two pages to compare, files or URLs";
      return std::nullopt;
    case CommandLine::Action::kMigrate:
      if (line.files.size() != 1) return "name one configuration file";
      return std::nullopt;
    default:
      break;
  }
  if (!parts.positional.empty()) {
    return "argument " + quoted(parts.positional[0]) + " belongs to no flag";
  }
  if (line.config_file.empty() && !line.self) {
    return "there is no configuration; add --config.file=FILE";
  }
  return std::nullopt;
}

Result<CommandLine, CommandLineError> parse_subcommand(const Command& command,
                                                       Arguments arguments) {
  Parts parts{command, {}, {}, {}};
  parts.line.action = command.action;
  parts.line.command = command.action;
  parts.line.log_level = "warn";
  if (Complaint complaint = take_apart(arguments, parts)) return usage_error(*complaint, command);
  if (parts.line.action == CommandLine::Action::kHelp) return std::move(parts.line);
  if (Complaint complaint = check_command(parts)) return usage_error(*complaint, command);
  return std::move(parts.line);
}

}  // namespace

Result<CommandLine, CommandLineError> parse_command_line(Arguments arguments) {
  const Command& command = command_of(arguments);
  if (arguments.empty()) {
    return Unexpected<CommandLineError>{{std::string(command.usage), kExitUsage}};
  }
  if (command.bit != kDaemon) return parse_subcommand(command, arguments.subspan(1));
  Parts parts{command, {}, {}, {}};
  if (Complaint complaint = take_apart(arguments, parts)) return usage_error(*complaint, command);
  CommandLine& line = parts.line;
  using Action = CommandLine::Action;
  if (line.action == Action::kHelp || line.action == Action::kVersion) return std::move(line);

  if (parts.positional.size() > 2) {
    return usage_error("there are " + std::to_string(parts.positional.size()) +
                           " arguments besides the flags; at most two are understood",
                       command);
  }
  if (parts.positional.size() == 2) {
    if (Complaint complaint = use_peer_form(parts)) return usage_error(*complaint, command);
  } else if (parts.positional.size() == 1 && line.action == Action::kCheckConfig) {
    if (!line.config_file.empty()) return usage_error("the configuration is given twice", command);
    line.config_file = parts.positional[0];
  } else if (parts.positional.size() == 1) {
    if (parts.has("--config.file") || parts.has("--web.listen-address")) {
      return usage_error("argument " + quoted(parts.positional[0]) + " belongs to no flag",
                         command);
    }
    if (read_peer_address(parts.positional[0])) {
      return usage_error("no configuration follows the port " + quoted(parts.positional[0]) +
                             "; write [HOST:]PORT CONFIG",
                         command);
    }
    line.config_file = parts.positional[0];
    line.push_only = true;
  }

  const bool is_check = line.action == Action::kCheckConfig;
  const bool has_other = is_check ? !line.web_config_file.empty() : line.self;
  if (line.config_file.empty() && !has_other) {
    return usage_error("there is no configuration; add --config.file=FILE", command);
  }
  if (line.listen.empty() && !line.push_only) line.listen.push_back({"", 9404});
  return std::move(line);
}

std::string_view usage_text() { return kCommands[0].usage; }

namespace {

std::string flags_text(const Command& command) {
  constexpr std::size_t kTextColumn = 37;
  std::string text;
  std::string_view group;
  for (const Flag& flag : kFlags) {
    if ((flag.commands & command.bit) == 0) continue;
    if (flag.group != group) {
      group = flag.group;
      text += '\n';
      text += group;
      text += ":\n";
    }
    std::string left = "  " + std::string(flag.name);
    if (flag.takes == Takes::kValue) left += "=" + std::string(flag.argument);
    if (flag.takes == Takes::kOptionalValue) left += "[=" + std::string(flag.argument) + "]";
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
    "  1  one of them cannot be read\n"
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
  const auto* command = std::find_if(std::begin(kCommands), std::end(kCommands),
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
