#include "http/request.h"

#include <catch2/catch.hpp>
#include <string>
#include <utility>
#include <vector>

namespace jmxbridge {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

std::string path_of(std::string_view target) {
  const std::optional<Location> location = parse_target(target);
  return location ? location->path : "(malformed)";
}

Pairs query_of(std::string_view target) {
  const std::optional<Location> location = parse_target(target);
  REQUIRE(location.has_value());
  Pairs pairs;
  for (const Location::Parameter& each : location->query) pairs.emplace_back(each.name, each.value);
  return pairs;
}

TEST_CASE("request target: the path is percent-decoded", "[http]") {
  CHECK(path_of("/metrics") == "/metrics");
  CHECK(path_of("/%6Detrics") == "/metrics");
  CHECK(path_of("/a%2Fb") == "/a/b");
  CHECK(path_of("/a%00b") == std::string("/a\0b", 4));
  CHECK(path_of("/a+b") == "/a+b");
  CHECK(path_of("/") == "/");
}

TEST_CASE("request target: an absolute URI is taken by its path", "[http]") {
  CHECK(path_of("http://host:9404/metrics?x=1") == "/metrics");
  CHECK(path_of("http://host") == "");
}

TEST_CASE("request target: what is well-formed but names no path gives none of ours", "[http]") {
  CHECK(path_of("metrics") == "metrics");
  CHECK(path_of("//metrics") == "");
  CHECK(path_of("*") == "*");
  CHECK(path_of("?name[]=x") == "");
}

TEST_CASE("request target: what is malformed is told apart", "[http]") {
  for (const char* target : {"",
                             "/%zz",
                             "/%",
                             "/%4",
                             "/a b",
                             "/metrics?x=%zz",
                             "/<x>",
                             "/a\"b",
                             "/a\\b",
                             "/\x80",
                             "/metrics?a={b}",
                             "/\xA0",
                             "/metrics?x=\x9F",
                             "#",
                             "#x",
                             "/metrics#x#y",
                             "/metrics#<",
                             "/metrics#%zz",
                             "/[x]",
                             "http://[::1/metrics"}) {
    INFO(target);
    CHECK_FALSE(parse_target(target).has_value());
  }
}

TEST_CASE("request target: a fragment does not count", "[http]") {
  CHECK(path_of("/metrics#x") == "/metrics");
  CHECK(path_of("/metrics#") == "/metrics");
  CHECK(path_of("?#me") == "");
  CHECK(query_of("/metrics?a=1#b=2&[c]?\xE9") == Pairs{{"a", "1"}});
  CHECK(query_of("/metrics?#a=1").empty());
}

TEST_CASE("request target: letters of Latin-1 may be raw", "[http]") {
  CHECK(path_of("/metrics\xE9") == "/metrics\xE9");
  CHECK(query_of("/?\xA1=\xFF%FF[") == Pairs{{"\xA1", "\xFF\xFF["}});
}

TEST_CASE("request target: brackets of a parameter may be raw or percent-encoded", "[http]") {
  const Pairs expected = {{"name[]", "a"}, {"name[]", "b"}};
  CHECK(query_of("/metrics?name[]=a&name[]=b") == expected);
  CHECK(query_of("/metrics?name%5B%5D=a&name%5b%5d=b") == expected);
}

TEST_CASE("request target: parameters are decoded, in their order, repeated or not", "[http]") {
  CHECK(query_of("/?a=1&b=2&a=3") == Pairs{{"a", "1"}, {"b", "2"}, {"a", "3"}});
  CHECK(query_of("/?a=x%26y%3Dz&b=c=d") == Pairs{{"a", "x&y=z"}, {"b", "c=d"}});
  CHECK(query_of("/?a=b+c") == Pairs{{"a", "b c"}});
  CHECK(query_of("/?a=") == Pairs{{"a", ""}});
}

TEST_CASE("request target: a parameter without an equals sign does not count", "[http]") {
  CHECK(query_of("/?debug").empty());
  CHECK(query_of("/?").empty());
  CHECK(query_of("/").empty());
  CHECK(query_of("/?&&a=1&") == Pairs{{"a", "1"}});
}

}  // namespace
}  // namespace jmxbridge
