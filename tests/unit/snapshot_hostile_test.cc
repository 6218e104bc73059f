#include <catch2/catch.hpp>
#include <cstdio>
#include <fstream>
#include <random>
#include <string>
#include <string_view>

#include "snapshot/read_snapshot.h"

using namespace jmxbridge;

namespace {

std::string with_beans(std::string_view beans) {
  return "{\"format\": \"jmxbridge-snapshot\", \"version\": 1, \"beans\": [" + std::string(beans) +
         "]}";
}

std::string with_value(std::string_view value) {
  return with_beans(
      "{\"name\": \"d:type=T\", \"attributes\": [{\"name\": \"A\", \"type\": \"t\", \"value\": " +
      std::string(value) + "}]}");
}

std::string error_of(std::string_view text) {
  const Result<Recording> read = read_snapshot(text);
  if (read) FAIL("accepted: " << text);
  return read.error().text;
}

void repeat(std::string& out, std::string_view text, int times) {
  for (int i = 0; i < times; ++i) out += text;
}

}  // namespace

TEST_CASE("snapshot: what is no JSON is located by line and column", "[snapshot]") {
  CHECK_THAT(error_of("{\"format\":\n  oops}"),
             Catch::StartsWith("line 2, column 3: this is no JSON"));
  CHECK_THAT(error_of(""), Catch::StartsWith("line 1, column 1: this is no JSON"));
  CHECK_THAT(error_of(with_beans("") + "\n{}"), Catch::StartsWith("line 2, column 1: "));
  CHECK_THAT(error_of("{\"format\": \"\xFF\"}"), Catch::Contains("this is no JSON"));
}

TEST_CASE("snapshot: what is no snapshot, or of another version, says what to do", "[snapshot]") {
  CHECK_THAT(error_of("[]"), Catch::Contains("make one with 'jmxbridge snapshot'"));
  CHECK_THAT(error_of("{\"format\": \"x\"}"), Catch::Contains("this is no snapshot"));
  CHECK_THAT(error_of("{\"format\": \"jmxbridge-snapshot\", \"version\": 2, \"beans\": []}"),
             Catch::Contains("its version is not 1") && Catch::Contains("take the snapshot again"));
  CHECK_THAT(error_of("{\"format\": \"jmxbridge-snapshot\", \"version\": 1}"),
             Catch::Contains("'beans' is missing"));
}

TEST_CASE("snapshot: what is wrong inside is named by bean and attribute", "[snapshot]") {
  CHECK_THAT(error_of(with_beans("7")), Catch::StartsWith("beans[0]: it is no object"));
  CHECK_THAT(error_of(with_beans("{\"name\": \"x\"}")),
             Catch::StartsWith("beans[0]: its name is no ObjectName"));
  CHECK_THAT(error_of(with_beans("{\"name\": \"d:*\"}")), Catch::Contains("or a pattern"));
  CHECK_THAT(error_of(with_beans("{\"class\": \"d\"}")), Catch::Contains("its name is missing"));
  CHECK_THAT(error_of(with_beans("{\"name\": \"d:a=1,b=2\"}, {\"name\": \"d:b=2,a=1\"}")),
             Catch::StartsWith("d:b=2,a=1: this bean stands twice"));
  CHECK_THAT(error_of(with_beans("{\"name\": \"d:a=1\", \"klass\": \"\"}")),
             Catch::StartsWith("beans[0]: 'klass' is no key"));
  CHECK_THAT(error_of(with_beans(
                 "{\"name\": \"d:a=1\", \"attributes\": [{\"lost\": \"why\", \"name\": \"N\"}]}")),
             Catch::StartsWith("d:a=1: N: 'lost' is none of"));
  const char* const values[] = {"1.5",
                                "18446744073709551615",
                                "[1]",
                                "{}",
                                "{\"what\": 1}",
                                "{\"double\": \"one\"}",
                                "{\"float\": \"0x1p3\"}",
                                "{\"double\": 1}",
                                "{\"date\": \"x\"}",
                                "{\"enum\": 1}",
                                "{\"enum\": \"A\", \"extra\": 1}",
                                "{\"bigNumber\": \"\"}",
                                "{\"composite\": \"T\"}",
                                "{\"composite\": \"T\", \"items\": []}",
                                "{\"tabular\": \"T\", \"index\": [1], \"rows\": []}",
                                "{\"tabular\": \"T\", \"index\": [], \"rows\": [1]}",
                                "{\"tabular\": \"T\", \"index\": []}",
                                "{\"other\": \"T\", \"exact\": 1}"};
  for (const char* value : values) {
    CAPTURE(value);
    CHECK_THAT(error_of(with_value(value)), Catch::StartsWith("d:type=T: A: "));
  }
}

TEST_CASE("snapshot: items of a composite are put in Java's order", "[snapshot]") {
  const Result<Recording> read = read_snapshot(
      with_value("{\"composite\": \"T\", \"items\": {\"b\": 1, \"a\": 2, \"B\": 3}}"));
  REQUIRE(read);
  const auto& value = std::get<Value>(read->beans.begin()->second.values[0]);
  REQUIRE(value.composite != nullptr);
  CHECK(value.composite->names[0] == "B");
  REQUIRE(value.composite->find("a") != nullptr);
  CHECK(value.composite->find("a")->integer == 2);
}

TEST_CASE("snapshot: depth and memory are bounded", "[snapshot]") {
  std::string deep = "{\"format\": ";
  repeat(deep, "[", 100'000);
  CHECK_THAT(error_of(deep), Catch::Contains("nests deeper than"));

  std::string value;
  repeat(value, "{\"composite\": \"T\", \"items\": {\"x\": ", 66);
  value += "1";
  repeat(value, "}}", 66);
  CHECK_THAT(error_of(with_value(value)), Catch::Contains("values stand more than 64 deep"));

  std::string long_text(kLargestSnapshot + 1, ' ');
  CHECK_THAT(error_of(long_text), Catch::Contains("larger than 256 MiB"));
}

TEST_CASE("snapshot: a damaged file is an error or a snapshot, never more", "[snapshot]") {
  const std::string whole = with_beans(
      "{\"name\": \"d:type=T\", \"class\": \"C\", \"attributes\": [{\"name\": \"A\", \"type\": "
      "\"t\", \"value\": {\"tabular\": \"T\", \"index\": [\"k\"], \"rows\": [{\"composite\": "
      "\"R\", \"items\": {\"k\": 1, \"v\": {\"double\": \"NaN\"}}}]}}]}");
  REQUIRE(read_snapshot(whole));
  std::mt19937 random(7);
  for (int i = 0; i < 20'000; ++i) {
    std::string text = whole;
    for (std::uint32_t n = 1 + random() % 3; n > 0; --n) {
      const std::size_t at = random() % text.size();
      switch (random() % 3) {
        case 0:
          text[at] = static_cast<char>(random());
          break;
        case 1:
          text.erase(at, 1 + random() % 8);
          break;
        default:
          text.insert(at, text.substr(random() % text.size(), random() % 20));
      }
      if (text.empty()) text = " ";
    }
    const Result<Recording> read = read_snapshot(text);
    if (!read) CHECK_FALSE(read.error().text.empty());
  }
}

TEST_CASE("snapshot: a file that cannot be read is named", "[snapshot]") {
  const Result<Recording> absent = read_snapshot_file("/nonexistent/a.json");
  REQUIRE_FALSE(absent);
  CHECK_THAT(absent.error().text,
             Catch::StartsWith("/nonexistent/a.json: ") && Catch::Contains("check the path"));
  const Result<Recording> folder = read_snapshot_file("/tmp");
  REQUIRE_FALSE(folder);
}
