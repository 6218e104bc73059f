#pragma once

#include <string>
#include <string_view>

#include "config/report.h"
#include "config/web_config.h"

namespace jmxbridge {

/// What a web configuration says; `config` is usable only if the report has no errors.
struct LoadedWebConfig {
  WebConfig config;
  Report report;
  bool is_empty = false;  ///< there is no key, not even a map without any
};

/// Reads and checks a web configuration: all findings at once, an unknown key is an error. Files
/// that it names are relative to its own folder; they are not looked at.
LoadedWebConfig load_web_config_file(const std::string& path);

/// The same for text that is already here; `file` is the name that findings carry.
LoadedWebConfig load_web_config_text(std::string_view text, const std::string& file);

}  // namespace jmxbridge
