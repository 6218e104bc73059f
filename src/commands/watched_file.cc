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
  if (::stat(path_.c_str(), &status) != 0 || S_ISFIFO(status.st_mode)) return std::nullopt;
  return Identity{.device = status.st_dev,
                  .inode = status.st_ino,
                  .size = status.st_size,
                  .seconds = status.st_mtim.tv_sec,
                  .nanoseconds = status.st_mtim.tv_nsec,
                  .mode = status.st_mode,
                  .owner = status.st_uid,
                  .group = status.st_gid};
}

}  // namespace jmxbridge
