#pragma once

#include <cstddef>
#include <span>

#include "exposition/family.h"
#include "exposition/format.h"
#include "exposition/gapped_text.h"

namespace jmxbridge {

/// The room that a double takes in a message, and a count: the longest form of a varint, which
/// every reader must take.
inline constexpr std::size_t kProtobufNumberBytes = 8;
inline constexpr std::size_t kProtobufCountBytes = 10;

/// A page as protobuf (specification 10.12): for each family a message io.prometheus.client.
/// MetricFamily behind its length. The gaps have the room above, so that all lengths are settled.
GappedText protobuf_page(std::span<const FamilySpec> families, Escaping escaping);

}  // namespace jmxbridge
