#include "base/text_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace jmxbridge {
namespace {

using Clock = std::chrono::steady_clock;

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

Unexpected<Error> cannot_be_opened(int code) {
  if (code == ENOENT) return fail("the file does not exist; check the path");
  return fail(
      fmt::format("the file cannot be opened ({}); check its permissions", std::strerror(code)));
}

Unexpected<Error> cannot_be_read(int code) {
  return fail(fmt::format("the file cannot be read ({}); check the disk", std::strerror(code)));
}

// Many name it where a file must be named and there is nothing to say.
bool is_null_device(const struct stat& status) {
  return S_ISCHR(status.st_mode) && status.st_rdev == makedev(1, 3);
}

Result<void> check_kind(const struct stat& status, FileKind kind) {
  if (S_ISREG(status.st_mode) || is_null_device(status)) return {};
  if (S_ISDIR(status.st_mode)) return fail("this is a directory; name a file in it");
  if (!S_ISFIFO(status.st_mode)) return fail("this is a socket or a device; name a file");
  if (kind == FileKind::kRegularOrPipe) return {};
  return fail("this is a pipe, which can be read only once; name a file");
}

// Waits until there is something to read, or the end. Without a writer there is neither.
Result<void> wait_for_pipe(int file, Clock::time_point until) {
  while (true) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
    pollfd entry{file, POLLIN, 0};
    const int ready = ::poll(&entry, 1, static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
    if (ready > 0) return {};
    if (ready < 0 && errno != EINTR) return cannot_be_read(errno);
    if (ready == 0) {
      return fail(
          "this is a pipe, and what is in it did not end in time; see to who writes into it, or "
          "name a file");
    }
  }
}

}  // namespace

Result<std::string> read_text_file(const std::string& path, std::size_t most, FileKind kind,
                                   std::chrono::milliseconds pipe_time) {
  const Clock::time_point until = Clock::now() + pipe_time;
  struct stat status{};
  // First looked at and then opened, as opening a device may do something.
  if (::stat(path.c_str(), &status) != 0) return cannot_be_opened(errno);
  if (Result<void> fine = check_kind(status, kind); !fine) return fail(std::move(fine.error()));
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (file.number() < 0) return cannot_be_opened(errno);
  if (::fstat(file.number(), &status) != 0) return cannot_be_read(errno);
  if (Result<void> fine = check_kind(status, kind); !fine) return fail(std::move(fine.error()));
  const bool is_pipe = S_ISFIFO(status.st_mode);
  std::string text;
  std::array<char, 64 * 1024> room{};
  while (text.size() <= most) {
    if (is_pipe) {
      if (Result<void> ready = wait_for_pipe(file.number(), until); !ready) {
        return fail(std::move(ready.error()));
      }
    }
    const std::size_t wanted = std::min(room.size(), most + 1 - text.size());
    const ssize_t count = ::read(file.number(), room.data(), wanted);
    if (count < 0 && (errno == EINTR || (is_pipe && errno == EAGAIN))) continue;
    if (count < 0) return cannot_be_read(errno);
    if (count == 0) break;
    text.append(room.data(), static_cast<std::size_t>(count));
  }
  return text;
}

Result<void> check_file(const std::string& path, std::size_t most) {
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0) return cannot_be_opened(errno);
  if (Result<void> fine = check_kind(status, FileKind::kRegular); !fine) return fine;
  if (static_cast<std::uint64_t>(status.st_size) <= most) return {};
  return fail("the file is too large; name another");
}

}  // namespace jmxbridge
