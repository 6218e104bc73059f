#include "scrape/process_stats.h"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <system_error>
#include <vector>

namespace jmxbridge {
namespace {

/// The fields of /proc/self/stat from the third on: the second, the command in brackets, may hold
/// blanks.
std::vector<std::string> stat_fields() {
  std::ifstream file("/proc/self/stat");
  const std::string line((std::istreambuf_iterator<char>(file)), {});
  const std::size_t end_of_command = line.rfind(')');
  if (end_of_command == std::string::npos) return {};
  std::istringstream rest(line.substr(end_of_command + 1));
  return {std::istream_iterator<std::string>(rest), {}};
}

double boot_time() {
  std::ifstream file("/proc/stat");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("btime ")) return std::stod(line.substr(6));
  }
  return 0;
}

double count_fds() {
  std::error_code error;
  double count = 0;
  for (std::filesystem::directory_iterator it("/proc/self/fd", error), end; !error && it != end;
       it.increment(error)) {
    ++count;
  }
  return count > 0 ? count - 1 : 0;  // the listing itself holds one open
}

}  // namespace

ProcessStats read_process_stats() {
  // Positions by proc(5), less the two fields before.
  constexpr std::size_t kUserTime = 11;
  constexpr std::size_t kSystemTime = 12;
  constexpr std::size_t kStartTime = 19;
  constexpr std::size_t kVirtualBytes = 20;
  constexpr std::size_t kResidentPages = 21;
  static const double boot = boot_time();

  ProcessStats stats;
  const std::vector<std::string> fields = stat_fields();
  if (fields.size() > kResidentPages) {
    const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
    stats.cpu_seconds = (std::stod(fields[kUserTime]) + std::stod(fields[kSystemTime])) / ticks;
    stats.start_time_seconds = boot + std::stod(fields[kStartTime]) / ticks;
    stats.virtual_bytes = std::stod(fields[kVirtualBytes]);
    stats.resident_bytes =
        std::stod(fields[kResidentPages]) * static_cast<double>(sysconf(_SC_PAGESIZE));
  }
  stats.open_fds = count_fds();
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) stats.max_fds = static_cast<double>(limit.rlim_cur);
  return stats;
}

}  // namespace jmxbridge
