#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "config/config.h"
#include "config/report.h"

namespace jmxbridge {

/// What a file says; `config` is usable only if the report has no errors.
struct LoadedConfig {
  CollectorConfig config;
  Report report;
};

/// What a file is read for.
enum class ConfigUse : std::uint8_t {
  kTarget,  ///< to read the target it names
  /// To name what comes from elsewhere: keys of the connection and the push are not looked at.
  kRulesOnly,
};

/// Reads and checks a configuration file: all findings at once. An absent, unreadable or
/// over-large (3 MiB) file is one error of the report.
LoadedConfig load_config_file(const std::string& path, ConfigUse use = ConfigUse::kTarget);

/// The same for text that is already here; `file` is the name that findings carry.
LoadedConfig load_config_text(std::string_view text, const std::string& file,
                              ConfigUse use = ConfigUse::kTarget);

/// The text of a YAML file or pipe, at most one byte more than kLargestYaml. The error is a clause
/// that says what to do.
Result<std::string> read_yaml_file(const std::string& path);

/// The configuration for reading the program's own JVM: no target and one rule, which takes
/// everything.
CollectorConfig default_config();

}  // namespace jmxbridge
