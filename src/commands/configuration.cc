#include "commands/configuration.h"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "base/log.h"
#include "commands/command_line.h"
#include "config/load.h"
#include "jni/service_url.h"

namespace jmxbridge {
namespace {

std::string counted(std::size_t count, const char* what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

}  // namespace

LoadedSnapshot load_snapshot(const std::string& path) {
  LoadedConfig loaded = load_config_file(path);
  std::shared_ptr<const RuleSet> rules = RuleSet::compile(loaded.config, loaded.report);
  if (loaded.report.has_errors()) return {nullptr, std::move(loaded.report)};
  return {std::make_shared<const Snapshot>(Snapshot{std::move(loaded.config), std::move(rules)}),
          std::move(loaded.report)};
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
  const std::vector<Finding>& findings = report.findings();
  const auto errors = static_cast<std::size_t>(
      std::count_if(findings.begin(), findings.end(),
                    [](const Finding& each) { return each.severity == Severity::kError; }));
  const std::size_t warnings = findings.size() - errors;

  CheckedConfiguration checked;
  checked.text = report.text() + path + ": ";
  if (findings.empty()) {
    checked.text += "fine\n";
  } else {
    checked.text += counted(errors, "error") + ", " + counted(warnings, "warning") + "\n";
  }
  if (errors > 0) {
    checked.status = kExitError;
  } else if (strict && warnings > 0) {
    checked.status = kExitFindings;
  }
  return checked;
}

}  // namespace jmxbridge
