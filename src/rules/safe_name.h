#pragma once

#include <string>
#include <string_view>

namespace jmxbridge {

/// A legal metric or label name made of any text (specification 7.5): `_` in front of a digit,
/// `_` for what is not in [A-Za-z0-9_:], and one `_` for a run of them.
std::string safe_name(std::string_view text);

/// Lower-cases the ASCII letters in place; safe names have no others.
void lower_case(std::string& name);

/// The name without reserved suffixes `_total`, `_created`, `_bucket` and `_info`, however many
/// (specification 7.9). A name that is nothing else keeps that word.
std::string_view strip_reserved_suffixes(std::string_view name);

}  // namespace jmxbridge
