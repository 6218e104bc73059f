#include "scrape/inventory.h"

#include <catch2/catch.hpp>
#include <string>
#include <string_view>

using namespace jmxbridge;

namespace {

ObjectName name(std::string_view text) { return *ObjectName::parse(text); }

MBeanInfo info(std::string class_name) {
  MBeanInfo made;
  made.class_name = std::move(class_name);
  return made;
}

}  // namespace

TEST_CASE("inventory: it knows how many beans are to be described", "[scrape]") {
  Inventory inventory;
  const ObjectName a = name("d:type=A");
  const ObjectName b = name("d:type=B");
  inventory.replace({a, b}, true);
  CHECK(inventory.stale() == 2);
  inventory.describe(a, info("A"));
  inventory.describe(a, info("A"));
  CHECK(inventory.stale() == 1);
  inventory.add(a);
  inventory.add(a);
  CHECK(inventory.stale() == 2);
  inventory.remove(b);
  inventory.remove(b);
  CHECK(inventory.stale() == 1);
  inventory.describe(b, info("B"));
  inventory.describe(a, info("A"));
  CHECK(inventory.stale() == 0);
  inventory.replace({a, b}, false);
  CHECK(inventory.stale() == 1);
  inventory.replace({a}, true);
  CHECK(inventory.stale() == 1);
}

TEST_CASE("inventory: beans of equal infos share one, and copies of a name one text", "[scrape]") {
  Inventory inventory;
  const ObjectName a = name("d:type=A");
  const ObjectName b = name("d:type=B");
  inventory.replace({a, b}, true);
  inventory.describe(a, info("Same"));
  inventory.describe(b, info("Same"));
  CHECK(inventory.find(a)->info == inventory.find(b)->info);
  CHECK(inventory.beans().begin()->first.text().data() == a.text().data());
}
