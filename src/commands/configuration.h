#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "config/load.h"
#include "config/report.h"
#include "scrape/snapshot.h"

namespace jmxbridge {

/// A configuration with its rules compiled; `snapshot` is null if the report has errors.
struct LoadedSnapshot {
  std::shared_ptr<const Snapshot> snapshot;
  Report report;
};

/// Reads a configuration file and compiles its rules; every finding of both is in the report.
LoadedSnapshot load_snapshot(const std::string& path);
/// The same without what judge() finds, for who wants the rules first.
LoadedSnapshot load_unjudged(const std::string& path);
/// Adds what there is to say about the rules of a configuration that can be used.
void judge(LoadedSnapshot& loaded);

/// The same for commands that serve nothing, so that what the file says of the daemon's own port is
/// not judged.
LoadedSnapshot load_rules(const std::string& path, ConfigUse use);

/// What a daemon logs of a report: the errors, then the warnings, 20 at most and a line that counts
/// the rest. Notes are for `--config.check` alone.
std::vector<std::string> lines_to_log(const Report& report);

/// How much of such a line is shown.
inline constexpr std::size_t kLongestFinding = 2000;

/// The time, in milliseconds since 1970.
std::int64_t now_in_milliseconds();

/// What stands in for a file under `--self`: one rule that takes everything, and no target.
std::shared_ptr<const Snapshot> default_snapshot();

/// The name of a configuration's target in logs and pages: host and port where its URL has them. A
/// URL that holds a stub is never shown, for a stub is a key to its server.
std::string target_name(const CollectorConfig& config);

/// What there is to say about a configuration: each finding on a line, then a summary; and the
/// program's exit status: 0, 1 for errors, 3 for warnings if `strict`.
struct CheckedConfiguration {
  std::string text;
  int status = 0;
};

/// Reads a configuration and a web configuration for `--config.check`; empty: there is none.
CheckedConfiguration check_configuration(const std::string& path, const std::string& web_config,
                                         bool strict);

}  // namespace jmxbridge
