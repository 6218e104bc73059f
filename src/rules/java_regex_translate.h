#pragma once

#include <string>

#include "base/result.h"
#include "rules/regex_syntax.h"

namespace jmxbridge {

/// Writes a parsed pattern in PCRE2's syntax (specification 13.3), to be compiled with UTF and
/// anchored: it matches a whole text or nothing. Groups keep their numbers. Fails for look-behinds
/// whose length cannot be listed.
///
/// Three corners are left different. Java keeps a group that was set inside a look-around, an
/// atomic group or a possessive group when it backs out of it; here it is unset again. Back
/// references under (?i) compare letters beyond ASCII without case, too. \X follows this PCRE2's
/// version of Unicode.
Result<std::string, RegexError> translate_java_regex(const RegexSyntax& syntax);

/// The fewest and most characters that a node takes; most is RegexNode::kNoMax if unbounded.
struct RegexLength {
  std::uint64_t least = 0;
  std::uint64_t most = 0;
};
RegexLength regex_length(const RegexNode& node);

/// False if no match of the node takes a line terminator (see regex_dot), so that a pattern matches
/// no whole text that has one.
bool takes_line_end(const RegexNode& node);

}  // namespace jmxbridge
