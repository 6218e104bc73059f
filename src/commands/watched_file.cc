#include "commands/watched_file.h"

#include <sys/stat.h>

#include <utility>

namespace jmxbridge {

WatchedFile::WatchedFile(std::string path) : path_(std::move(path)), known_(look()) {}

bool WatchedFile::is_pipe() const {
  struct stat status{};
  return ::stat(path_.c_str(), &status) == 0 && S_ISFIFO(status.st_mode);
}

void WatchedFile::note() { known_ = look(); }

bool WatchedFile::has_changed() {
  std::optional<Identity> now = look();
  if (!now || now == known_) return false;
  known_ = now;
  return true;
}

std::optional<WatchedFile::Identity> WatchedFile::look() const {
  struct stat status{};
  if (::stat(path_.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  return Identity{status.st_dev, status.st_ino, status.st_size, status.st_mtim.tv_sec,
                  status.st_mtim.tv_nsec};
}

}  // namespace jmxbridge
