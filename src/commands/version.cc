#include <string>

#include "commands/command_line.h"

namespace jmxbridge {
namespace {

#if defined(__clang__)
constexpr const char* kCompiler = "clang " __clang_version__;
#else
constexpr const char* kCompiler = "g++ " __VERSION__;
#endif

#if defined(__x86_64__)
constexpr const char* kPlatform = "linux/amd64";
#elif defined(__aarch64__)
constexpr const char* kPlatform = "linux/arm64";
#else
constexpr const char* kPlatform = "linux";
#endif

}  // namespace

std::string version_text() {
  // Asio's headers bring Boost's version with them.
  const std::string boost = std::to_string(BOOST_VERSION / 100000) + "." +
                            std::to_string(BOOST_VERSION / 100 % 1000) + "." +
                            std::to_string(BOOST_VERSION % 100);
  return std::string("jmxbridge, version " JMXBRIDGE_VERSION "\n") +  //
         "  compiler:   " + kCompiler + "\n" +                        //
         "  boost:      " + boost + "\n" +                            //
         "  platform:   " + kPlatform + "\n";
}

}  // namespace jmxbridge
