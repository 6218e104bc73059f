#pragma once

#include <optional>
#include <string>

#include "base/result.h"

namespace jmxbridge {

class Section;

/// `passwordFile`: where a password stands that is read anew each time it is needed.
struct PasswordFile {
  std::string name;         ///< as it is written, see path_of
  std::string config_file;  ///< that names it

  friend bool operator==(const PasswordFile&, const PasswordFile&) = default;
};

/// The file that is meant. A name is relative to the folder of the configuration; in front of it
/// `${CREDENTIALS_DIRECTORY}/` stands for the credentials that systemd gave the daemon. The error
/// is a clause that says what to do.
Result<std::string> path_of(const PasswordFile& file);

/// The password in the file, without one line end behind it. The error is a clause that names the
/// file and says what to do, and never holds what was read. May block.
Result<std::string> read_password(const PasswordFile& file);

/// The section's `passwordFile`, which stands in the place of `password`; nothing if there is no
/// such key. It is read here once, so that a wrong name shows at once: what is wrong goes into the
/// report.
std::optional<PasswordFile> load_password_file(const Section& section);

}  // namespace jmxbridge
