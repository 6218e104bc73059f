#include "commands/configuration.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <iterator>
#include <utility>

#include "base/log.h"
#include "commands/command_line.h"
#include "jni/service_url.h"

namespace jmxbridge {
namespace {

std::string counted(std::size_t count, const char* what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

void report_server(const HttpServerConfig& server, Report& report) {
  if (server.authentication_mark || server.ssl_mark) {
    // To serve it without would show to everyone what the file keeps for some.
    report.error(server.authentication_mark ? *server.authentication_mark : *server.ssl_mark,
                 "httpServer",
                 "the daemon's own port takes no passwords and speaks no TLS, so it would stand "
                 "open; remove this key, and listen on loopback or stand behind a proxy");
  }
}

/// What the file asks for and this program does not do.
void report_without_effect(const CollectorConfig& config, Report& report) {
  if (config.http_server) report_server(*config.http_server, report);
}

LoadedSnapshot joined(LoadedConfig loaded, std::shared_ptr<const RuleSet> rules) {
  if (loaded.report.has_errors()) return {nullptr, std::move(loaded.report)};
  return {std::make_shared<const Snapshot>(Snapshot{std::move(loaded.config), std::move(rules)}),
          std::move(loaded.report)};
}

}  // namespace

LoadedSnapshot load_snapshot(const std::string& path) {
  LoadedConfig loaded = load_config_file(path);
  std::shared_ptr<const RuleSet> rules = RuleSet::compile(loaded.config, loaded.report);
  report_without_effect(loaded.config, loaded.report);
  return joined(std::move(loaded), std::move(rules));
}

LoadedSnapshot load_rules(const std::string& path, ConfigUse use) {
  LoadedConfig loaded = load_config_file(path, use);
  std::shared_ptr<const RuleSet> rules = RuleSet::compile(loaded.config, loaded.report);
  return joined(std::move(loaded), std::move(rules));
}

std::vector<std::string> lines_to_log(const Report& report) {
  constexpr std::size_t kMaxLines = 20;
  std::vector<std::string> lines = report.lines(Severity::kError);
  std::vector<std::string> warnings = report.lines(Severity::kWarning);
  std::move(warnings.begin(), warnings.end(), std::back_inserter(lines));
  if (lines.size() > kMaxLines) {
    const std::size_t more = lines.size() - kMaxLines;
    lines.resize(kMaxLines);
    lines.push_back(report.file() + ": and " + std::to_string(more) +
                    " more; --config.check shows all of them");
  }
  return lines;
}

std::int64_t now_in_milliseconds() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::shared_ptr<const Snapshot> default_snapshot() {
  CollectorConfig config;
  config.rules.emplace_back();
  Report report("--self");
  std::shared_ptr<const RuleSet> rules = RuleSet::compile(config, report);
  return std::make_shared<const Snapshot>(Snapshot{std::move(config), std::move(rules)});
}

std::string target_name(const CollectorConfig& config) {
  const Result<ServiceUrl> url = parse_service_url(config.jmx_url);
  if (!url || url->host.empty()) return "target";
  const bool brackets = url->host.find(':') != std::string::npos;
  const std::string host = brackets ? "[" + url->host + "]" : url->host;
  return printable(host) + ":" + std::to_string(url->port);
}

CheckedConfiguration check_configuration(const std::string& path, bool strict) {
  const Report report = load_snapshot(path).report;
  const std::size_t errors = report.count(Severity::kError);
  const std::size_t warnings = report.count(Severity::kWarning);
  const std::size_t notes = report.count(Severity::kNote);

  CheckedConfiguration checked;
  checked.text = report.text() + path + ": ";
  if (errors + warnings == 0) {
    checked.text += "fine";
  } else {
    checked.text += counted(errors, "error") + ", " + counted(warnings, "warning");
  }
  if (notes > 0) checked.text += ", " + counted(notes, "note");
  checked.text += '\n';
  if (errors > 0) {
    checked.status = kExitError;
  } else if (strict && warnings > 0) {
    checked.status = kExitFindings;
  }
  return checked;
}

}  // namespace jmxbridge
