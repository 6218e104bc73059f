#pragma once

#include <span>

#include "exposition/family.h"
#include "exposition/format.h"
#include "exposition/gapped_text.h"

namespace jmxbridge {

/// A page as text 0.0.4 (specification 10.10) or OpenMetrics 1.0.0 (10.11), which `format` says.
GappedText text_page(std::span<const FamilySpec> families, Format format, Escaping escaping);

}  // namespace jmxbridge
