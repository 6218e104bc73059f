#include <fmt/format.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "keytool.h"

namespace jmxbridge::test {

void StoreFolder::keytool(const std::string& store, const std::string& arguments,
                          const std::string& type) const {
  const std::filesystem::path tool = std::filesystem::path(TARGET_JAVA).parent_path() / "keytool";
  const std::string said = path("keytool.log");
  const std::string command = fmt::format(
      "env -u JAVA_TOOL_OPTIONS {} -J-XX:+UseSerialGC -J-XX:TieredStopAtLevel=1 -storepass {} "
      "-storetype {} -keystore {} {} >{} 2>&1",
      tool.string(), kPassword, type, path(store), arguments, said);
  if (const int status = std::system(command.c_str()); status != 0) {
    std::ifstream file(said);
    throw std::runtime_error(fmt::format("{}\nstatus {}: {}", command, status,
                                         std::string(std::istreambuf_iterator<char>(file), {})));
  }
}

}  // namespace jmxbridge::test
