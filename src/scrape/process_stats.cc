#include "scrape/process_stats.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <fstream>
#include <span>
#include <string>
#include <string_view>

namespace jmxbridge {
namespace {

/// What stands in /proc/self/stat. It is read in every scrape, and so into memory of the caller's.
std::string_view read_stat(std::span<char> room) {
  const int file = ::open("/proc/self/stat", O_RDONLY | O_CLOEXEC);
  if (file < 0) return {};
  const ssize_t size = ::read(file, room.data(), room.size());
  ::close(file);
  return {room.data(), size > 0 ? static_cast<std::size_t>(size) : 0};
}

/// Numbers of /proc/self/stat, by their positions in proc(5), which count from 1.
class StatFields {
 public:
  explicit StatFields(std::string_view stat) : rest_(stat) {
    // The second field, the command in brackets, may hold blanks.
    rest_.remove_prefix(std::min(rest_.size(), rest_.rfind(')') + 1));
  }

  /// In ascending order only. 0 where there is no such field.
  double number(std::size_t position) {
    std::string_view field;
    for (; at_ < position; ++at_) {
      rest_.remove_prefix(std::min(rest_.size(), rest_.find_first_not_of(" \n")));
      const std::size_t end = std::min(rest_.size(), rest_.find_first_of(" \n"));
      field = rest_.substr(0, end);
      rest_.remove_prefix(end);
    }
    double number = 0;
    std::from_chars(field.data(), field.data() + field.size(), number);
    return number;
  }

 private:
  std::string_view rest_;
  std::size_t at_ = 2;
};

double boot_time() {
  std::ifstream file("/proc/stat");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("btime ")) return std::stod(line.substr(6));
  }
  return 0;
}

double count_fds() {
  const int folder = ::open("/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return 0;
  double count = 0;
  alignas(dirent64) std::array<char, 4096> room{};
  for (ssize_t size = 0; (size = ::getdents64(folder, room.data(), room.size())) > 0;) {
    for (ssize_t at = 0; at < size;) {
      const auto* const entry = reinterpret_cast<const dirent64*>(room.data() + at);
      if (entry->d_name[0] != '.') ++count;
      at += entry->d_reclen;
    }
  }
  ::close(folder);
  return count > 0 ? count - 1 : 0;  // the listing itself holds one open
}

}  // namespace

ProcessStats read_process_stats() {
  constexpr std::size_t kUserTime = 14;
  constexpr std::size_t kSystemTime = 15;
  constexpr std::size_t kStartTime = 22;
  constexpr std::size_t kVirtualBytes = 23;
  constexpr std::size_t kResidentPages = 24;
  static const double boot = boot_time();

  ProcessStats stats;
  std::array<char, 2048> room{};
  const std::string_view stat = read_stat(room);
  if (!stat.empty()) {
    const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
    StatFields fields(stat);
    const double user = fields.number(kUserTime);
    stats.cpu_seconds = (user + fields.number(kSystemTime)) / ticks;
    stats.start_time_seconds = boot + fields.number(kStartTime) / ticks;
    stats.virtual_bytes = fields.number(kVirtualBytes);
    stats.resident_bytes =
        fields.number(kResidentPages) * static_cast<double>(sysconf(_SC_PAGESIZE));
  }
  stats.open_fds = count_fds();
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) stats.max_fds = static_cast<double>(limit.rlim_cur);
  return stats;
}

}  // namespace jmxbridge
