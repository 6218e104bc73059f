#include <cstddef>
#include <cstdint>
#include <string_view>

#include "config/load.h"
#include "require.h"

// Any text is a configuration or a located report: never a crash, and no finding without words.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const jmxbridge::LoadedConfig loaded = jmxbridge::load_config_text(text, "fuzz.yml");
  const std::string report = loaded.report.text();
  for (const jmxbridge::Finding& finding : loaded.report.findings()) {
    JMXBRIDGE_REQUIRE_PROPERTY(!finding.text.empty());
    JMXBRIDGE_REQUIRE_PROPERTY(finding.mark.line >= 0 && finding.mark.column >= 0);
  }
  // A configuration without errors always has a target.
  JMXBRIDGE_REQUIRE_PROPERTY(loaded.report.has_errors() || !loaded.config.jmx_url.empty());
  JMXBRIDGE_REQUIRE_PROPERTY(loaded.report.findings().empty() == report.empty());
  return 0;
}
