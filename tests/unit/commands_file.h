#pragma once

#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <string>

namespace jmxbridge {

/// A folder of the test's own that is gone with it.
class Folder {
 public:
  Folder()
      : path_(std::filesystem::temp_directory_path() /
              ("jmxbridge-commands-" + std::to_string(getpid()) + "-" +
               std::to_string(next_number()))) {
    std::filesystem::create_directories(path_);
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

  /// Writes a file anew, in place.
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(path_ / name, std::ios::trunc) << text;
    return (path_ / name).string();
  }

 private:
  static int next_number() {
    static std::atomic<int> number{0};
    return ++number;
  }

  std::filesystem::path path_;
};

}  // namespace jmxbridge
