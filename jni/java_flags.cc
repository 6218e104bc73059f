#include "jni/java_flags.h"

#include <fmt/format.h>

namespace jmxbridge {

std::vector<std::string> java_flags(const std::string& jar, std::uint32_t targets,
                                    const std::string& error_folder) {
  return {
      "-Djava.class.path=" + jar,
      "-XX:+UseSerialGC",
      "-XX:TieredStopAtLevel=1",
      "-XX:-UsePerfData",
      "-Xss512k",
      "-Xms8m",
      fmt::format("-Xmx{}m", 64 + (targets + 15) / 16),
      "-Xrs",
      "-XX:ReservedCodeCacheSize=16m",
      "-XX:MaxMetaspaceSize=64m",
      "-XX:CompressedClassSpaceSize=16m",
      fmt::format("-XX:ErrorFile={}/jmxbridge-jvm-error-%p.log", error_folder),
      "-Djava.awt.headless=true",
      // RMI asks for the name of this host before it connects, and never uses it.
      "-Djava.rmi.server.hostname=127.0.0.1",
      // A last resort: reads end at the deadline of their call.
      "-Dsun.rmi.transport.tcp.handshakeTimeout=10000",
      "-Dsun.rmi.transport.tcp.responseTimeout=120000",
      // RMI collects the whole heap that often; once a year keeps it from that.
      "-Dsun.rmi.dgc.client.gcInterval=31536000000",
      "-Djava.rmi.server.useCodebaseOnly=true",
      // What a target may make this JVM build: the JDK's classes (and io.jmxbridge.Incoming).
      "-Djava.rmi.server.RMIClassLoaderSpi=io.jmxbridge.JdkClasses",
      // The JDK's loggers get no handler: this process has one log, and it is not Java's.
      "-Djava.util.logging.config.file=/dev/null",
  };
}

std::vector<std::string> split_java_options(std::string_view text) {
  std::vector<std::string> options;
  std::string option;
  bool quoted = false;
  bool started = false;
  for (const char c : text) {
    if (c == '"') {
      quoted = !quoted;
      started = true;
    } else if (!quoted && (c == ' ' || c == '\t' || c == '\n')) {
      if (started) options.push_back(std::move(option));
      option.clear();
      started = false;
    } else {
      option += c;
      started = true;
    }
  }
  if (started) options.push_back(std::move(option));
  return options;
}

}  // namespace jmxbridge
