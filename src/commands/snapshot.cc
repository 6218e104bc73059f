#include "commands/snapshot.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

#include "base/log.h"
#include "commands/live_recording.h"
#include "snapshot/write_snapshot.h"

namespace jmxbridge {
namespace {

bool write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(file, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

/// Values may be private: a file that is made here is its owner's alone.
bool write_file(const std::string& path, std::string_view text) {
  constexpr mode_t kOwnerOnly = 0600;
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, kOwnerOnly);
  if (file < 0) return false;
  const bool is_written = write_all(file, text);
  const int error = errno;
  const bool is_closed = ::close(file) == 0;
  if (!is_written) errno = error;
  return is_written && is_closed;
}

}  // namespace

int take_snapshot(const CommandLine& line) {
  set_up_log(line.log_level, line.log_format);
  const std::shared_ptr<const Snapshot> snapshot = load_for(line, /*needs_target=*/true);
  if (!snapshot) return kExitError;
  const Result<Recording> recording = record_target(line, *snapshot, {});
  if (!recording) {
    fmt::print(stderr, "jmxbridge: {}\n", recording.error().text);
    return kExitError;
  }
  complain_of_trouble(*recording);
  const std::string text = write_snapshot(*recording);
  const bool is_written =
      line.output.empty() ? write_all(STDOUT_FILENO, text) : write_file(line.output, text);
  if (is_written) return kExitFine;
  const std::string why = std::strerror(errno);
  fmt::print(stderr,
             "jmxbridge: the snapshot cannot be written to {} ({}); name another --output\n",
             line.output.empty() ? "stdout" : printable(line.output), why);
  return kExitError;
}

}  // namespace jmxbridge
