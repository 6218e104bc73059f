#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "config/load_web_config.h"
#include "require.h"

// Any text is a web configuration or a located report, and what is usable protects as it says.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const jmxbridge::LoadedWebConfig loaded = jmxbridge::load_web_config_text(text, "d/fuzz.yml");
  for (const jmxbridge::Finding& finding : loaded.report.findings()) {
    JMXBRIDGE_REQUIRE_PROPERTY(!finding.text.empty());
  }
  if (loaded.report.has_errors()) return 0;
  const jmxbridge::WebConfig& config = loaded.config;
  for (const jmxbridge::WebUser& user : config.users) {
    JMXBRIDGE_REQUIRE_PROPERTY(user.hash.size() == 60);
  }
  for (const auto& [name, value] : config.headers) {
    JMXBRIDGE_REQUIRE_PROPERTY(value.find_first_of("\r\n") == std::string::npos);
  }
  if (config.rate_limit) {
    JMXBRIDGE_REQUIRE_PROPERTY(config.rate_limit->interval.count() > 0 &&
                               config.rate_limit->burst > 0);
  }
  if (config.tls) {
    JMXBRIDGE_REQUIRE_PROPERTY(config.tls->certificate.given() && config.tls->key.given());
    JMXBRIDGE_REQUIRE_PROPERTY(!config.tls->protocols.empty());
  }
  return 0;
}
