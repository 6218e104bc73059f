#include <catch2/catch.hpp>
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "commands/command_line.h"
#include "commands/flags.h"

using namespace jmxbridge;
using namespace std::chrono_literals;

namespace {

using Arguments = std::vector<std::string_view>;
using Action = CommandLine::Action;

CommandLine parsed(const Arguments& arguments) {
  Result<CommandLine, CommandLineError> line = parse_command_line(arguments);
  if (!line) FAIL("refused: " << line.error().text);
  return *line;
}

CommandLineError refused(const Arguments& arguments) {
  Result<CommandLine, CommandLineError> line = parse_command_line(arguments);
  if (line) FAIL("accepted");
  return line.error();
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("command line: the lane is one of three", "[commands]") {
  CHECK(parsed({"--self"}).lane == LaneChoice::kAuto);
  CHECK(parsed({"--self", "--lane=auto"}).lane == LaneChoice::kAuto);
  CHECK(parsed({"--self", "--lane=fast"}).lane == LaneChoice::kFast);
  CHECK(parsed({"--self", "--lane", "portable"}).lane == LaneChoice::kPortable);
  CHECK(has(refused({"--self", "--lane=slow"}).text,
            "--lane: 'slow' is none of auto, fast and portable"));
}

TEST_CASE("command line: the peer's form says where to listen", "[commands]") {
  struct Case {
    const char* argument;
    const char* host;
    int port;
  };
  const Case cases[] = {
      {"9404", "", 9404},
      {"+9404", "", 9404},
      {"009404", "", 9404},
      {"1", "", 1},
      {"65535", "", 65535},
      {":9404", "127.0.0.1", 9404},
      {":+9404", "127.0.0.1", 9404},
      {"::1:9404", "::1", 9404},
      {"[::1]:9404", "::1", 9404},
      {"[fe80::1%eth0]:9404", "fe80::1%eth0", 9404},
      {"127.0.0.1:9404", "127.0.0.1", 9404},
      {"localhost:9404", "localhost", 9404},
      {"0.0.0.0:9404", "", 9404},
      {"metrics.example:80", "metrics.example", 80},
      {":::9404", "::", 9404},
  };
  for (const Case& each : cases) {
    CAPTURE(each.argument);
    const CommandLine line = parsed({each.argument, "config.yml"});
    CHECK(line.action == Action::kServe);
    CHECK(line.config_file == "config.yml");
    REQUIRE(line.listen.size() == 1);
    CHECK(line.listen[0].host == each.host);
    CHECK(line.listen[0].port == each.port);
  }
}

TEST_CASE("command line: what is no [HOST:]PORT is a usage error that quotes it", "[commands]") {
  const char* const cases[] = {
      "0",     "65536",     "+0",    "++1",    "+-1",   "4294967296", "99999999999999999999",
      "abc",   "host:abc",  "host:", ":",      "::",    ":0",         "host:65536",
      "0x50",  "9404 ",     " 9404", "94 04",  "9404x", "9.5",        "host:-1",
      "host:", "9404:host", "[]:1",  " :9404", "1e3",   "+",          "host:+",
  };
  for (const char* argument : cases) {
    CAPTURE(argument);
    const CommandLineError error = refused({argument, "config.yml"});
    CHECK(error.status == kExitUsage);
    CHECK(has(error.text, "'" + std::string(argument) + "' is no [HOST:]PORT"));
    CHECK(has(error.text, "from 1 to 65535"));
    CHECK(has(error.text, command_of({}).usage));
  }
}

TEST_CASE("command line: a port below zero is a usage error too", "[commands]") {
  CHECK(refused({"-1", "config.yml"}).status == kExitUsage);
  const CommandLineError error = refused({"--", "-1", "config.yml"});
  CHECK(error.status == kExitUsage);
  CHECK(has(error.text, "'-1' is no [HOST:]PORT"));
}

TEST_CASE("command line: blank arguments are usage errors", "[commands]") {
  const std::vector<Arguments> cases = {{""},         {" "},           {"", "config.yml"},
                                        {"9404", ""}, {"9404", " \t"}, {"\n", "config.yml"}};
  for (const Arguments& arguments : cases) {
    const CommandLineError error = refused(arguments);
    CHECK(error.status == kExitUsage);
    CHECK(has(error.text, "is blank"));
  }
}

TEST_CASE("command line: no arguments, or more than two, show the usage", "[commands]") {
  const CommandLineError none = refused({});
  CHECK(none.status == kExitUsage);
  CHECK(none.text == command_of({}).usage);
  const CommandLineError three = refused({"9404", "config.yml", "more"});
  CHECK(three.status == kExitUsage);
  CHECK(has(three.text, "there are 3 arguments"));
}

TEST_CASE("command line: a configuration alone opens no port", "[commands]") {
  for (const Arguments& arguments :
       std::vector<Arguments>{{"config.yml"}, {"--log.level=debug", "config.yml"}}) {
    const CommandLine line = parsed(arguments);
    CHECK(line.config_file == "config.yml");
    CHECK(line.push_only);
    CHECK(line.listen.empty());
  }
  CHECK_FALSE(parsed({"9404", "config.yml"}).push_only);
  CHECK_FALSE(parsed({"--config.file=config.yml"}).push_only);
  for (const char* flag : {"--config.file=a", "--web.listen-address=:1"}) {
    const CommandLineError error = refused({flag, "config.yml"});
    CHECK(error.status == kExitUsage);
    CHECK(has(error.text, "argument 'config.yml' belongs to no flag"));
  }
}

TEST_CASE("command line: flags stand before, between and after the peer's arguments",
          "[commands]") {
  const std::vector<Arguments> cases = {
      {"--log.level=warn", "--java.home", "/j", "9404", "config.yml"},
      {"9404", "--log.level", "warn", "config.yml", "--java.home=/j"},
      {"9404", "config.yml", "--java.home", "/j", "--log.level", "warn"},
  };
  for (const Arguments& arguments : cases) {
    const CommandLine line = parsed(arguments);
    CHECK(line.listen[0].port == 9404);
    CHECK(line.config_file == "config.yml");
    CHECK(line.log_level == "warn");
    CHECK(line.java_home == "/j");
  }
  CHECK(parsed({"9404", "--", "--config.file"}).config_file == "--config.file");
}

TEST_CASE("command line: the two forms do not mix", "[commands]") {
  for (const char* flag : {"--config.file=a.yml", "--web.listen-address=:1"}) {
    const CommandLineError error = refused({"9404", "config.yml", flag});
    CHECK(error.status == kExitUsage);
    CHECK(has(error.text, "not both"));
  }
}

TEST_CASE("command line: Prometheus' form has defaults for all but the file", "[commands]") {
  const CommandLine line = parsed({"--config.file=config.yml"});
  CHECK(line.action == Action::kServe);
  CHECK(line.config_file == "config.yml");
  CHECK_FALSE(line.self);
  CHECK_FALSE(line.strict);
  REQUIRE(line.listen.size() == 1);
  CHECK(line.listen[0].host.empty());
  CHECK(line.listen[0].port == 9404);
  CHECK(line.telemetry_path == "/metrics");
  CHECK(line.max_requests == 40);
  CHECK(line.timeout_offset == 500ms);
  CHECK(line.log_level == "info");
  CHECK(line.log_format == LogFormat::kLogfmt);
  CHECK(line.java_home.empty());
  CHECK(line.java_options.empty());
}

TEST_CASE("command line: Prometheus' form takes each flag", "[commands]") {
  const CommandLine line = parsed(
      {"--config.file", "a=b.yml", "--web.listen-address=:9404", "--web.listen-address", "[::1]:0",
       "--web.listen-address=10.0.0.1:9405", "--web.telemetry-path=/jmx", "--web.max-requests=7",
       "--timeout-offset=250ms", "--log.level=error", "--log.format=json", "--java.home=/opt/java",
       "--java.options=-Xmx64m -Da=b", "--java.options", "-ea"});
  CHECK(line.config_file == "a=b.yml");
  REQUIRE(line.listen.size() == 3);
  CHECK(line.listen[0].host.empty());
  CHECK(line.listen[0].port == 9404);
  CHECK(line.listen[1].host == "::1");
  CHECK(line.listen[1].port == 0);
  CHECK(line.listen[2].host == "10.0.0.1");
  CHECK(line.listen[2].port == 9405);
  CHECK(line.telemetry_path == "/jmx");
  CHECK(line.max_requests == 7);
  CHECK(line.timeout_offset == 250ms);
  CHECK(line.log_level == "error");
  CHECK(line.log_format == LogFormat::kJson);
  CHECK(line.java_home == "/opt/java");
  CHECK(line.java_options == "-Xmx64m -Da=b -ea");
}

TEST_CASE("command line: --web.listen-address keeps Prometheus' meaning of :PORT", "[commands]") {
  CHECK(parsed({"--config.file=c", "--web.listen-address=:80"}).listen[0].host.empty());
  // Explicitly IPv4 in this form.
  CHECK(parsed({"--config.file=c", "--web.listen-address=0.0.0.0:80"}).listen[0].host == "0.0.0.0");
  for (const char* address : {"", "9404", "host", "host:", "host:x", ":65536", ":-1", " :80"}) {
    CAPTURE(address);
    const CommandLineError error = refused({"--config.file=c", "--web.listen-address", address});
    CHECK(error.status == kExitUsage);
    CHECK(has(error.text, "--web.listen-address: '" + std::string(address) + "'"));
  }
}

TEST_CASE("command line: durations have a unit or are seconds", "[commands]") {
  const std::pair<const char*, std::chrono::milliseconds> good[] = {
      {"0", 0ms},          {"0.5", 500ms},       {"0.5s", 500ms},  {"500ms", 500ms},
      {"2", 2000ms},       {"2s", 2000ms},       {"1m", 60'000ms}, {".25s", 250ms},
      {"1.0004s", 1000ms}, {"3600", 3'600'000ms}};
  for (const auto& [text, offset] : good) {
    CAPTURE(text);
    CHECK(parsed({"--self", "--timeout-offset", text}).timeout_offset == offset);
  }
  for (const char* text : {"", " ", "s", "ms", "-1", "-1s", "1h", "1 s", "3601", "nan", "inf",
                           "1e3", "0x1", "500msx", "99999999999999999999999"}) {
    CAPTURE(text);
    const CommandLineError error = refused({"--self", "--timeout-offset=" + std::string(text)});
    CHECK(error.status == kExitUsage);
    CHECK(has(error.text, "write 500ms, 0.5s or 0.5"));
  }
}

TEST_CASE("command line: Java options add up, and their quotes must close", "[commands]") {
  CHECK(parsed({"--self", "--java.options", "-Xmx64m -ea"}).java_options == "-Xmx64m -ea");
  CHECK(parsed({"--self", "--java.options=-ea", "--java.options", "-Da=\"b c\""}).java_options ==
        "-ea -Da=\"b c\"");
  CHECK(parsed({"--self", "--java.options="}).java_options.empty());
  CHECK(has(refused({"--self", "--java.options=\"-Da"}).text, "a quote that is not closed"));
}

TEST_CASE("command line: --self needs no configuration, but takes one", "[commands]") {
  const CommandLine alone = parsed({"--self"});
  CHECK(alone.self);
  CHECK(alone.config_file.empty());
  CHECK(alone.listen[0].port == 9404);
  const CommandLine with_rules = parsed({"--self", "--config.file=rules.yml"});
  CHECK(with_rules.self);
  CHECK(with_rules.config_file == "rules.yml");
  CHECK(parsed({"9404", "rules.yml", "--self"}).self);
}

TEST_CASE("command line: --config.check works with every way to name the file", "[commands]") {
  const std::vector<Arguments> cases = {{"--config.check", "--config.file=c.yml"},
                                        {"--config.file", "c.yml", "--config.check"},
                                        {"--config.check", "c.yml"},
                                        {"c.yml", "--config.check"},
                                        {"9404", "c.yml", "--config.check"}};
  for (const Arguments& arguments : cases) {
    const CommandLine line = parsed(arguments);
    CHECK(line.action == Action::kCheckConfig);
    CHECK(line.config_file == "c.yml");
    CHECK_FALSE(line.strict);
  }
  CHECK(parsed({"--config.check=strict", "c.yml"}).strict);
  CHECK(refused({"--config.check"}).status == kExitUsage);
  CHECK(refused({"--config.check", "--self"}).status == kExitUsage);
  CHECK(refused({"--config.check", "--config.file=a", "b"}).status == kExitUsage);
  const CommandLineError lax = refused({"--config.check=lax", "c.yml"});
  CHECK(lax.status == kExitUsage);
  CHECK(has(lax.text, "write strict or nothing"));
}

TEST_CASE("command line: help and version win over what else is there", "[commands]") {
  CHECK(parsed({"--help"}).action == Action::kHelp);
  CHECK(parsed({"-h"}).action == Action::kHelp);
  CHECK(parsed({"9404", "--help"}).action == Action::kHelp);
  CHECK(parsed({"--help", "--nonsense"}).action == Action::kHelp);
  CHECK(parsed({"--version"}).action == Action::kVersion);
  CHECK(parsed({"--version", "9404", "config.yml"}).action == Action::kVersion);
}

TEST_CASE("command line: an unknown flag is a usage error with the nearest known one",
          "[commands]") {
  const std::pair<const char*, const char*> cases[] = {
      {"--config.fil", "--config.file"},
      {"--config-file=c.yml", "--config.file"},
      {"-config.file", "--config.file"},
      {"--web.listen-adress=:1", "--web.listen-address"},
      {"--log.lvl", "--log.level"},
      {"--java-home", "--java.home"},
      {"--versoin", "--version"},
      {"--hlp", "--help"},
      {"--slef", "--self"},
  };
  for (const auto& [flag, nearest] : cases) {
    CAPTURE(flag);
    const CommandLineError error = refused({flag, "9404", "config.yml"});
    CHECK(error.status == kExitUsage);
    CHECK(has(error.text, "unknown flag"));
    CHECK(has(error.text, "did you mean " + std::string(nearest) + "?"));
  }
  const CommandLineError far = refused({"--quite.another.thing"});
  CHECK(far.status == kExitUsage);
  CHECK(has(far.text, "unknown flag '--quite.another.thing'"));
  CHECK_FALSE(has(far.text, "did you mean"));
}

TEST_CASE("command line: a web configuration goes with either form", "[commands]") {
  CHECK(parsed({"--config.file=c", "--web.config.file=web.yml"}).web_config_file == "web.yml");
  CHECK(parsed({"9404", "c", "--web.config.file", "web.yml"}).web_config_file == "web.yml");
  CHECK(parsed({"--config.file=c"}).web_config_file.empty());
  CHECK(has(refused({"--config.file=c", "--web.config.file="}).text, "is blank"));
}

TEST_CASE("command line: flags must have their values, and only they", "[commands]") {
  CHECK(has(refused({"--config.file"}).text, "--config.file needs a value: --config.file=FILE"));
  CHECK(has(refused({"--config.file", "--self"}).text, "--config.file needs a value"));
  CHECK(has(refused({"--config.file="}).text, "is blank"));
  CHECK(has(refused({"--self=yes"}).text, "--self takes no value"));
  CHECK(has(refused({"--config.file=a", "--config.file=b"}).text, "--config.file stands twice"));
  CHECK(
      has(refused({"--self", "--log.level=loud"}).text, "is none of debug, info, warn and error"));
  CHECK(has(refused({"--self", "--log.format=xml"}).text, "is neither logfmt nor json"));
  CHECK(has(refused({"--self", "--web.telemetry-path=metrics"}).text, "start with a slash"));
  for (const char* number : {"", "-1", "1x", "100001", "99999999999999999999", " 1"}) {
    CAPTURE(number);
    CHECK(has(refused({"--self", "--web.max-requests", number}).text, "from 0 to 100000"));
  }
  CHECK(parsed({"--self", "--web.max-requests=0"}).max_requests == 0);
  // A value may start with one dash, as Java's options do.
  CHECK(parsed({"--self", "--java.options", "-ea"}).java_options == "-ea");
  CHECK(refused({"--log.level=info"}).status == kExitUsage);
  CHECK(has(refused({"--log.level=info"}).text, "there is no configuration"));
}

TEST_CASE("command line: a web configuration can be checked alone, not served alone",
          "[commands]") {
  const CommandLine line = parsed({"--config.check=strict", "--web.config.file=w.yml"});
  CHECK(line.action == CommandLine::Action::kCheckConfig);
  CHECK(line.config_file.empty());
  CHECK(line.web_config_file == "w.yml");
  for (const Arguments& arguments :
       {Arguments{"--config.check"}, Arguments{"--config.check", "--self"},
        Arguments{"--web.config.file=w.yml"}}) {
    CHECK(has(refused(arguments).text, "there is no configuration"));
  }
}

TEST_CASE("command line: hostile arguments are printable and short in the error", "[commands]") {
  const std::string huge(100'000, 'x');
  CHECK(refused({"--" + huge}).text.size() < 2000);
  CHECK(refused({huge, "config.yml"}).text.size() < 2000);
  const CommandLineError error = refused({"\x1b[31m\xff", "config.yml"});
  CHECK_FALSE(has(error.text, "\x1b"));
  CHECK_FALSE(has(error.text, "\xff"));
}

TEST_CASE("help text: every flag and exit status stands in it, in lines that fit", "[commands]") {
  const std::string text = help_text();
  for (const char* flag : {"--config.file=FILE",
                           "--config.check[=strict]",
                           "--web.listen-address=HOST:PORT",
                           "--web.telemetry-path=PATH",
                           "--web.max-requests=NUMBER",
                           "--lane=LANE",
                           "--timeout-offset=DURATION",
                           "--log.level=LEVEL",
                           "--log.format=FORMAT",
                           "--java.home=DIR",
                           "--java.options=OPTIONS",
                           "--self",
                           "--version",
                           "--help",
                           "SIGHUP",
                           "SIGTERM",
                           "SIGQUIT",
                           "\n  0  ",
                           "\n  1  ",
                           "\n  2  ",
                           "\n  3  "}) {
    CAPTURE(flag);
    CHECK(has(text, flag));
  }
  std::size_t begin = 0;
  while (begin < text.size()) {
    const std::size_t end = text.find('\n', begin);
    REQUIRE(end != std::string::npos);
    const std::string line = text.substr(begin, end - begin);
    CAPTURE(line);
    CHECK(line.size() <= 100);
    CHECK((line.empty() || line.back() != ' '));
    begin = end + 1;
  }
}

TEST_CASE("version text: the first line is that of Prometheus' exporters", "[commands]") {
  const std::string text = version_text();
  CHECK(text.rfind("jmxbridge, version " JMXBRIDGE_VERSION "\n", 0) == 0);
  CHECK(has(text, "  compiler:   "));
  CHECK(has(text, "  boost:      1."));
}

TEST_CASE("command line: a subcommand goes before the peer's form and has flags of its own",
          "[commands]") {
  const CommandLine snapshot =
      parsed({"snapshot", "--config.file=c.yml", "--output", "s.json", "--java.home=/j"});
  CHECK(snapshot.action == Action::kSnapshot);
  CHECK(snapshot.config_file == "c.yml");
  CHECK(snapshot.output == "s.json");
  CHECK(snapshot.java_home == "/j");
  CHECK(snapshot.log_level == "warn");
  CHECK(parsed({"snapshot", "--self"}).self);

  const CommandLine tests = parsed({"test-rules", "a.yml", "--log.level=debug", "b.yml"});
  CHECK(tests.action == Action::kTestRules);
  CHECK(tests.files == std::vector<std::string>{"a.yml", "b.yml"});
  CHECK(tests.log_level == "debug");

  const CommandLine diff = parsed({"diff", "--tolerance=5%", "a", "http://h/metrics", "--limit=0"});
  CHECK(diff.action == Action::kDiff);
  CHECK(diff.files == std::vector<std::string>{"a", "http://h/metrics"});
  CHECK(diff.diff.values);
  CHECK(diff.diff.tolerance.relative == 0.05);
  CHECK(diff.diff.tolerance.absolute == 0);
  CHECK(diff.diff.limit == 0);
  CHECK(parsed({"diff", "a", "b", "--tolerance", "1e3"}).diff.tolerance.absolute == 1000);
  CHECK_FALSE(parsed({"diff", "a", "b"}).diff.values);
  CHECK_FALSE(parsed({"diff", "a", "b"}).diff.own);
  CHECK(parsed({"migrate", "c.yml"}).files == std::vector<std::string>{"c.yml"});

  const CommandLine explain =
      parsed({"explain", "--config.file=c", "--snapshot=s", "--bean=d:*", "--attribute=A"});
  CHECK(explain.action == Action::kExplain);
  CHECK(explain.snapshot_file == "s");
  CHECK(explain.bean == "d:*");
  CHECK(explain.attribute == "A");
}

TEST_CASE("command line: a subcommand refuses what is not its own, with its own usage",
          "[commands]") {
  struct Case {
    Arguments arguments;
    const char* part;
    const char* usage;
  };
  const Case cases[] = {
      {{"snapshot"}, "there is no configuration", "jmxbridge snapshot --config.file"},
      {{"snapshot", "c.yml"}, "argument 'c.yml' belongs to no flag", "jmxbridge snapshot"},
      {{"snapshot", "--self", "--web.listen-address=:1"},
       "unknown flag '--web.listen-address'",
       "jmxbridge snapshot"},
      {{"snapshot", "--self", "--outptu=a"}, "did you mean --output?", "jmxbridge snapshot"},
      {{"test-rules"}, "there is no test file", "jmxbridge test-rules FILE"},
      {{"test-rules", "--java.home=/j", "t"}, "unknown flag", "jmxbridge test-rules FILE"},
      {{"diff", "a"}, "name two pages", "jmxbridge diff"},
      {{"diff", "a", "b", "c"}, "name two pages", "jmxbridge diff"},
      {{"diff", "a", "b", "--tolerance=-1"}, "'-1' is neither a number", "jmxbridge diff"},
      {{"diff", "a", "b", "--tolerance=101%"}, "is neither a number", "jmxbridge diff"},
      {{"diff", "a", "b", "--tolerance=inf"}, "is neither a number", "jmxbridge diff"},
      {{"diff", "a", "b", "--tolerance=5s"}, "is neither a number", "jmxbridge diff"},
      {{"diff", "a", "b", "--limit=-1"}, "'-1' is no number", "jmxbridge diff"},
      {{"migrate"}, "name one configuration file", "jmxbridge migrate FILE"},
      {{"migrate", "a", "b"}, "name one configuration file", "jmxbridge migrate FILE"},
      {{"explain", "--bean="}, "is blank", "jmxbridge explain"},
      {{"explain", "--snapshot=a", "--snapshot=b"}, "stands twice", "jmxbridge explain"},
      {{"explain", "--snapshot=a"}, "there is no configuration", "jmxbridge explain"},
      {{"--output=a", "--self"}, "unknown flag '--output'", "[HOST:]PORT CONFIG"},
      {{"snapshots", "c.yml"}, "'snapshots' is no [HOST:]PORT", "[HOST:]PORT CONFIG"},
  };
  for (const Case& each : cases) {
    CAPTURE(each.arguments[0], each.part);
    const CommandLineError error = refused(each.arguments);
    CHECK(error.status == kExitUsage);
    CHECK_THAT(error.text, Catch::Contains(each.part) && Catch::Contains(each.usage));
  }
}

TEST_CASE("command line: each subcommand has its own help", "[commands]") {
  const CommandLine line = parsed({"explain", "--help", "--nonsense"});
  CHECK(line.action == Action::kHelp);
  const std::string explain = help_text(line.command);
  CHECK(has(explain, "--bean=PATTERN"));
  CHECK(has(explain, "Exit status:"));
  CHECK_FALSE(has(explain, "--web.listen-address"));
  CHECK(has(help_text(Action::kSnapshot), "--output=FILE"));
  CHECK_FALSE(has(help_text(Action::kTestRules), "--config.file"));
  CHECK_FALSE(has(help_text(), "--output"));
  CHECK(has(help_text(), "snapshot | test-rules | explain | migrate | diff"));
  CHECK(has(help_text(Action::kDiff), "--tolerance=NUMBER"));
  CHECK(has(help_text(Action::kDiff), "  3  they differ"));
  CHECK(has(help_text(Action::kMigrate), "  3  something must be changed"));
  CHECK_FALSE(has(help_text(Action::kMigrate), "--tolerance"));
}
