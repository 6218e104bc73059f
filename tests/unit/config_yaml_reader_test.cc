#include "config/yaml_reader.h"

#include <catch2/catch.hpp>
#include <initializer_list>
#include <string>
#include <utility>

#include "config_texts.h"

// What SnakeYAML 2.6 makes of these texts was recorded by running it.

namespace jmxbridge {
namespace {

std::string read(std::string_view text) {
  Report report("f.yml");
  const YamlDocument document = read_yaml(text, report);
  if (!document.valid) return report.text();
  return document.root == nullptr ? "nothing" : typed(*document.root);
}

void check_all(std::initializer_list<std::pair<const char*, const char*>> cases) {
  for (const auto& [text, expected] : cases) {
    INFO(text);
    CHECK(read(text) == expected);
  }
}

}  // namespace

TEST_CASE("yaml: booleans have three spellings of six words", "[config]") {
  for (const char* word : {"yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"}) {
    CHECK(read(word) == "b:true");
  }
  for (const char* word : {"no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"}) {
    CHECK(read(word) == "b:false");
  }
  for (const std::string word : {"y", "n", "Y", "yES", "tRUE", "oN", "t"}) {
    CHECK(read(word) == "s:" + word);
  }
}

TEST_CASE("yaml: null has four spellings, and nothing is null too", "[config]") {
  for (const char* word : {"~", "null", "Null", "NULL", "a:", "- "}) {
    INFO(word);
    CHECK(read(word).find("null") != std::string::npos);
  }
  CHECK(read("nUll") == "s:nUll");
  CHECK(read("''") == "s:");
}

TEST_CASE("yaml: integers are read in every base of YAML 1.1", "[config]") {
  check_all({{"0", "i:0"},
             {"-0", "i:0"},
             {"+1", "i:1"},
             {"017", "i:15"},
             {"0_7", "i:7"},
             {"08", "s:08"},
             {"0o7", "s:0o7"},
             {"0x1F", "i:31"},
             {"0x_1F", "i:31"},
             {"-0x10", "i:-16"},
             {"0x", "s:0x"},
             {"0b1010_1", "i:21"},
             {"0b", "s:0b"},
             {"1_000", "i:1000"},
             {"1_", "i:1"},
             {"_1", "s:_1"},
             {"1:30", "i:90"},
             {"-1:30", "i:-90"},
             {"190:20:30", "i:685230"},
             {"1:99", "s:1:99"},
             {"2147483647", "i:2147483647"},
             {"2147483648", "l:2147483648"},
             {"-2147483648", "i:-2147483648"},
             {"9223372036854775807", "l:9223372036854775807"},
             {"9223372036854775808", "B:9223372036854775808"},
             {"0xFFFFFFFFFFFFFFFFFF", "B:4722366482869645213695"}});
}

TEST_CASE("yaml: a base-60 integer runs over at 32 bits", "[config]") {
  CHECK(read("99999999999:00") == "i:-69312572");
}

TEST_CASE("yaml: decimal numbers need a point, an exponent or a name", "[config]") {
  check_all({{"1.5", "d:1.5"},
             {"1.", "d:1.0"},
             {".5", "d:0.5"},
             {"-.5", "d:-0.5"},
             {"1e3", "d:1000.0"},
             {"1.e3", "d:1000.0"},
             {"1e", "s:1e"},
             {"1_000.5", "d:1000.5"},
             {"1:30.5", "d:90.5"},
             {".inf", "d:Infinity"},
             {"+.inf", "d:Infinity"},
             {"-.INF", "d:-Infinity"},
             {".NaN", "d:NaN"},
             {"-.nan", "s:-.nan"},
             {".", "s:."},
             {"1.2.3", "s:1.2.3"}});
}

TEST_CASE("yaml: dates are timestamps, and run over like Java's calendar", "[config]") {
  check_all({{"2001-12-14", "t:1008288000000"},
             {"2001-12-14t21:59:43.10-05:00", "t:1008385183100"},
             {"2001-12-14 21:59:43.10 -5", "t:1008385183100"},
             {"2001-12-14 21:59:43Z", "t:1008367183000"},
             {"2001-13-45", "t:1013644800000"},
             {"2001-1-1 1:00:00", "t:978310800000"},
             {"2001-1-1", "s:2001-1-1"},
             {"1969-12-31", "t:-86400000"},
             {"2000-02-29", "t:951782400000"},
             {"2001-12-14x", "s:2001-12-14x"}});
}

TEST_CASE("yaml: quotes make text of anything", "[config]") {
  check_all({{"'5'", "s:5"},
             {"\"yes\"", "s:yes"},
             {"'it''s'", "s:it's"},
             {"'\\n'", "s:\\n"},
             {"\"\\x41\\u00e9\\U0001F600\\t\\e\"", "s:A\u00e9\U0001F600\t\x1B"},
             {"\"\\ud83d\\ude00\"", "s:\U0001F600"},
             {"\"a\\\n   b\"", "s:ab"},
             {"\"a\n  b\n\n  c\"", "s:a b\nc"},
             {"'a\n\n  b'", "s:a\nb"}});
}

TEST_CASE("yaml: plain texts go on over lines and end at a comment", "[config]") {
  check_all({{"a: b\n  c\n\n  d", "{s:a=s:b c\nd}"},
             {"a: b #c", "{s:a=s:b}"},
             {"a: b#c", "{s:a=s:b#c}"},
             {"a: b\t# c", "{s:a=s:b}"},
             {"a: http://h:80/x", "{s:a=s:http://h:80/x}"},
             {"a: -x", "{s:a=s:-x}"},
             {"a: ?x", "{s:a=s:?x}"},
             {"---a", "s:---a"},
             {"$3: b", "{s:$3=s:b}"}});
}

TEST_CASE("yaml: blocks keep or fold their lines", "[config]") {
  check_all({{"a: |\n\n  x\n   y\n\n", "{s:a=s:\nx\n y\n}"},
             {"a: |-\n  x\n", "{s:a=s:x}"},
             {"a: |+\n  x\n\nb: c", "{s:a=s:x\n\n, s:b=s:c}"},
             {"a: >\n  x\n  y\n   z\n  w\n", "{s:a=s:x y\n z\nw\n}"},
             {"a: |2\n   x\n", "{s:a=s: x\n}"},
             {"a: | # c\n  # x\n", "{s:a=s:# x\n}"}});
}

TEST_CASE("yaml: flow collections follow YAML 1.1", "[config]") {
  check_all({{"{a:[1]}", "{s:a=[i:1]}"},
             {"{a :b}", "{s:a :b=null}"},
             {"{\"a\":b}", "{s:a=s:b}"},
             {"{a}", "{s:a=null}"},
             {"{a\n  b}", "{s:a b=null}"},
             {"[a: 1, b]", "[{s:a=i:1}, s:b]"},
             {"[a, ]", "[s:a]"},
             {"[\ta, \t\tb\t ]", "[s:a, s:b]"},
             {"{? a : b}", "{s:a=s:b}"},
             {"'a'#c", "s:a"}});
}

TEST_CASE("yaml: block collections nest and may stand at their key's column", "[config]") {
  check_all({{"a:\n- b\n- c\nd: e", "{s:a=[s:b, s:c], s:d=s:e}"},
             {"- - a\n  - b\n- c: d\n  e: f", "[[s:a, s:b], {s:c=s:d, s:e=s:f}]"},
             {"? a\n: b", "{s:a=s:b}"},
             {"? [a]\n: b", "{[s:a]=s:b}"},
             {"a:\n  b:\n\n  c: d", "{s:a={s:b=null, s:c=s:d}}"}});
}

TEST_CASE("yaml: every kind of line break counts", "[config]") {
  check_all({{"a: b\r\nc: d\r\n", "{s:a=s:b, s:c=s:d}"},
             {"a: b\rc: d", "{s:a=s:b, s:c=s:d}"},
             {"a: b\u0085c: d", "{s:a=s:b, s:c=s:d}"}});
}

TEST_CASE("yaml: a byte order mark at the start is no content", "[config]") {
  CHECK(read("\xEF\xBB\xBF"
             "a: b") == "{s:a=s:b}");
}

TEST_CASE("yaml: standard tags build their kind", "[config]") {
  check_all({{"!!str 5", "s:5"},
             {"!!int '5'", "i:5"},
             {"!!float 5", "d:5.0"},
             {"!!bool On", "b:true"},
             {"!!bool maybe", "null"},
             {"!!null x", "null"},
             {"! '5'", "i:5"},
             {"!!str", "s:"},
             {"!!timestamp '2001-12-14'", "t:1008288000000"},
             {"!!binary aGk=", "y:aGk="},
             {"!!binary a Gk", "y:a Gk"},
             {"!!set {a, b}", "<s:a, s:b>"},
             {"!!omap [a: 1, b: 2]", "{s:a=i:1, s:b=i:2}"},
             {"!!pairs [a: 1, a: 2]", "[[s:a, i:1], [s:a, i:2]]"},
             {"!<tag:yaml.org,2002:str> 5", "s:5"},
             {"%TAG !y! tag:yaml.org,2002:\n---\n!y!str 5", "s:5"}});
}

TEST_CASE("yaml: merged keys give way to a mapping's own", "[config]") {
  check_all({{"<<: {a: 1, b: 2}\na: 3", "{s:a=i:3, s:b=i:2}"},
             {"a: 3\n<<: [{a: 1, c: 4}, {c: 5, d: 6}]", "{s:a=i:3, s:c=i:4, s:d=i:6}"},
             {"x: &m {a: 1}\ny: {<<: *m, b: 2}", "{s:x={s:a=i:1}, s:y={s:b=i:2, s:a=i:1}}"},
             {"'<<': 5", "{s:<<=i:5}"}});
}

TEST_CASE("yaml: an alias is the node of the latest anchor of its name", "[config]") {
  check_all({{"- &a 1\n- *a\n- &a 2\n- *a", "[i:1, i:1, i:2, i:2]"},
             {"- &a\n- *a", "[null, null]"},
             {"&a b: *a", "{s:b=s:b}"},
             {"- &\u00e9 1\n- *\u00e9", "[i:1, i:1]"}});
}

TEST_CASE("yaml: an equals sign alone is a text", "[config]") {
  check_all({{"a: =", "{s:a=s:=}"}, {"=: a", "{s:==s:a}"}});
}

TEST_CASE("yaml: a text without content has no root", "[config]") {
  for (const char* text : {"", "\n", "# only a comment\n", "%YAML 1.1\n"})
    CHECK(read(text) == "nothing");
  CHECK(read("---\n") == "nothing");
  CHECK(read("a: b\n...\n# x\n") == "{s:a=s:b}");
}

TEST_CASE("yaml: of duplicate keys the last counts, with a warning at its place", "[config]") {
  Report report("f.yml");
  const YamlDocument document = read_yaml("a: 1\nb: 2\na: 3\n", report);
  REQUIRE(document.valid);
  CHECK(typed(*document.root) == "{s:a=i:3, s:b=i:2}");
  CHECK(report.text() ==
        "f.yml:3:1: warning: the key 'a' stands twice, first in line 1; this one counts, so remove "
        "the other\n");
}

TEST_CASE("yaml: a duplicate key can be an error", "[config]") {
  Report report("f.yml");
  read_yaml("a: 1\nb: {c: 2,\n c: 3}\n", report, Severity::kError);
  CHECK(report.text() ==
        "f.yml:3:2: error: the key 'c' stands twice, first in line 2; remove one\n");
}

TEST_CASE("yaml: equal texts of different kinds are different keys", "[config]") {
  CHECK(read("5: a\n'5': b") == "{i:5=s:a, s:5=s:b}");
}

TEST_CASE("yaml: marks count lines and code points from one", "[config]") {
  Report report("f.yml");
  const YamlDocument document =
      read_yaml("\u00e9\u00e9: [1,\n  \"two\"]\nk:\n    - {a:b, c: d}\n", report);
  REQUIRE(document.valid);
  const YamlNode& list = *document.root->entries[0].value;
  CHECK(list.mark.line == 1);
  CHECK(list.mark.column == 5);
  CHECK(list.items[1]->mark.line == 2);
  CHECK(list.items[1]->mark.column == 3);
  const YamlNode& map = *document.root->entries[1].value->items[0];
  CHECK(map.mark.line == 4);
  CHECK(map.mark.column == 7);
  CHECK(map.entries[1].value->mark.column == 16);
}

TEST_CASE("yaml: nothing is marked where it is missing", "[config]") {
  Report report("f.yml");
  const YamlDocument document = read_yaml("a:\n\n\nb:\n  -\n\n  - x\n", report);
  REQUIRE(document.valid);
  CHECK(document.root->entries[0].value->mark.line == 1);
  CHECK(document.root->entries[1].value->items[0]->mark.line == 5);
}

TEST_CASE("yaml: a value's text is what Java's toString() gives", "[config]") {
  const auto text_of = [](std::string_view text) {
    Report report("f.yml");
    const YamlDocument document = read_yaml(text, report);
    REQUIRE(document.valid);
    return java_text(*document.root);
  };
  CHECK(text_of("1.0") == "1.0");
  CHECK(text_of("0x10") == "16");
  CHECK(text_of("1e10") == "1.0E10");
  CHECK(text_of("on") == "true");
  CHECK(text_of("~") == "null");
  CHECK(text_of("[a, 1, [b]]") == "[a, 1, [b]]");
  CHECK(text_of("{a: 1, b: ~}") == "{a=1, b=null}");
  CHECK(text_of("!!set {a, b}") == "[a, b]");
}

}  // namespace jmxbridge
