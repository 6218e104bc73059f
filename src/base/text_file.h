#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/result.h"

namespace jmxbridge {

/// What a path may lead to. Nothing else is opened: a device may never end, and what waits for a
/// writer may wait forever.
enum class FileKind : std::uint8_t {
  kRegular,        ///< what is read again and again
  kRegularOrPipe,  ///< what is read once, as a shell's `<(…)` can be
};

/// The longest that a pipe may take to be read to its end.
constexpr std::chrono::milliseconds kPipeTime{30'000};

/// The text of a file, at most one byte more than `most`; that of the null device is empty. A pipe
/// that is not read to its end within `pipe_time` is an error. The error is a clause that says what
/// to do, and never holds what was read.
Result<std::string> read_text_file(const std::string& path, std::size_t most,
                                   FileKind kind = FileKind::kRegular,
                                   std::chrono::milliseconds pipe_time = kPipeTime);

/// Whether others may open the file by its path: it is there, regular, and not larger than `most`.
/// The error is such a clause.
Result<void> check_file(const std::string& path, std::size_t most);

}  // namespace jmxbridge
