#include <catch2/catch.hpp>
#include <string>

#include "jrmp/answer_reader.h"
#include "jrmp/requests.h"
#include "jrmp_stream_pieces.h"

using namespace jmxbridge;
using namespace jmxbridge::test;
using Front = AnswerReader::Front;

TEST_CASE("answer: cut off anywhere it asks for more, and whole it is told from what follows",
          "[jrmp]") {
  AnswerReader reader{Limits{}};
  const std::string value = GENERATE(
      stream::attribute_list({{"A", stream::long_value(1)}, {"B", stream::text("b")}}),
      stream::recorded("jdk17/mxbean.v1.bin"), stream::recorded("jdk25/times.v1.bin"),
      stream::recorded("jdk25/codebase.v1.bin"), stream::recorded("jdk17/names.v1.bin"),
      stream::recorded("jdk17/mxbean_info.v1.bin"), stream::notifications(1, 2, {"+d:type=A"}),
      stream::exception("java.lang.IllegalStateException", "no"), std::string("\x70"));
  const std::string one = stream::answer(value);
  for (std::size_t size = 0; size < one.size(); ++size) {
    INFO(size);
    REQUIRE(reader.look(bytes_of(one.substr(0, size))).front == Front::kCut);
  }
  for (const std::string& behind : {std::string(), one, std::string("\x51\xac")}) {
    const std::string all = one + behind;
    const AnswerReader::Look seen = reader.look(bytes_of(all));
    REQUIRE(seen.front == Front::kWhole);
    CHECK(seen.size == one.size());
    CHECK(seen.value.size() == value.size());
    CHECK_FALSE(seen.threw);
  }
}

TEST_CASE("answer: what the call threw is told from what it returned", "[jrmp]") {
  AnswerReader reader{Limits{}};
  const std::string bytes = stream::answer(
      stream::exception("com.acme.NotAllowed", "go away", "java.lang.SecurityException"), 2);
  const AnswerReader::Look seen = reader.look(bytes_of(bytes));
  CHECK(seen.front == Front::kWhole);
  CHECK(seen.threw);
  const Thrown thrown = reader.decoder().thrown();
  CHECK(thrown.class_name == "com.acme.NotAllowed");
  CHECK(thrown.brief == "com.acme.NotAllowed: go away");
  CHECK(thrown.is_security);
}

TEST_CASE("answer: a target that could not serialize the value says so in its place", "[jrmp]") {
  AnswerReader reader{Limits{}};
  const std::string list = stream::attribute_list({{"A", stream::long_value(1)}});
  const std::string bytes =
      stream::answer(list.substr(0, list.size() - 1) + "\x7b" +
                     stream::exception("java.io.NotSerializableException", "java.lang.Object"));
  const AnswerReader::Look seen = reader.look(bytes_of(bytes));
  CHECK(seen.front == Front::kEndsHere);
  CHECK_THAT(seen.problem, Catch::Contains("NotSerializableException: java.lang.Object"));
  CHECK(reader.look(bytes_of(bytes.substr(0, bytes.size() - 5))).front == Front::kCut);
}

TEST_CASE("answer: anything else is no answer", "[jrmp]") {
  AnswerReader reader{Limits{}};
  std::string wrong_kind = stream::answer("\x70");
  wrong_kind[7] = 3;
  for (const std::string& bytes : {"HTTP/1.1 400"s, "\x52"s, wrong_kind}) {
    CHECK(reader.look(bytes_of(bytes)).front == Front::kNoAnswer);
  }
}

TEST_CASE("answer: one that cannot be read ends where the next one of that JVM begins", "[jrmp]") {
  AnswerReader reader{Limits{}};
  const std::string external =
      "\x73" + stream::class_desc("com.acme.External", 4, stream::kNoFields);
  const std::string bad = stream::answer(external + "some bytes");
  std::string other = stream::answer("\x70");
  other[8] = 'x';  // another JVM's identifier
  const std::string next = stream::answer("\x70");
  const std::string all = bad + other.substr(0, 12) + next;
  CHECK(reader.look(bytes_of(all)).front == Front::kUnreadable);
  const std::span<const std::byte> behind = bytes_of(all).subspan(1);
  CHECK(reader.find_next(behind) == bad.size() + 12 - 1);
  const std::string cut = bad + next.substr(0, 10);
  CHECK_FALSE(reader.find_next(bytes_of(cut).subspan(1)).has_value());
  CHECK(AnswerReader::undecided(bytes_of(cut)) >= 10);
}

TEST_CASE("answer: one that passes its bound is given up", "[jrmp]") {
  Limits limits;
  limits.answer_bytes = 1000;
  AnswerReader reader(limits);
  const std::string array = "\x75" + stream::class_desc("[B", 2, stream::kNoFields) + "\x7f\0\0\0"s;
  CHECK(reader.look(bytes_of(stream::answer(array))).front == Front::kUnreadable);
  const std::string text = "\x7c" + stream::number(1500, 8);
  CHECK(reader.look(bytes_of(stream::answer(text))).front == Front::kUnreadable);
  const std::string small = "\x7c" + stream::number(900, 8) + std::string(500, 'x');
  CHECK(reader.look(bytes_of(stream::answer(small))).front == Front::kCut);
}
