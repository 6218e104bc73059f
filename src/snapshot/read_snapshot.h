#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"
#include "snapshot/recording.h"

namespace jmxbridge {

/// How long a snapshot file may be, in bytes.
inline constexpr std::size_t kLargestSnapshot = std::size_t{256} << 20;

/// Reads a snapshot file (snapshot_format.h). An error names line and column, or the bean and the
/// attribute, and what would be right. Files are hostile: their size, depth and memory are bounded.
Result<Recording> read_snapshot(std::string_view text);

/// The same for a file; the error starts with its path.
Result<Recording> read_snapshot_file(const std::string& path);

}  // namespace jmxbridge
