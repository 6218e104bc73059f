#include "rules/rule_index.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <random>
#include <string>
#include <vector>

using namespace jmxbridge;

namespace {

RequiredText way(std::vector<std::string> pieces, bool at_start = false) {
  return {std::move(pieces), at_start};
}

std::vector<std::size_t> found_in(const RuleIndex& index, std::string_view text) {
  RuleNumbers found;
  found.start(index.rules());
  index.find(text, found);
  std::vector<std::size_t> numbers;
  for (std::size_t i = found.next(0); i != RuleNumbers::kNone; i = found.next(i + 1)) {
    numbers.push_back(i);
  }
  return numbers;
}

using Numbers = std::vector<std::size_t>;

}  // namespace

TEST_CASE("rule numbers: they are met in their order, across words", "[rules]") {
  RuleNumbers numbers;
  numbers.start(200);
  CHECK(numbers.empty());
  for (const std::size_t one : {199, 0, 64, 63, 128}) numbers.add(one);
  CHECK(numbers.has(63));
  CHECK_FALSE(numbers.has(62));
  Numbers met;
  for (std::size_t i = numbers.next(0); i != RuleNumbers::kNone; i = numbers.next(i + 1)) {
    met.push_back(i);
  }
  CHECK(met == Numbers{0, 63, 64, 128, 199});
  RuleNumbers others;
  others.start(200);
  others.add(64);
  others.add(65);
  numbers.keep(others);
  CHECK(numbers.next(0) == 64);
  CHECK(numbers.next(65) == RuleNumbers::kNone);
  numbers.add_all(others);
  CHECK(numbers.next(65) == 65);
  numbers.start(0);
  CHECK(numbers.empty());
}

TEST_CASE("rule index: of a thousand rules a text concerns those that share its own part",
          "[rules]") {
  RuleIndex index;
  for (int i = 0; i < 1000; ++i) {
    index.add({way({"kafka.server<type=", "topic=t-" + std::to_string(1000 + i) + "><>Count"})});
  }
  index.add({way({"abc"})});  // too short to be looked up
  index.add({});              // matches nothing
  index.add({way({}, true)});
  index.finish();
  const Numbers found = found_in(index, "kafka.server<type=A, topic=t-1500><>Count: 1");
  CHECK(std::find(found.begin(), found.end(), 500) != found.end());
  CHECK(found.size() < 30);
  CHECK(found_in(index, "x") == Numbers{1000, 1002});
  CHECK(found_in(index, "") == Numbers{1000, 1002});
}

TEST_CASE("rule index: no rule that could match is left out", "[rules]") {
  std::mt19937 random(7);
  const auto text = [&](std::size_t longest) {
    std::string made(random() % (longest + 1), ' ');
    for (char& c : made) c = static_cast<char>('a' + random() % 3);
    return made;
  };
  std::size_t could = 0;
  for (int round = 0; round < 200; ++round) {
    std::vector<std::vector<RequiredText>> rules(1 + random() % 80);
    RuleIndex index;
    for (std::vector<RequiredText>& ways : rules) {
      ways.resize(random() % 3);
      for (RequiredText& one : ways) {
        one.at_start = random() % 2 == 0;
        one.pieces.resize(random() % 3);
        for (std::string& piece : one.pieces) piece = text(7);
      }
      index.add(ways);
    }
    index.finish();
    for (int i = 0; i < 20; ++i) {
      const std::string subject = text(60);
      const Numbers found = found_in(index, subject);
      for (std::size_t rule = 0; rule < rules.size(); ++rule) {
        if (std::none_of(rules[rule].begin(), rules[rule].end(),
                         [&](const RequiredText& one) { return one.could_be_in(subject); })) {
          continue;
        }
        ++could;
        REQUIRE(std::find(found.begin(), found.end(), rule) != found.end());
      }
    }
  }
  CHECK(could > 1000);
}
