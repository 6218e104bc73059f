#pragma once

#include <vector>

namespace jmxbridge {

/// Character.toLowerCase and Character.toUpperCase of Java 17: Unicode's simple mappings, whatever
/// the locale.
char32_t java_lower(char32_t c);
char32_t java_upper(char32_t c);

/// Character.isUpperCase of a char: code points from U+10000 on are two chars there, and so are
/// not asked about.
bool is_java_upper(char32_t c);

/// The code points that have another case, ascending.
const std::vector<char32_t>& java_cased();

}  // namespace jmxbridge
