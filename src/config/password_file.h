#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "config/section.h"

namespace jmxbridge {

/// The password in a file, without one line end behind it. `name` is relative to the folder of
/// `config_file`; `${CREDENTIALS_DIRECTORY}/` in front of it stands for the credentials that
/// systemd gave the daemon. The error is a clause that says what to do, and never holds what was
/// read.
Result<std::string> read_password_file(std::string_view name, const std::string& config_file);

/// What the section's `passwordFile` holds, which stands in the place of `password`; nothing if
/// there is no such key. What is wrong goes into the report, and then the password is empty.
std::optional<std::string> password_of_file(const Section& section);

}  // namespace jmxbridge
