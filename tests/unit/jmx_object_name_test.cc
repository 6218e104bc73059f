#include "jmx/object_name.h"

#include <catch2/catch.hpp>
#include <string>
#include <unordered_set>

using namespace jmxbridge;

namespace {

ObjectName name(std::string_view text) {
  Result<ObjectName> parsed = ObjectName::parse(text);
  INFO(text);
  REQUIRE(parsed.has_value());
  return *parsed;
}

bool matches(std::string_view pattern, std::string_view text) {
  return name(pattern).matches(name(text));
}

std::string properties(std::string_view list) {
  std::string text;
  for (const Property& property : read_properties(list)) {
    text += "[" + property.key + "|" + property.value + "]";
  }
  return text;
}

}  // namespace

TEST_CASE("object name: text keeps the order of registration, canonical sorts keys", "[jmx]") {
  const ObjectName parsed = name("t.order:b=2,a=1,c=3");
  CHECK(parsed.text() == "t.order:b=2,a=1,c=3");
  CHECK(parsed.canonical() == "t.order:a=1,b=2,c=3");
  CHECK(parsed.domain() == "t.order");
  CHECK(parsed.property_list() == "b=2,a=1,c=3");
  CHECK_FALSE(parsed.is_pattern());
  CHECK(parsed == name("t.order:c=3,b=2,a=1"));
  CHECK(parsed != name("t.order:b=2,a=1"));
  CHECK(std::unordered_set<ObjectName>{parsed, name("t.order:a=1,b=2,c=3")}.size() == 1);
}

TEST_CASE("object name: keys sort by UTF-16 units", "[jmx]") {
  CHECK(name("d:\xEF\xBF\xBD=1,😀=2,B=3,a=4").canonical() == "d:B=3,a=4,😀=2,\xEF\xBF\xBD=1");
}

TEST_CASE("object name: properties are found with their raw values", "[jmx]") {
  const ObjectName parsed = name("t.q:type=Q,name=\"a,b=\\\"c\\\"\",empty=,sp= x ");
  CHECK(parsed.property("type") == "Q");
  CHECK(parsed.property("name") == "\"a,b=\\\"c\\\"\"");
  CHECK(parsed.property("empty") == "");
  CHECK(parsed.property("sp") == " x ");
  CHECK_FALSE(parsed.property("nam").has_value());
  CHECK_FALSE(parsed.property("c").has_value());
}

TEST_CASE("object name: the empty text is the pattern of everything", "[jmx]") {
  CHECK(name("").text() == "*:*");
  CHECK(name("").is_pattern());
  CHECK(matches("", "any:k=v"));
}

TEST_CASE("object name: the list's star comes last, wherever it stood", "[jmx]") {
  CHECK(name("d:*,b=1,a=2").text() == "d:b=1,a=2,*");
  CHECK(name("d:b=1,*,a=2").canonical() == "d:a=2,b=1,*");
  CHECK(name("d:a=b,*,").text() == "d:a=b,*");
  CHECK(name("d:*").text() == "d:*");
  CHECK(name("d:*,").canonical() == "d:*");
  CHECK(name("d:*").property_list() == "*");
}

TEST_CASE("object name: odd but legal names are taken as the JDK takes them", "[jmx]") {
  CHECK(name(":a=b").domain().empty());
  CHECK(name("a=b:c=d").domain() == "a=b");
  CHECK(name("d:k=\"v\"xa=b").text() == "d:k=\"v\",a=b");
  CHECK(name("d:k=\"v\"éa=b").text() == "d:k=\"v\",a=b");
  CHECK(name("d: k = v ").property(" k ") == " v ");
  CHECK(name("d:a=\\").property("a") == "\\");
  CHECK(name("d\":k=v").domain() == "d\"");
}

TEST_CASE("object name: wildcards make a pattern, escaped ones do not", "[jmx]") {
  for (const char* text : {"*:k=v", "d?:k=v", "d:*", "d:k=v,*", "d:k=*", "d:k=a?b", "d:k=\"a*\""}) {
    INFO(text);
    CHECK(name(text).is_pattern());
  }
  CHECK_FALSE(name("d:k=\"a\\*\\?\"").is_pattern());
}

TEST_CASE("object name: malformed names are refused with what is wrong", "[jmx]") {
  const auto [text, what] = GENERATE(table<const char*, const char*>({
      {"nodomain", "no ':'"},
      {"a:", "no properties"},
      {"a:b", "no '='"},
      {"a:b=c,", "comma"},
      {"==", "no ':'"},
      {"a:=b", "empty key"},
      {"a:b=c,,d=e", "key"},
      {"a:b=c,b=d", "twice"},
      {"a:b*=c", "key"},
      {"a:b:c=d", "key"},
      {"a:b\n=d", "line end"},
      {"a\nb:c=d", "line end"},
      {"a:b=c:d", "double quotes"},
      {"a:b=c=d", "double quotes"},
      {"a:b=c\"d", "double quotes"},
      {"a:b=c\nd", "double quotes"},
      {"a:b=\"c", "does not end"},
      {"a:b=\"c\\", "does not end"},
      {"a:b=\"c\\x\"", "escape"},
      {"a:b=\"c\n\"", "\\n"},
      {"a:b=\"c\"x", "closing quote"},
      {"a:b=\"c\"é", "closing quote"},
      {"a:*,*", "twice"},
      {"a:**", "comma"},
      {"a:*b", "comma"},
  }));
  INFO(text);
  const Result<ObjectName> parsed = ObjectName::parse(text);
  REQUIRE_FALSE(parsed.has_value());
  CHECK(parsed.error().kind == ErrorKind::kMalformed);
  CHECK_THAT(parsed.error().text, Catch::Contains(what));
  CHECK(parsed.error().text.find('\n') == std::string::npos);
}

TEST_CASE("object name: a plain name takes in itself only", "[jmx]") {
  CHECK(matches("d:a=1,b=2", "d:b=2,a=1"));
  CHECK_FALSE(matches("d:a=1", "d:a=1,b=2"));
  CHECK_FALSE(matches("d:a=1", "d:a=2"));
  CHECK_FALSE(matches("d:a=1", "e:a=1"));
}

TEST_CASE("object name: a domain's wildcards match runs and single characters", "[jmx]") {
  CHECK(matches("*:k=v", "d:k=v"));
  CHECK(matches("*:k=v", ":k=v"));
  CHECK(matches("ja*.?ang:k=v", "java.lang:k=v"));
  CHECK_FALSE(matches("d?:k=v", "d:k=v"));
  CHECK_FALSE(matches("d*e:k=v", "d.e.f:k=v"));
  CHECK_FALSE(matches("*:k=v", "d:k=w"));
  CHECK(matches("*a*b*:k=v", "xaab:k=v"));
}

TEST_CASE("object name: a list pattern needs its properties among the others", "[jmx]") {
  CHECK(matches("d:a=1,*", "d:a=1"));
  CHECK(matches("d:a=1,*", "d:b=2,a=1"));
  CHECK_FALSE(matches("d:a=1,*", "d:b=2"));
  CHECK_FALSE(matches("d:a=1,*", "d:a=2,b=2"));
  CHECK(matches("d:*", "d:x=y"));
}

TEST_CASE("object name: a value pattern needs the same keys", "[jmx]") {
  CHECK(matches("d:a=*,b=2", "d:b=2,a=anything"));
  CHECK(matches("d:a=*", "d:a="));
  CHECK_FALSE(matches("d:a=*", "d:a=1,b=2"));
  CHECK(matches("d:a=?x*,*", "d:a=1xyz,b=2"));
  CHECK_FALSE(matches("d:a=?x*", "d:a=x"));
  CHECK_FALSE(matches("d:a=*", "d:b=1"));
}

TEST_CASE("object name: quoted patterns match quoted values as they are written", "[jmx]") {
  CHECK(matches("d:k=\"a*\"", "d:k=\"abc\""));
  CHECK_FALSE(matches("d:k=\"a*\"", "d:k=abc"));
  CHECK(matches("d:k=*", "d:k=\"q\""));
  CHECK(matches("d:k=\"x\\*y*\"", "d:k=\"x\\*yz\""));
}

TEST_CASE("object name: a question mark takes one UTF-16 unit", "[jmx]") {
  CHECK(matches("d:k=?", "d:k=é"));
  CHECK_FALSE(matches("d:k=?", "d:k=😀"));
  CHECK(matches("d:k=??", "d:k=😀"));
}

TEST_CASE("object name: no pattern takes in a pattern", "[jmx]") {
  CHECK_FALSE(matches("*:*", "d:*"));
  CHECK_FALSE(matches("d:k=*", "d:k=*"));
}

TEST_CASE("object name: matching does not explode", "[jmx]") {
  const std::string stars = "d:k=" + std::string(200, '*') + "b";
  CHECK_FALSE(name(stars).matches(name("d:k=" + std::string(20'000, 'a'))));
}

TEST_CASE("properties: the peer's reading keeps order, quotes and blanks", "[jmx]") {
  CHECK(properties("b=2,a=1") == "[b|2][a|1]");
  CHECK(properties("type=Q,name=\"a,b=\\\"c\\\"\",empty=,sp= x ") ==
        "[type|Q][name|\"a,b=\\\"c\\\"\"][empty|][sp| x ]");
  CHECK(properties("cluster=c, jobType=ALL") == "[cluster|c][ jobType|ALL]");
}

TEST_CASE("properties: reading stops at the first thing that does not fit", "[jmx]") {
  CHECK(properties("") == "");
  CHECK(properties("a=1,*") == "[a|1]");
  CHECK(properties("a=1,b") == "[a|1]");
  CHECK(properties("a=1,=b") == "[a|1]");
  CHECK(properties("a=1,b?=2,c=3") == "[a|1]");
  CHECK(properties("a=1:b=2") == "[a|1]");
}

TEST_CASE("properties: a quote that does not end gives an empty value", "[jmx]") {
  CHECK(properties("a=\"x") == "[a|]");
  CHECK(properties("a=\"x\\") == "[a|]");
  CHECK(properties("a=\"x\\\n\",b=1") == "[a|]");
  CHECK(properties("a=\"x\"y=z") == "[a|\"x\"][y|z]");
}

TEST_CASE("properties: a later value replaces an earlier one in its place", "[jmx]") {
  CHECK(properties("a=1,b=2,a=3") == "[a|3][b|2]");
}
