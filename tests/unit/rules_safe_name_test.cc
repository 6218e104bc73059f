#include "rules/safe_name.h"

#include <catch2/catch.hpp>

using namespace jmxbridge;

TEST_CASE("safe_name: what is not legal becomes one underscore", "[rules]") {
  CHECK(safe_name("test-test") == "test_test");
  CHECK(safe_name("-_-") == "_");
  CHECK(safe_name("____test") == "_test");
  CHECK(safe_name("001") == "_001");
  CHECK(safe_name("test_swedish_chars_åäö") == "test_swedish_chars_");
  CHECK(safe_name("test:test") == "test:test");
  CHECK(safe_name("") == "");
  CHECK(safe_name("a\xF0\x9F\x98\x80z") == "a_z");
  CHECK(safe_name("a\nb\tc\"d") == "a_b_c_d");
  CHECK(safe_name("__a__b__") == "_a_b_");
  CHECK(safe_name(":") == ":");
}

TEST_CASE("safe_name: reserved suffixes are removed, one after the other", "[rules]") {
  CHECK(strip_reserved_suffixes("foo_total") == "foo");
  CHECK(strip_reserved_suffixes("foo") == "foo");
  CHECK(strip_reserved_suffixes("foo_bucket_total") == "foo");
  CHECK(strip_reserved_suffixes("bar_created") == "bar");
  CHECK(strip_reserved_suffixes("baz_info") == "baz");
  CHECK(strip_reserved_suffixes("_total") == "total");
  CHECK(strip_reserved_suffixes("x_total_info") == "x");
  CHECK(strip_reserved_suffixes("_info_created") == "info");
  CHECK(strip_reserved_suffixes("Foo_TOTAL") == "Foo_TOTAL");
  CHECK(strip_reserved_suffixes("total") == "total");
  CHECK(strip_reserved_suffixes("") == "");
}
