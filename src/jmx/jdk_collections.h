#pragma once

#include "jmx/arena.h"
#include "jmx/stream_node.h"

namespace jmxbridge {

/// The elements of a collection of java.util, or the keys and values of a map of it by turns, in
/// the order of the stream, views and wrappers seen through. Whatever is no such thing has none.
/// Costs at most the number of elements.
NodeList elements_of(const Node* node, Arena& arena);

}  // namespace jmxbridge
