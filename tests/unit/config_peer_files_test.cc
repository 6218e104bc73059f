#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "config/load.h"
#include "folder.h"

namespace jmxbridge {
namespace {

std::string content(const std::filesystem::path& path) {
  std::ifstream in(path);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

std::string with_port(std::string text) {
  const std::size_t at = text.find("@PORT@");
  if (at != std::string::npos) text.replace(at, 6, "9599");
  return text;
}

}  // namespace

TEST_CASE("peer files: the recorded configurations load without errors", "[config]") {
  const std::vector<std::filesystem::path> files =
      yaml_files(JMXBRIDGE_TEST_DATA "/peer/conformance/configs");
  REQUIRE(files.size() == 5);
  for (const std::filesystem::path& file : files) {
    const Report report = load_config_text(with_port(content(file)), file.string()).report;
    INFO(report.text());
    CHECK_FALSE(report.has_errors());
  }
}

TEST_CASE("peer files: the generated rules load without errors", "[config]") {
  const std::vector<std::filesystem::path> files =
      yaml_files(JMXBRIDGE_TEST_DATA "/peer/conformance/rules");
  REQUIRE(files.size() == 30);
  for (const std::filesystem::path& file : files) {
    const LoadedConfig loaded = load_config_text(with_port(content(file)), file.string());
    INFO(loaded.report.text());
    CHECK_FALSE(loaded.report.has_errors());
    CHECK(loaded.config.jmx_url == "service:jmx:rmi:///jndi/rmi://127.0.0.1:9599/jmxrmi");
    CHECK_FALSE(loaded.config.rules.empty());
  }
}

TEST_CASE("peer files: the peer's examples load without errors once they have a target",
          "[config]") {
  const std::vector<std::filesystem::path> files =
      yaml_files(JMXBRIDGE_TEST_DATA "/peer/example-configs");
  REQUIRE(files.size() == 20);
  for (const std::filesystem::path& file : files) {
    std::string text = content(file);
    if (text.find("hostPort") == std::string::npos) text += "\nhostPort: 127.0.0.1:9599\n";
    const LoadedConfig loaded = load_config_text(text, file.string());
    INFO(loaded.report.text());
    CHECK_FALSE(loaded.report.has_errors());
    CHECK_FALSE(loaded.config.rules.empty());
  }
}

}  // namespace jmxbridge
