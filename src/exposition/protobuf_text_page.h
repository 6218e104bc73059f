#pragma once

#include <span>

#include "exposition/family.h"
#include "exposition/format.h"
#include "exposition/gapped_text.h"

namespace jmxbridge {

/// The protobuf page in protobuf's text format, for people (specification 10.5.2): the fields of
/// each family one a line, in the order of their numbers.
GappedText protobuf_text_page(std::span<const FamilySpec> families, Escaping escaping);

}  // namespace jmxbridge
