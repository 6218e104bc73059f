#include "commands/configuration.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <iterator>
#include <utility>

#include "base/log.h"
#include "commands/access_parts.h"
#include "commands/command_line.h"
#include "jni/service_url.h"
#include "net/tls_names.h"
#include "rules/rule_findings.h"

namespace jmxbridge {
namespace {

std::string counted(std::size_t count, const char* what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

/// Adds what there is to say about one file.
void add_findings(const Report& report, bool strict, CheckedConfiguration& checked) {
  const std::size_t errors = report.count(Severity::kError);
  const std::size_t warnings = report.count(Severity::kWarning);
  const std::size_t notes = report.count(Severity::kNote);
  checked.text += report.text() + report.file() + ": ";
  if (errors + warnings == 0) {
    checked.text += "fine";
  } else {
    checked.text += counted(errors, "error") + ", " + counted(warnings, "warning");
  }
  if (notes > 0) checked.text += ", " + counted(notes, "note");
  checked.text += '\n';
  if (errors > 0) {
    checked.status = kExitError;
  } else if (strict && warnings > 0 && checked.status == kExitFine) {
    checked.status = kExitFindings;
  }
}

LoadedSnapshot joined(LoadedConfig loaded, std::shared_ptr<const RuleSet> rules) {
  if (loaded.report.has_errors()) return {nullptr, std::move(loaded.report)};
  return {std::make_shared<const Snapshot>(Snapshot{std::move(loaded.config), std::move(rules)}),
          std::move(loaded.report)};
}

/// A suite that OpenSSL does not know would restrict less than was meant (verdict Q33).
void know_ciphers(LoadedConfig& loaded) {
  const std::optional<HttpServerConfig>& server = loaded.config.http_server;
  if (!server || !server->tls) return;
  for (const std::string& name : unknown_ciphers(server->tls->ciphers)) {
    loaded.report.error(server->tls->mark, "httpServer.ssl.ciphers",
                        fmt::format("'{}' is not known; write a name such as "
                                    "TLS_AES_128_GCM_SHA256",
                                    printable(name, 80)));
  }
}

/// What the daemon serves by.
LoadedConfig load_whole(const std::string& path) {
  LoadedConfig loaded = load_config_file(path);
  know_ciphers(loaded);
  return loaded;
}

}  // namespace

LoadedSnapshot load_snapshot(const std::string& path) {
  LoadedConfig loaded = load_whole(path);
  std::shared_ptr<const RuleSet> rules = RuleSet::compile(loaded.config, loaded.report);
  return joined(std::move(loaded), std::move(rules));
}

LoadedSnapshot load_unjudged(const std::string& path) {
  LoadedConfig loaded = load_whole(path);
  std::shared_ptr<const RuleSet> rules = RuleSet::compile_unjudged(loaded.config, loaded.report);
  return joined(std::move(loaded), std::move(rules));
}

void judge(LoadedSnapshot& loaded) {
  if (!loaded.snapshot) return;
  report_findings(loaded.snapshot->config, *loaded.snapshot->rules, loaded.report);
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
  CollectorConfig config = default_config();
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

CheckedConfiguration check_configuration(const std::string& path, const std::string& web_config,
                                         bool strict) {
  CheckedConfiguration checked;
  if (!path.empty()) {
    LoadedSnapshot loaded = load_snapshot(path);
    Report& report = loaded.report;
    if (loaded.snapshot) {
      const std::optional<HttpServerConfig>& server = loaded.snapshot->config.http_server;
      const Result<void> one = only_one_access(server, web_config);
      if (!one) report.error(server->mark, "httpServer", one.error().text);
    }
    add_findings(report, strict, checked);
  }
  if (!web_config.empty()) add_findings(check_web_config(web_config), strict, checked);
  return checked;
}

}  // namespace jmxbridge
