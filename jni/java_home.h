#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace jmxbridge {

/// The oldest Java release that can carry the bridge.
inline constexpr int kOldestJava = 17;

/// Where to look for a Java runtime, in this order.
struct JavaSearch {
  std::string given;      ///< --java.home; when set, nothing else is looked at
  std::string java_home;  ///< the environment's JAVA_HOME
  std::string path;       ///< the environment's PATH, searched for `java`
  std::string default_home = "/usr/lib/jvm/default-java";
  std::string alternative = "/etc/alternatives/java";
  std::string all_homes = "/usr/lib/jvm";

  /// The search with what this process' environment says.
  static JavaSearch from_environment(std::string given);
};

/// An installed Java runtime.
struct JavaHome {
  std::string path;
  std::string libjvm;  ///< path of libjvm.so
  int version = 0;     ///< 17, 25, …; 0: not said
};

/// Finds the runtime to use. The error names what was looked at and what to install.
Result<JavaHome> find_java_home(const JavaSearch& search);

}  // namespace jmxbridge
