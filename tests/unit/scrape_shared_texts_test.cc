#include "scrape/shared_texts.h"

#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <vector>

using namespace jmxbridge;

TEST_CASE("shared texts: equal texts are one, and one that nobody uses is forgotten", "[scrape]") {
  SharedTexts texts;
  const std::shared_ptr<const std::string> a = texts.share("a family's name, longer than most");
  CHECK(*a == "a family's name, longer than most");
  CHECK(texts.share("a family's name, longer than most") == a);
  CHECK(texts.share("another") != a);
  CHECK(texts.share("")->empty());

  std::weak_ptr<const std::string> unused = texts.share("used by nobody");
  for (int i = 0; i < 5000; ++i) texts.share("text " + std::to_string(i));
  CHECK(unused.expired());
  CHECK(texts.share("a family's name, longer than most") == a);
}
