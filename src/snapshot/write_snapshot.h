#pragma once

#include <string>

#include "snapshot/recording.h"

namespace jmxbridge {

/// The text of a snapshot file (snapshot_format.h): an attribute a line, beans in canonical order,
/// so that two of them can be compared line by line. Bytes that are no UTF-8 become U+FFFD.
std::string write_snapshot(const Recording& recording);

}  // namespace jmxbridge
