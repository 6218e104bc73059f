#include <catch2/catch.hpp>
#include <string>
#include <string_view>

#include "config/yaml_reader.h"
#include "config_texts.h"

namespace jmxbridge {
namespace {

struct Broken {
  std::string_view text;
  std::string_view report;
};

std::string report_on(std::string_view text) {
  Report report("f.yml");
  const YamlDocument document = read_yaml(text, report, Severity::kError);
  CHECK_FALSE(document.valid);
  CHECK(document.root == nullptr);
  return report.text();
}

}  // namespace

TEST_CASE("yaml: bytes that are no UTF-8 can stand for U+FFFD, with a warning", "[config]") {
  Report report("f.yml");
  const YamlDocument document = read_yaml("a: \xFC\xFF\n# \xE2\x82", report);
  REQUIRE(document.valid);
  CHECK(document.root->find("a")->text == "\uFFFD\uFFFD");
  CHECK(report.text() == "f.yml:1:4: warning: a byte here is no UTF-8; save the file as UTF-8\n");
}

TEST_CASE("yaml: what breaks the syntax is named with its place and a way out", "[config]") {
  static constexpr Broken kCases[] = {
      {"a: @b", "f.yml:1:4: error: '@' cannot start a text here; put the text in quotes\n"},
      {"a: `b", "f.yml:1:4: error: '`' cannot start a text here; put the text in quotes\n"},
      {"a:\n  %b", "f.yml:2:3: error: '%' cannot start a text here; put the text in quotes\n"},
      {"a:\tb",
       "f.yml:1:3: error: a tab cannot stand between the parts of YAML; write blanks instead\n"},
      {"a:\n\tb: c",
       "f.yml:2:1: error: a tab cannot stand between the parts of YAML; write blanks instead\n"},
      {"[a,\t b]",
       "f.yml:1:5: error: a tab cannot stand between the parts of YAML; write blanks instead\n"},
      {"!!binary a",
       "f.yml:1:1: error: this is not what the tag !!binary needs; correct the text or quote it\n"},
      {"a: b: c",
       "f.yml:1:5: error: a ': ' cannot stand here; put the text in quotes, or start a new "
       "line\n"},
      {"a: b\n  c: d",
       "f.yml:2:4: error: a ': ' cannot stand here; put the text in quotes, or start a new "
       "line\n"},
      {"a: - b", "f.yml:1:4: error: a '-' entry must start on a line of its own\n"},
      {"a: b\nc\nd: e",
       "f.yml:2:1: error: a ':' and a blank must follow on this line, as this is a key; if it "
       "belongs to the line above, indent it further\n"},
      {"a: b\nc",
       "f.yml:2:1: error: a ':' and a blank must follow here, as this is a key; if it belongs to "
       "the line above, indent it further\n"},
      {"a:\n  b: 1\n c: 2",
       "f.yml:3:2: error: this does not continue what stands above; check the indentation\n"},
      {"a: b\n- c",
       "f.yml:2:1: error: this does not continue what stands above; check the indentation\n"},
      {"- a\nb: c",
       "f.yml:2:1: error: this belongs to nothing that stands before it; check the indentation and "
       "the quotes above\n"},
      {"x: [a, b\ny: c",
       "f.yml:2:2: error: this ':' follows no key; write the key before it, or quote the text\n"},
      {"x: [a, b\n",
       "f.yml:1:4: error: this '[' is never closed; add the ']' that ends the "
       "list\n"},
      {"x: {a: b", "f.yml:1:4: error: this '{' is never closed; add the '}' that ends the map\n"},
      {"x: [a}",
       "f.yml:1:6: error: this '}' closes nothing; remove it, or quote the text it "
       "belongs to\n"},
      {"x: ]",
       "f.yml:1:4: error: this ']' closes nothing; remove it, or quote the text it belongs "
       "to\n"},
      {"[a,,b]",
       "f.yml:1:4: error: something must stand before this ','; remove the ',' or add an "
       "entry\n"},
      {"{,}",
       "f.yml:1:2: error: something must stand before this ','; remove the ',' or add an "
       "entry\n"},
      {"{a: 'b' c}", "f.yml:1:9: error: a ',' or the closing '}' must stand here\n"},
      {"['a' 'b']", "f.yml:1:6: error: a ',' or the closing ']' must stand here\n"},
      {"x: 'a", "f.yml:1:4: error: this quote is never closed; add the closing quote\n"},
      {"x: \"a\n---\n",
       "f.yml:1:4: error: this quote is not closed before the document ends; add "
       "the closing quote\n"},
      {R"(x: "\d")",
       "f.yml:1:5: error: this is no escape of YAML; double the backslash, or use "
       "single quotes\n"},
      {R"(x: "\u12")",
       "f.yml:1:5: error: this escape needs its hexadecimal digits: two after \\x, "
       "four after \\u, eight after \\U\n"},
      {R"(x: "\UFFFFFFFF")",
       "f.yml:1:5: error: this escape is beyond Unicode; correct the number\n"},
      {"x: | y\n",
       "f.yml:1:4: error: the text of a block starts on the next line; put it there, or "
       "quote it\n"},
      {"x: *a",
       "f.yml:1:4: error: no anchor of this alias's name stands before it; define it, or put "
       "the text in quotes\n"},
      {"x: *.*",
       "f.yml:1:4: error: '*' starts the name of an alias here; put the text in quotes if "
       "it is meant literally\n"},
      {"x: !foo y",
       "f.yml:1:4: error: this tag is not allowed in a configuration; remove it, or put the "
       "text in quotes\n"},
      {"x: !!java.net.URL [a]", "f.yml:1:4: error: this tag does not fit a list; remove it\n"},
      {"x: !h!y z",
       "f.yml:1:4: error: the handle of this tag is not defined; use '!!' and a standard tag, "
       "or put the text in quotes\n"},
      {"x: !!int y",
       "f.yml:1:4: error: this is not what the tag !!int needs; correct the text or quote it\n"},
      {"x: !!map y",
       "f.yml:1:4: error: this tag does not fit a text; remove it, or put the text in quotes\n"},
      {"x: <<", "f.yml:1:4: error: '<<' can only be a key; put it in quotes\n"},
      {"x: [<<]", "f.yml:1:5: error: '<<' can only be a key; put it in quotes\n"},
      {"<<: 5",
       "f.yml:1:1: error: '<<' takes a map or a list of maps, found an integer; name a map "
       "there, or put '<<' in quotes\n"},
      {"x: &a [*a]",
       "f.yml:1:8: error: '*a' stands inside what it names; an alias cannot contain "
       "itself\n"},
      {"a: b\n---\nc: d",
       "f.yml:2:1: error: a second document starts here; a file holds one, so "
       "remove the rest\n"},
      {"a: b\n...\nc: d",
       "f.yml:3:1: error: a second document starts here; a file holds one, so "
       "remove the rest\n"},
      {"'a'\n'b'",
       "f.yml:2:1: error: this belongs to nothing that stands before it; check the "
       "indentation and the quotes above\n"},
      {"%YAML 2.0\n---\na: b",
       "f.yml:1:1: error: only YAML 1.1 is understood; write '%YAML 1.1' or "
       "remove the line\n"},
      {"%YAML 1.1\na: b",
       "f.yml:2:1: error: a line of three dashes must stand between a % "
       "directive and the rest\n"},
      {"a: \x07",
       "f.yml:1:4: error: the character U+0007 cannot stand in YAML; remove it, or write "
       "it as an escape in double quotes\n"},
      {"a: b\n# \xFF", "f.yml:2:3: error: a byte here is no UTF-8; save the file as UTF-8\n"},
      {"a: \xED\xA0\x80", "f.yml:1:4: error: a byte here is no UTF-8; save the file as UTF-8\n"},
      {"a: \xC0\x80", "f.yml:1:4: error: a byte here is no UTF-8; save the file as UTF-8\n"},
      {"a: \xE2\x82", "f.yml:1:4: error: a byte here is no UTF-8; save the file as UTF-8\n"},
      {": b",
       "f.yml:1:1: error: this ':' follows no key; write the key before it, or quote the "
       "text\n"},
  };
  for (const Broken& each : kCases) {
    INFO(each.text);
    CHECK(report_on(each.text) == each.report);
  }
}

TEST_CASE("yaml: a password without its quotes is said, and not shown", "[config]") {
  for (const char* text : {"*s3cret", "!s3cret", "!!s3cret x", "!s3cret!x y", "!<s3cret> x",
                           "!!binary s3cret!", "!!int s3cret", "!s3cret [x]", "!s3cret {x: y}",
                           "{s3cret", "%s3cret", "@s3cret", "|s3cret", "a: s3cret"}) {
    INFO(text);
    const std::string report = report_on("password: " + std::string(text));
    CHECK(report.find("error") != std::string::npos);
    CHECK(report.find("s3cret") == std::string::npos);
  }
}

TEST_CASE("yaml: a key may have 1024 characters on one line", "[config]") {
  Report report("f.yml");
  CHECK(read_yaml(std::string(1024, 'k') + ": v", report).valid);
  CHECK_FALSE(read_yaml(std::string(1025, 'k') + ": v", report).valid);
}

TEST_CASE("yaml: fifty levels of nesting are read, more are refused", "[config]") {
  const auto nested = [](std::size_t levels) {
    return std::string(levels, '[') + "a" + std::string(levels, ']');
  };
  Report report("f.yml");
  CHECK(read_yaml(nested(50), report).valid);
  CHECK(report_on(nested(51)) ==
        "f.yml:1:52: error: this is nested deeper than 50 levels; make it flatter\n");
  std::string block;
  for (int i = 0; i < 51; ++i) block += std::string(static_cast<std::size_t>(i), ' ') + "a:\n";
  CHECK_FALSE(read_yaml(block, report).valid);
}

TEST_CASE("yaml: fifty aliases of collections are read, more are refused", "[config]") {
  const auto aliases = [](int count) {
    std::string text = "x: &a [1]\ny: [";
    for (int i = 0; i < count; ++i) text += "*a, ";
    return text + "]\n";
  };
  Report report("f.yml");
  CHECK(read_yaml(aliases(50), report).valid);
  CHECK(report_on(aliases(51)).find("more than 50 aliases") != std::string::npos);
  std::string scalars = "x: &a 1\ny: [";
  for (int i = 0; i < 500; ++i) scalars += "*a, ";
  CHECK(read_yaml(scalars + "]\n", report).valid);
}

TEST_CASE("yaml: aliases of a long text repeat no more than a file can hold", "[config]") {
  const auto aliases = [](int count) {
    std::string text = "x: &a '" + std::string(100'000, 'a') + "'\ny: [";
    for (int i = 0; i < count; ++i) text += "*a, ";
    return text + "]\n";
  };
  Report report("f.yml");
  CHECK(read_yaml(aliases(31), report).valid);
  CHECK(report_on(aliases(32)).find("repeat more than 3 MiB") != std::string::npos);
}

TEST_CASE("yaml: hostile texts end in one error, in bounded time and memory", "[config]") {
  CHECK(report_on(std::string(100'000, '[')).find("nested deeper") != std::string::npos);
  CHECK(report_on(std::string(100'000, '{')).find("nested deeper") != std::string::npos);
  std::string dashes;
  for (int i = 0; i < 50'000; ++i) dashes += "- ";
  CHECK(report_on(dashes).find("nested deeper") != std::string::npos);
  std::string questions;
  for (int i = 0; i < 50'000; ++i) questions += "? ";
  CHECK(report_on(questions).find("nested deeper") != std::string::npos);
  CHECK(report_on(std::string(5'000'000, 'a')).find("larger than 3 MiB") != std::string::npos);
  CHECK(report_on(std::string(1'000'000, '&')).find("anchor") != std::string::npos);
  CHECK(report_on("'" + std::string(1'000'000, ' ')).find("never closed") != std::string::npos);
}

TEST_CASE("yaml: nested aliases do not multiply what they name", "[config]") {
  std::string bomb = "a0: &a0 [x, x]\n";
  for (int i = 1; i < 25; ++i) {
    const std::string last = std::to_string(i - 1);
    const std::string next = std::to_string(i);
    bomb += "a" + next + ": &a" + next + " [*a" + last + ", *a" + last + "]\n";
  }
  Report report("f.yml");
  const YamlDocument document = read_yaml(bomb, report);
  REQUIRE(document.valid);
  CHECK(document.nodes.size() < 200);
  CHECK(java_text(*document.root).size() < 70 * 1024);
}

TEST_CASE("yaml: merging a large map many times is refused", "[config]") {
  std::string text = "base: &b\n";
  for (int i = 0; i < 20'000; ++i) text += "  k" + std::to_string(i) + ": 1\n";
  for (int i = 0; i < 20; ++i) text += "m" + std::to_string(i) + ": {<<: *b}\n";
  CHECK(report_on(text).find("the merged maps are too large") != std::string::npos);
}

TEST_CASE("yaml: an integer of many digits is refused when it has more than a thousand",
          "[config]") {
  Report report("f.yml");
  CHECK(read_yaml("a: 0x" + std::string(1000, 'F'), report).valid);
  CHECK(report_on("a: 0x" + std::string(1001, 'F')).find("!!int") != std::string::npos);
}

}  // namespace jmxbridge
