#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "commands/command_line.h"
#include "commands/flag_values.h"

namespace jmxbridge {

/// A subcommand, or the daemon itself, as a bit for Flag::commands.
enum CommandBit : std::uint8_t {
  kDaemon = 1,
  kSnapshot = 2,
  kTestRules = 4,
  kExplain = 8,
  kDiff = 16,
  kMigrate = 32
};

/// The daemon or a subcommand: the word for it, and what its help says.
struct Command {
  std::string_view word;  ///< empty: the daemon
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

/// The daemon, and behind it the subcommands.
std::span<const Command> commands();

/// The flags of all of them, in the order of `--help`.
std::span<const Flag> flags();

/// The subcommand that the first argument names, or the daemon.
const Command& command_of(std::span<const std::string_view> arguments);

}  // namespace jmxbridge
