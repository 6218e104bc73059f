#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scrape/target.h"

namespace jmxbridge {

/// The lines that SIGQUIT writes to the log: how the target stands, and each open connection, one
/// a line, as `connections` has them.
std::vector<std::string> state_lines(const TargetStatus& target, std::string_view connections);

}  // namespace jmxbridge
