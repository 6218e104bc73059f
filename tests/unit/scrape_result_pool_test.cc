#include "scrape/result_pool.h"

#include <catch2/catch.hpp>
#include <memory>
#include <thread>
#include <vector>

using namespace jmxbridge;

TEST_CASE("result pool: a result's memory comes back when nobody holds it any more", "[scrape]") {
  const auto pool = std::make_shared<ResultPool>();
  std::shared_ptr<ScrapeResult> first = pool->take();
  first->values.assign(1000, 1.5);
  const ScrapeResult* const where = first.get();
  const std::shared_ptr<ScrapeResult> second = pool->take();
  CHECK(second.get() != where);
  first.reset();
  first = pool->take();
  CHECK(first.get() == where);
  CHECK(first->values.capacity() >= 1000);
  CHECK(first->page == nullptr);
}

TEST_CASE("result pool: what is lent outlives whoever had the pool, on any thread", "[scrape]") {
  auto pool = std::make_shared<ResultPool>();
  std::vector<std::shared_ptr<const ScrapeResult>> results;
  for (int i = 0; i < 10; ++i) {
    std::shared_ptr<ScrapeResult> result = pool->take();
    result->values = {static_cast<double>(i)};
    results.push_back(std::move(result));
  }
  pool.reset();
  std::thread other([results = std::move(results)]() mutable {
    for (int i = 0; i < 10; ++i) CHECK(results[static_cast<std::size_t>(i)]->values[0] == i);
    results.clear();
  });
  other.join();
}
