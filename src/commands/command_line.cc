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

/// One flag: how it reads in `--help` and what it does to the command line.
struct Flag {
  enum class Takes : std::uint8_t { kNothing, kValue, kOptionalValue };

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

constexpr Flag kFlags[] = {
    {"Configuration", "--config.file", Takes::kValue, "FILE", false,
     "the configuration, in the form of the JMX exporter's",
     [](CommandLine& line, std::string_view text) { return set_text(line.config_file, text); }},
    {"Configuration", "--config.check", Takes::kOptionalValue, "strict", false,
     "print what is wrong with the configuration and exit;\n"
     "with =strict, warnings end with status 3",
     [](CommandLine& line, std::string_view text) -> Complaint {
       if (!text.empty() && text != "strict") return "is unknown; write strict or nothing";
       line.action = CommandLine::Action::kCheckConfig;
       line.strict = !text.empty();
       return std::nullopt;
     }},
    {"Configuration", "--self", Takes::kNothing, "", false,
     "serve the JVM inside the daemon, a first look without a\n"
     "target; a configuration gives the rules, if there is one",
     [](CommandLine& line, std::string_view) -> Complaint {
       line.self = true;
       return std::nullopt;
     }},
    {"Web", "--web.listen-address", Takes::kValue, "HOST:PORT", true,
     "where to listen; :PORT is every interface; repeatable\n(default :9404)", add_listen_address},
    {"Web", "--web.telemetry-path", Takes::kValue, "PATH", false,
     "a path that serves metrics beside /metrics",
     [](CommandLine& line, std::string_view text) -> Complaint {
       if (text.substr(0, 1) != "/") return "does not start with a slash";
       line.telemetry_path = text;
       return std::nullopt;
     }},
    {"Web", "--timeout-offset", Takes::kValue, "DURATION", false,
     "how much earlier than Prometheus' own time-out a scrape\n"
     "ends, as 500ms or 0.5s (default 0.5s, at most a quarter)",
     set_timeout_offset},
    {"Log", "--log.level", Takes::kValue, "LEVEL", false,
     "debug, info, warn or error (default info)",
     [](CommandLine& line, std::string_view text) -> Complaint {
       constexpr std::string_view kLevels[] = {"debug", "info", "warn", "error"};
       if (std::find(std::begin(kLevels), std::end(kLevels), text) == std::end(kLevels)) {
         return "is none of debug, info, warn and error";
       }
       line.log_level = text;
       return std::nullopt;
     }},
    {"Log", "--log.format", Takes::kValue, "FORMAT", false, "logfmt or json (default logfmt)",
     [](CommandLine& line, std::string_view text) -> Complaint {
       if (text != "logfmt" && text != "json") return "is neither logfmt nor json";
       line.log_format = text == "json" ? LogFormat::kJson : LogFormat::kLogfmt;
       return std::nullopt;
     }},
    {"Java", "--java.home", Takes::kValue, "DIR", false,
     "the Java runtime to use, 17 or newer (default JAVA_HOME,\n"
     "then the system's, then the newest in /usr/lib/jvm)",
     [](CommandLine& line, std::string_view text) { return set_text(line.java_home, text); }},
    {"Java", "--java.options", Takes::kValue, "OPTIONS", true,
     "options for the JVM, separated by blanks; double quotes\n"
     "keep blanks; repeatable. JAVA_TOOL_OPTIONS is not used",
     add_java_options},
    {"Other", "--help", Takes::kNothing, "", false, "print this text",
     [](CommandLine& line, std::string_view) -> Complaint {
       line.action = CommandLine::Action::kHelp;
       return std::nullopt;
     }},
    {"Other", "--version", Takes::kNothing, "", false, "print the version",
     [](CommandLine& line, std::string_view) -> Complaint {
       line.action = CommandLine::Action::kVersion;
       return std::nullopt;
     }},
};

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

std::string unknown_flag(std::string_view name) {
  const std::string_view known = name.substr(0, 100);
  const auto* nearest =
      std::min_element(std::begin(kFlags), std::end(kFlags), [&](const Flag& a, const Flag& b) {
        return edit_distance(known, a.name) < edit_distance(known, b.name);
      });
  std::string text = "unknown flag " + quoted(name);
  // A guess that shares less than half of the flag's text helps nobody.
  if (edit_distance(known, nearest->name) * 2 <= nearest->name.size()) {
    text += "; did you mean " + std::string(nearest->name) + "?";
  }
  return text;
}

Unexpected<CommandLineError> usage_error(std::string text) {
  return {{"jmxbridge: " + std::move(text) + "\n" + std::string(usage_text()), kExitUsage}};
}

/// The flags and the other arguments of a command line, taken apart in one pass.
struct Parts {
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
  const auto* flag = std::find_if(std::begin(kFlags), std::end(kFlags),
                                  [&](const Flag& each) { return each.name == name; });
  if (flag == std::end(kFlags)) return unknown_flag(name);
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

constexpr std::string_view kUsage =
    "usage:\n"
    "  jmxbridge [HOST:]PORT CONFIG [FLAG...]\n"
    "  jmxbridge --config.file=CONFIG [--web.listen-address=HOST:PORT...] [FLAG...]\n"
    "  jmxbridge --self [FLAG...]\n"
    "  jmxbridge --config.check[=strict] CONFIG\n"
    "  jmxbridge --help | --version\n";

}  // namespace

Result<CommandLine, CommandLineError> parse_command_line(Arguments arguments) {
  if (arguments.empty()) return Unexpected<CommandLineError>{{std::string(kUsage), kExitUsage}};
  Parts parts;
  if (Complaint complaint = take_apart(arguments, parts)) return usage_error(*complaint);
  CommandLine& line = parts.line;
  using Action = CommandLine::Action;
  if (line.action == Action::kHelp || line.action == Action::kVersion) return std::move(line);

  if (parts.positional.size() > 2) {
    return usage_error("there are " + std::to_string(parts.positional.size()) +
                       " arguments besides the flags; at most two are understood");
  }
  if (parts.positional.size() == 2) {
    if (Complaint complaint = use_peer_form(parts)) return usage_error(*complaint);
  } else if (parts.positional.size() == 1 && line.action == Action::kCheckConfig) {
    if (!line.config_file.empty()) return usage_error("the configuration is given twice");
    line.config_file = parts.positional[0];
  } else if (parts.positional.size() == 1) {
    return Unexpected<CommandLineError>{
        {"jmxbridge: " + quoted(parts.positional[0]) +
             " alone says where to read, but not where to listen; write\n"
             "  jmxbridge [HOST:]PORT CONFIG\n"
             "  jmxbridge --config.file=CONFIG --web.listen-address=HOST:PORT\n",
         kExitError}};
  }

  if (line.config_file.empty() && (!line.self || line.action == Action::kCheckConfig)) {
    return usage_error("there is no configuration; add --config.file=FILE");
  }
  if (line.listen.empty()) line.listen.push_back({"", 9404});
  return std::move(line);
}

std::string_view usage_text() { return kUsage; }

std::string help_text() {
  constexpr std::size_t kTextColumn = 37;
  std::string text =
      "jmxbridge reads the MBeans of a running JVM over JMX and serves them to Prometheus.\n\n";
  text += kUsage;
  text +=
      "\n"
      "  [HOST:]PORT is read as the JMX exporter reads it: PORT listens on every interface,\n"
      "  :PORT on 127.0.0.1 only.\n";
  std::string_view group;
  for (const Flag& flag : kFlags) {
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
  text +=
      "\n"
      "Paths:\n"
      "  /metrics  /-/healthy  /-/ready  and / for people\n"
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
  return text;
}

}  // namespace jmxbridge
