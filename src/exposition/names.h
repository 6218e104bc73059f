#pragma once

#include <string>
#include <string_view>

#include "exposition/family.h"
#include "exposition/format.h"

namespace jmxbridge {

/// A metric's or label's name as the scheme writes it (specification 10.4.2).
std::string escaped_name(std::string_view name, Escaping escaping);

/// A family's name as the scheme writes it, without the suffix of its samples.
std::string escaped_name(const FamilySpec& family, Escaping escaping);

/// What a sample's name has that its family's has not. The schemes leave it as it is.
std::string_view name_suffix(FamilyType type, SampleSpec::Part part);

/// True for label names that need no quotes: `[a-zA-Z_][a-zA-Z0-9_]*`.
bool is_plain_label_name(std::string_view name);

}  // namespace jmxbridge
