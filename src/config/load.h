#pragma once

#include <string>
#include <string_view>

#include "config/config.h"
#include "config/report.h"

namespace jmxbridge {

/// What a file says; `config` is usable only if the report has no errors.
struct LoadedConfig {
  CollectorConfig config;
  Report report;
};

/// Reads and checks a configuration file: all findings at once. An absent, unreadable or
/// over-large (3 MiB) file is one error of the report.
LoadedConfig load_config_file(const std::string& path);

/// The same for text that is already here; `file` is the name that findings carry.
LoadedConfig load_config_text(std::string_view text, const std::string& file);

/// The configuration for reading the program's own JVM: no target and one rule, which takes
/// everything.
CollectorConfig default_config();

}  // namespace jmxbridge
