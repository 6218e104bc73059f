#include "commands/command_line.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <optional>
#include <utility>

namespace jmxbridge {
namespace {

using Arguments = std::span<const std::string_view>;

/// What is wrong with a flag's value, said as the end of a sentence; nothing: it is fine.
using Complaint = std::optional<std::string>;

/// A subcommand, or the daemon itself, as a bit for Flag::commands.
enum : std::uint8_t { kDaemon = 1, kSnapshot = 2, kTestRules = 4, kExplain = 8 };

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

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n\f\v") == std::string_view::npos;
}

/// A decimal port with an optional plus sign, as Java's Integer.parseInt reads it; ports below
/// `lowest` are refused.
std::optional<std::uint16_t> read_port(std::string_view text, int lowest) {
  if (!text.empty() && text[0] == '+') text.remove_prefix(1);
  if (text.empty() || text[0] == '-') return std::nullopt;
  int port = 0;
  const char* end = text.data() + text.size();
  const std::from_chars_result read = std::from_chars(text.data(), end, port);
  if (read.ec != std::errc() || read.ptr != end || port < lowest || port > 65535) {
    return std::nullopt;
  }
  return static_cast<std::uint16_t>(port);
}

std::string without_brackets(std::string_view host) {
  if (host.size() >= 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  }
  return std::string(host);
}

/// The peer's `[HOST:]PORT` (specification 1.1.5), whose `:PORT` is loopback.
std::optional<HttpOptions::Address> read_peer_address(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  const std::string_view port_text =
      colon == std::string_view::npos ? text : text.substr(colon + 1);
  const std::optional<std::uint16_t> port = read_port(port_text, 1);
  if (!port) return std::nullopt;
  if (colon == std::string_view::npos) return HttpOptions::Address{"", *port};
  if (colon == 0) return HttpOptions::Address{"127.0.0.1", *port};
  std::string host = without_brackets(text.substr(0, colon));
  if (is_blank(host)) return std::nullopt;
  // Java binds this address for both families.
  if (host == "0.0.0.0") host.clear();
  return HttpOptions::Address{std::move(host), *port};
}

/// Prometheus' `HOST:PORT`, whose `:PORT` is every interface and whose port 0 is any free port.
Complaint add_listen_address(CommandLine& line, std::string_view text) {
  const std::size_t colon = text.rfind(':');
  const std::optional<std::uint16_t> port =
      colon == std::string_view::npos ? std::nullopt : read_port(text.substr(colon + 1), 0);
  if (!port) return "is no HOST:PORT or :PORT with a port from 0 to 65535";
  std::string host = without_brackets(text.substr(0, colon));
  if (!host.empty() && is_blank(host)) return "has a blank host; write :PORT for every interface";
  line.listen.push_back({std::move(host), *port});
  return std::nullopt;
}

Complaint set_max_requests(CommandLine& line, std::string_view text) {
  constexpr std::size_t kMost = 100'000;
  std::size_t number = 0;
  const char* end = text.data() + text.size();
  const std::from_chars_result read = std::from_chars(text.data(), end, number);
  if (read.ec != std::errc() || read.ptr != end || number > kMost) {
    return "is no number from 0 to 100000";
  }
  line.max_requests = number;
  return std::nullopt;
}

Complaint set_timeout_offset(CommandLine& line, std::string_view text) {
  constexpr double kLongest = 3600;
  double number = 0;
  const char* end = text.data() + text.size();
  const std::from_chars_result read =
      std::from_chars(text.data(), end, number, std::chars_format::fixed);
  const std::string_view unit(read.ptr, static_cast<std::size_t>(end - read.ptr));
  double seconds = number;
  if (unit == "ms") {
    seconds = number / 1000;
  } else if (unit == "m") {
    seconds = number * 60;
  } else if (!unit.empty() && unit != "s") {
    seconds = -1;
  }
  if (read.ec != std::errc() || !(seconds >= 0 && seconds <= kLongest)) {
    return "is no duration from 0 to 1 h; write 500ms, 0.5s or 0.5";
  }
  line.timeout_offset = std::chrono::milliseconds(std::llround(seconds * 1000));
  return std::nullopt;
}

/// Flags that say it again add to what is there.
Complaint add_java_options(CommandLine& line, std::string_view text) {
  if (std::count(text.begin(), text.end(), '"') % 2 != 0) return "has a quote that is not closed";
  if (!line.java_options.empty()) line.java_options += ' ';
  line.java_options += text;
  return std::nullopt;
}

Complaint set_text(std::string& to, std::string_view text) {
  if (is_blank(text)) return "is blank";
  to = text;
  return std::nullopt;
}

using Takes = Flag::Takes;

constexpr std::uint8_t kEvery = kDaemon | kSnapshot | kTestRules | kExplain;

constexpr Flag kFlags[] = {
    {kDaemon | kSnapshot | kExplain, "Configuration", "--config.file", Takes::kValue, "FILE", false,
     "the configuration, in the form of the JMX exporter's",
     [](CommandLine& line, std::string_view text) { return set_text(line.config_file, text); }},
    {kDaemon, "Configuration", "--config.check", Takes::kOptionalValue, "strict", false,
     "print what is wrong with the configuration and exit;\n"
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
     "  jmxbridge --config.check[=strict] CONFIG\n"
     "  jmxbridge snapshot | test-rules | explain [--help]\n"
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
  if (line.action == CommandLine::Action::kTestRules) {
    if (parts.positional.empty()) return "there is no test file; name one or more";
    line.test_files.assign(parts.positional.begin(), parts.positional.end());
    return std::nullopt;
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
    line.config_file = parts.positional[0];
    line.push_only = true;
  }

  if (line.config_file.empty() && (!line.self || line.action == Action::kCheckConfig)) {
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

constexpr std::string_view kSubcommandNotes =
    "\n"
    "Exit status:\n"
    "  0  fine\n"
    "  1  a file or the target cannot be read, or a test fails\n"
    "  2  the command line is wrong\n";

}  // namespace

std::string help_text(CommandLine::Action action) {
  const auto* command = std::find_if(std::begin(kCommands), std::end(kCommands),
                                     [&](const Command& each) { return each.action == action; });
  const bool is_daemon = command->bit == kDaemon;
  std::string text(command->help);
  text += '\n';
  text += command->usage;
  if (is_daemon) text += kDaemonPorts;
  text += flags_text(*command);
  text += is_daemon ? kDaemonNotes : kSubcommandNotes;
  return text;
}

}  // namespace jmxbridge
