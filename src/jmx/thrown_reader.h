#pragma once

#include "jmx/stream_node.h"
#include "jmx/thrown.h"

namespace jmxbridge {

/// What an object of java.lang.Throwable, or of a class derived from it, says; empty for others.
Thrown read_thrown(const Node* node);

}  // namespace jmxbridge
