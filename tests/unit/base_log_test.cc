#include "base/log.h"

#include <fcntl.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdio>
#include <regex>
#include <string>

#include "base/utf.h"

using namespace jmxbridge;
using namespace std::string_literals;

namespace {

/// Runs `work` with stderr in a file, and returns what it wrote.
template <class Work>
std::string written_to_stderr(Work work) {
  std::FILE* const file = std::tmpfile();
  REQUIRE(file != nullptr);
  const int saved = dup(STDERR_FILENO);
  dup2(fileno(file), STDERR_FILENO);
  work();
  std::fflush(stderr);
  dup2(saved, STDERR_FILENO);
  close(saved);
  std::rewind(file);
  std::string text(65536, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), file));
  std::fclose(file);
  return text;
}

std::string logged(LogFormat format, const std::string& message) {
  return written_to_stderr([&] {
    REQUIRE(set_up_log("info", format));
    log::warn("{}", message);
  });
}

std::string without_time(const std::string& line) {
  return std::regex_replace(line, std::regex(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)"), "T");
}

}  // namespace

TEST_CASE("log: logfmt has time, level and quoted message", "[base]") {
  CHECK(without_time(logged(LogFormat::kLogfmt, "plain text")) ==
        "ts=T level=warn msg=\"plain text\"\n");
  CHECK(without_time(logged(LogFormat::kLogfmt, "")) == "ts=T level=warn msg=\"\"\n");
}

TEST_CASE("log: JSON is one object a line", "[base]") {
  CHECK(without_time(logged(LogFormat::kJson, "plain")) ==
        "{\"ts\":\"T\",\"level\":\"warn\",\"msg\":\"plain\"}\n");
}

TEST_CASE("log: hostile text stays one line and well-formed", "[base]") {
  const std::string text = "a\"b\\c\nd\re\tf\0g\x1B[31m\x7F\xC2\x85é😀\xFFz\xE2\x80\xAE"s;
  const std::string quoted = R"("a\"b\\c\nd\re\tf\u0000g\u001b[31m\u007f\u0085é😀\ufffdz\u202e")";
  CHECK(without_time(logged(LogFormat::kLogfmt, text)) == "ts=T level=warn msg=" + quoted + "\n");
  CHECK(without_time(logged(LogFormat::kJson, text)) ==
        R"({"ts":"T","level":"warn","msg":)" + quoted + "}\n");
}

TEST_CASE("log: any byte makes one line of valid UTF-8 without control characters", "[base]") {
  for (int byte = 0; byte < 256; ++byte) {
    for (const LogFormat format : {LogFormat::kLogfmt, LogFormat::kJson}) {
      const std::string line = logged(format, std::string("x") + static_cast<char>(byte) + "y");
      REQUIRE(is_utf8(line));
      REQUIRE(line.find_first_of("\n\r\t\x1B\x7F") == line.size() - 1);
    }
  }
}

TEST_CASE("log: levels below the one set are left out", "[base]") {
  const std::string text = written_to_stderr([] {
    REQUIRE(set_up_log("warn", LogFormat::kLogfmt));
    log::debug("one");
    log::info("two");
    log::warn("three {}", 3);
    log::error("four");
  });
  CHECK(without_time(text) == "ts=T level=warn msg=\"three 3\"\nts=T level=error msg=\"four\"\n");
  const std::string all = written_to_stderr([] {
    REQUIRE(set_up_log("debug", LogFormat::kLogfmt));
    log::debug("one");
    log::info("two");
  });
  CHECK(without_time(all) == "ts=T level=debug msg=\"one\"\nts=T level=info msg=\"two\"\n");
}

TEST_CASE("log: an unknown level is refused and changes nothing", "[base]") {
  REQUIRE(set_up_log("error", LogFormat::kLogfmt));
  for (const char* level : {"", "warning", "INFO", "trace", "off"}) {
    CHECK_FALSE(set_up_log(level, LogFormat::kJson));
  }
  CHECK(without_time(written_to_stderr([] {
          log::warn("quiet");
          log::error("loud");
        })) == "ts=T level=error msg=\"loud\"\n");
}

TEST_CASE("printable: what could disturb a terminal or a log is escaped", "[base]") {
  CHECK(printable("kafka.server:type=\"a\\\"b\"") == "kafka.server:type=\"a\\\"b\"");
  CHECK(printable("a\nb\r\t\x1B\0"s) == "a\\nb\\r\\t\\u001b\\u0000");
  CHECK(printable("é\xC2\x9B\xE2\x80\xA8\xFF\xC3") == "é\\u009b\\u2028\\xff\\xc3");
  CHECK(printable("") == "");
}

TEST_CASE("printable: long text is cut between characters", "[base]") {
  CHECK(printable("abcdef", 6) == "abcdef");
  CHECK(printable("abcdefg", 6) == "abcdef…");
  CHECK(printable("abcdeé", 6) == "abcde…");
  CHECK(printable("abcde\n", 6) == "abcde…");
  CHECK(printable(std::string(1000, 'x')).size() == 512 + std::string("…").size());
  CHECK(printable("abc", 0) == "…");
}
