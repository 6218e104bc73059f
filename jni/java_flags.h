#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace jmxbridge {

/// The JVM's flags (design section 6): small, quiet, with bounds on what a target can make it do.
std::vector<std::string> java_flags(const std::string& jar, std::uint32_t targets,
                                    const std::string& error_folder);

/// Splits `--java.options` at blanks; a part in double quotes may hold blanks.
std::vector<std::string> split_java_options(std::string_view text);

}  // namespace jmxbridge
