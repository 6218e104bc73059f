#include "commands/command_line.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "commands/flag_values.h"
#include "commands/flags.h"
#include "config/coerced.h"
#include "config/nearest_key.h"

namespace jmxbridge {
namespace {

using Arguments = std::span<const std::string_view>;

std::string quoted(std::string_view text) { return "'" + printable(text, 200) + "'"; }

std::string unknown_flag(std::string_view name, const Command& command) {
  const std::string_view known = name.substr(0, 100);
  std::string_view nearest;
  std::size_t least = std::string_view::npos;
  for (const Flag& flag : flags()) {
    if ((flag.commands & command.bit) == 0) continue;
    const std::size_t mistakes = edit_distance(known, flag.name);
    // A guess that shares less than half of the flag's text helps nobody.
    if (mistakes >= least || mistakes * 2 > flag.name.size()) continue;
    nearest = flag.name;
    least = mistakes;
  }
  std::string text = "unknown flag " + quoted(name);
  if (!nearest.empty()) text += "; did you mean " + std::string(nearest) + "?";
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
  const std::span<const Flag> all = flags();
  const auto flag = std::find_if(all.begin(), all.end(), [&](const Flag& each) {
    return each.name == name && (each.commands & parts.command.bit) != 0;
  });
  if (flag == all.end()) return unknown_flag(name, parts.command);
  if (!flag->repeatable && parts.has(name)) return std::string(name) + " stands twice";
  parts.seen.push_back(&*flag);

  std::string_view value;
  if (equals != std::string_view::npos) {
    value = argument.substr(equals + 1);
    if (flag->takes == Flag::Takes::kNothing) return std::string(name) + " takes no value";
  } else if (flag->takes == Flag::Takes::kValue) {
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
  bool may_be_flag = true;
  while (!rest.empty()) {
    const std::string_view argument = rest.front();
    if (may_be_flag && argument == "--") {
      may_be_flag = false;
      rest = rest.subspan(1);
    } else if (may_be_flag && argument.size() > 1 && argument[0] == '-') {
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

/// Takes what stands beside the daemon's flags: nothing, a configuration, or the peer's form.
Complaint take_positional(Parts& parts) {
  CommandLine& line = parts.line;
  const std::vector<std::string_view>& given = parts.positional;
  if (given.size() > 2) {
    return "there are " + std::to_string(given.size()) +
           " arguments besides the flags; at most two are understood";
  }
  if (given.empty()) return std::nullopt;
  if (given.size() == 2) return use_peer_form(parts);
  if (line.action == CommandLine::Action::kCheckConfig) {
    if (!line.config_file.empty()) return "the configuration is given twice";
    line.config_file = given[0];
    return std::nullopt;
  }
  if (parts.has("--config.file") || parts.has("--web.listen-address")) {
    return "argument " + quoted(given[0]) + " belongs to no flag";
  }
  if (read_peer_address(given[0])) {
    return "no configuration follows the port " + quoted(given[0]) + "; write [HOST:]PORT CONFIG";
  }
  line.config_file = given[0];
  line.push_only = true;
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

  if (Complaint complaint = take_positional(parts)) return usage_error(*complaint, command);
  const bool is_check = line.action == Action::kCheckConfig;
  const bool has_other = is_check ? !line.web_config_file.empty() : line.self;
  if (line.config_file.empty() && !has_other) {
    return usage_error("there is no configuration; add --config.file=FILE", command);
  }
  if (line.listen.empty() && !line.push_only) line.listen.push_back({"", 9404});
  return std::move(line);
}

}  // namespace jmxbridge
