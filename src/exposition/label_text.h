#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/metric.h"
#include "exposition/format.h"

namespace jmxbridge {

/// Appends a text with backslashes and line ends escaped, and double quotes if `quotes`.
void append_escaped(std::string_view text, bool quotes, std::string& out);

/// Appends `{name="value",…}` as both text formats write it; nothing if there are no labels.
void append_labels(std::span<const Label> labels, std::string& out,
                   Escaping escaping = Escaping::kUnderscores);

}  // namespace jmxbridge
