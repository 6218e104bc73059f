#pragma once

#include <memory>
#include <string>

namespace jmxbridge {

/// A secret that many may hold: one text, overwritten when the last of them lets go of it. The
/// argument's own memory is taken over, so hand over a text that is nowhere else.
std::shared_ptr<const std::string> wiped_text(std::string secret);

}  // namespace jmxbridge
