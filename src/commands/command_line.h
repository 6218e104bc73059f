#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/log.h"
#include "base/result.h"
#include "commands/page_diff.h"
#include "http/server.h"
#include "scrape/lanes.h"

namespace jmxbridge {

/// How the program ends (design section 2).
inline constexpr int kExitFine = 0;
inline constexpr int kExitError = 1;     ///< of the configuration or at run time
inline constexpr int kExitUsage = 2;     ///< the command line is wrong
inline constexpr int kExitFindings = 3;  ///< valid, but with findings where they count

/// What the command line asks for, in either of its forms.
struct CommandLine {
  enum class Action : std::uint8_t {
    kServe,
    kCheckConfig,
    kHelp,
    kVersion,
    kSnapshot,   ///< `jmxbridge snapshot`
    kTestRules,  ///< `jmxbridge test-rules`
    kExplain,    ///< `jmxbridge explain`
    kDiff,       ///< `jmxbridge diff`
    kMigrate,    ///< `jmxbridge migrate`
  };

  Action action = Action::kServe;
  Action command = Action::kServe;  ///< whose help kHelp is to show
  /// Empty only for `--self` without a file, and where only a web configuration is checked.
  std::string config_file;
  bool self = false;       ///< the embedded JVM is the target
  bool push_only = false;  ///< nothing is served: `listen` is empty
  bool strict = false;     ///< of kCheckConfig: warnings count

  std::vector<HttpOptions::Address> listen;
  std::string web_config_file;  ///< empty: none
  std::string telemetry_path = "/metrics";
  std::size_t max_requests = 40;  ///< scrapes in work at once; 0: no bound
  std::chrono::milliseconds timeout_offset{500};

  std::string log_level = "info";
  LogFormat log_format = LogFormat::kLogfmt;

  LaneChoice lane = LaneChoice::kAuto;

  std::string java_home;     ///< empty: to be looked for
  std::string java_options;  ///< separated by blanks

  std::string output;         ///< of kSnapshot; empty: stdout
  std::string snapshot_file;  ///< of kExplain; empty: the live target
  std::string bean;           ///< of kExplain: a pattern of names; empty: all
  std::string attribute;      ///< of kExplain; empty: all

  /// What stands behind the subcommand: of kTestRules at least one test file, of kDiff two pages,
  /// of kMigrate one configuration.
  std::vector<std::string> files;
  DiffOptions diff;  ///< of kDiff
};

/// Why a command line cannot be carried out: what to print on stderr and the exit status.
struct CommandLineError {
  std::string text;
  int status = kExitUsage;
};

/// Reads the arguments behind the program's name. Pure: looks at nothing but them.
///
/// A first argument that names a subcommand is that, whatever a file of this name holds. Else
/// arguments that are no flags are the peer's form, `[HOST:]PORT CONFIG` (specification 1.1); flags
/// may stand before and after them, but none that says the same another way.
Result<CommandLine, CommandLineError> parse_command_line(
    std::span<const std::string_view> arguments);

/// What `--help` prints of the daemon or of a subcommand: its forms, every flag, exit statuses.
std::string help_text(CommandLine::Action action = CommandLine::Action::kServe);

/// What `--version` prints, with what the program was built by and with.
std::string version_text();

}  // namespace jmxbridge
