#include "config/text_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace jmxbridge {
namespace {

// Closes a file descriptor at the end of its scope.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }

  int number() const { return number_; }

 private:
  int number_;
};

std::string reason(int code) { return std::strerror(code); }

}  // namespace

Result<std::string> read_text_file(const std::string& path, std::size_t most) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.number() < 0) {
    if (errno == ENOENT) return fail("the file does not exist; check the path");
    return fail(
        fmt::format("the file cannot be opened ({}); check its permissions", reason(errno)));
  }
  struct stat status{};
  if (::fstat(file.number(), &status) == 0 && S_ISDIR(status.st_mode)) {
    return fail("this is a directory; name a file in it");
  }
  std::string text;
  std::array<char, 64 * 1024> room{};
  while (text.size() <= most) {
    const ssize_t count = ::read(file.number(), room.data(), room.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      return fail(fmt::format("the file cannot be read ({}); check the disk", reason(errno)));
    }
    if (count == 0) break;
    text.append(room.data(), static_cast<std::size_t>(count));
  }
  return text;
}

}  // namespace jmxbridge
