#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <stdexcept>

#include "keytool.h"

namespace jmxbridge::test {

namespace fs = std::filesystem;

StoreFolder::StoreFolder(const std::string& name)
    : folder_(fs::temp_directory_path() / fmt::format("jmxbridge-{}-{}", name, ::getpid())) {
  fs::create_directory(folder_);
}

StoreFolder::~StoreFolder() {
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

void StoreFolder::keytool(const std::string& store, const std::string& arguments,
                          const std::string& type) const {
  const fs::path tool = fs::path(TARGET_JAVA).parent_path() / "keytool";
  const std::string command = fmt::format(
      "env -u JAVA_TOOL_OPTIONS {} -J-XX:+UseSerialGC -J-XX:TieredStopAtLevel=1 -storepass {} "
      "-storetype {} -keystore {} {} >/dev/null 2>&1",
      tool.string(), kPassword, type, path(store), arguments);
  if (std::system(command.c_str()) != 0) throw std::runtime_error(command);
}

}  // namespace jmxbridge::test
