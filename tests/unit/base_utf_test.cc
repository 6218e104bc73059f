#include "base/utf.h"

#include <catch2/catch.hpp>
#include <string>

using namespace jmxbridge;
using namespace std::string_literals;

namespace {

std::string from_modified(std::string_view bytes) {
  std::string out = "<";
  const bool read = append_modified_utf8(bytes, out);
  return read ? out.substr(1) : "malformed" + out;
}

std::string to_modified(std::string_view text) {
  std::string out;
  append_as_modified_utf8(text, out);
  return out;
}

}  // namespace

TEST_CASE("utf: modified UTF-8 becomes UTF-8", "[base]") {
  CHECK(from_modified("") == "");
  CHECK(from_modified("plain text, longer than a word") == "plain text, longer than a word");
  CHECK(from_modified("a\xC0\x80z") == "a\0z"s);
  CHECK(from_modified("a\0z"s) == "a\0z"s);
  CHECK(from_modified("\xC3\xA9\xE2\x82\xAC") == "é€");
  CHECK(from_modified("\xED\xA0\xBD\xED\xB8\x80!") == "😀!");
}

TEST_CASE("utf: a lone surrogate becomes a question mark", "[base]") {
  CHECK(from_modified("\xED\xA0\x80z") == "?z");
  CHECK(from_modified("z\xED\xB8\x80") == "z?");
  CHECK(from_modified("\xED\xA0\x80") == "?");
  CHECK(from_modified("\xED\xA0\xBD\xED\xA0\xBD\xED\xB8\x80") == "?😀");
}

TEST_CASE("utf: overlong forms are read as Java reads them", "[base]") {
  CHECK(from_modified("\xC1\x81") == "A");
  CHECK(from_modified("\xE0\x81\x81") == "A");
}

TEST_CASE("utf: bytes that are no modified UTF-8 add nothing", "[base]") {
  for (const std::string& bytes :
       {"a\x80"s, "\xC3"s, "\xC3z"s, "\xE2\x82"s, "\xE2\x82z"s, "\xF0\x9F\x98\x80"s, "\xFF"s}) {
    CHECK(from_modified(bytes) == "malformed<");
  }
}

TEST_CASE("utf: UTF-8 becomes modified UTF-8", "[base]") {
  CHECK(to_modified("a\0é€"s) == "a\xC0\x80é€");
  CHECK(to_modified("😀") == "\xED\xA0\xBD\xED\xB8\x80");
  CHECK(to_modified("a\xFFz") == "a?z");
  CHECK(from_modified(to_modified("x😀\0y"s)) == "x😀\0y"s);
}

TEST_CASE("utf: well-formed UTF-8 is told from other bytes", "[base]") {
  CHECK(is_utf8(""));
  CHECK(is_utf8("0123456789 ASCII é € 😀 \xF4\x8F\xBF\xBF"));
  for (const std::string& bytes :
       {"\x80"s, "\xC0\x80"s, "\xC1\xBF"s, "\xE0\x80\x80"s, "\xED\xA0\x80"s, "\xF0\x80\x80\x80"s,
        "\xF4\x90\x80\x80"s, "\xF5\x80\x80\x80"s, "\xC3"s, "ascii ascii \xE2\x82"s, "é\xFF"s}) {
    CHECK_FALSE(is_utf8(bytes));
  }
}

TEST_CASE("utf: texts compare by UTF-16 units, as Java's do", "[base]") {
  CHECK(compare_java_order("a", "a") == std::strong_ordering::equal);
  CHECK(compare_java_order("", "a") == std::strong_ordering::less);
  CHECK(compare_java_order("B", "a") == std::strong_ordering::less);
  CHECK(compare_java_order("ab", "a") == std::strong_ordering::greater);
  CHECK(compare_java_order("z", "é") == std::strong_ordering::less);
  CHECK(compare_java_order("\uD7FF", "😀") == std::strong_ordering::less);
  CHECK(compare_java_order("😀", "\uE000") == std::strong_ordering::less);
  CHECK(compare_java_order("\uFFFD", "😀") == std::strong_ordering::greater);
  CHECK(compare_java_order("😀", "😁") == std::strong_ordering::less);
}
