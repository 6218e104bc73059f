#pragma once

#include <string>

#include "config/config.h"

namespace jmxbridge {

/// The one place where a configuration becomes text for people: YAML that reads back as the same
/// configuration, defaults included, but for its secrets. Passwords, their hashes and salts are
/// shown as `<secret>`, and so is a service URL that holds a stub, which is a key to its server.
std::string masked_text(const CollectorConfig& config);

}  // namespace jmxbridge
