#pragma once

#include <compare>
#include <cstddef>
#include <string>
#include <string_view>

namespace jmxbridge {

/// Appends modified UTF-8 (JVM specification 4.4.7) as UTF-8; a lone surrogate becomes `?`, as
/// Java's encoders write it. False if the bytes are not modified UTF-8.
bool append_modified_utf8(std::string_view bytes, std::string& out);

/// Appends UTF-8 as modified UTF-8, for what goes to the JVM or onto the wire.
void append_as_modified_utf8(std::string_view text, std::string& out);

/// True if the bytes are well-formed UTF-8 (RFC 3629).
bool is_utf8(std::string_view bytes);

/// Compares two UTF-8 texts in Java's String order, by UTF-16 code units.
std::strong_ordering compare_java_order(std::string_view a, std::string_view b);

/// The length in bytes of the well-formed UTF-8 sequence that `text` starts with, and its code
/// point; 0 if there is none.
std::size_t utf8_sequence(std::string_view text, char32_t* point);

/// Appends a code point (no surrogate) as UTF-8.
void append_code_point(char32_t point, std::string& out);

/// How many bytes at the front are ASCII.
std::size_t ascii_prefix(std::string_view text);

}  // namespace jmxbridge
