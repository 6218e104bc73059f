#pragma once

#include <string>

namespace jmxbridge {

/// A random UUID (RFC 9562, version 4) as text.
std::string random_uuid();

}  // namespace jmxbridge
