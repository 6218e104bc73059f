#include "commands/flags.h"

#include <algorithm>
#include <iterator>
#include <optional>

namespace jmxbridge {
namespace {

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

}  // namespace

std::span<const Command> commands() { return kCommands; }

std::span<const Flag> flags() { return kFlags; }

const Command& command_of(std::span<const std::string_view> arguments) {
  const auto* named = std::find_if(
      std::begin(kCommands) + 1, std::end(kCommands),
      [&](const Command& command) { return !arguments.empty() && command.word == arguments[0]; });
  return named == std::end(kCommands) ? kCommands[0] : *named;
}

}  // namespace jmxbridge
