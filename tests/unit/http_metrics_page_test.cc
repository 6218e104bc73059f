#include "http/metrics_page.h"

#include <libdeflate.h>

#include <catch2/catch.hpp>
#include <string>

#include "count_allocations.h"
#include "http_fixture.h"

namespace jmxbridge {
namespace {

PageWish wish_for(std::string_view target, std::string_view accept = {},
                  std::string accept_encoding = {}) {
  HttpRequest request;
  request.accept = accept;
  request.accept_encoding = std::move(accept_encoding);
  const std::optional<Location> location = parse_target(target);
  REQUIRE(location.has_value());
  Result<PageWish> wish = read_page_wish(request, *location);
  REQUIRE(wish.has_value());
  return *std::move(wish);
}

std::string refusal_of(std::string_view target) {
  const std::optional<Location> location = parse_target(target);
  REQUIRE(location.has_value());
  const Result<PageWish> wish = read_page_wish({}, *location);
  return wish ? "" : wish.error().text;
}

std::vector<std::string> kept(std::vector<std::string> names) {
  const std::shared_ptr<const Page> page = filter_page(*small_result()->page, std::move(names));
  std::vector<std::string> families;
  for (const FamilySpec& family : page->families()) families.push_back(family.name);
  return families;
}

using Names = std::vector<std::string>;

TEST_CASE("name filter: a family stays if its name is the beginning of a requested text",
          "[http]") {
  CHECK(kept({"t_obj_A_Value"}) == Names{"t_obj_A_Value"});
  CHECK(kept({"t_obj_A_Value_total_xyz"}) == Names{"t_obj_A_Value"});
  CHECK(kept({"jmx_config_reload_success_total"}) == Names{"jmx_config_reload_success"});
  CHECK(kept({"jmx_config_reload_success"}) == Names{"jmx_config_reload_success"});
  CHECK(kept({"zzz", "t_obj_A_Value", "aaa", "jmx_scrape_error"}) ==
        Names{"jmx_scrape_error", "t_obj_A_Value"});
}

TEST_CASE("name filter: a text that is only a beginning of a family's name selects nothing",
          "[http]") {
  CHECK(kept({"t_obj_A"}).empty());
  CHECK(kept({""}).empty());
  CHECK(kept({"T_OBJ_A_VALUE"}).empty());
  CHECK(kept({"xt_obj_A_Value"}).empty());
}

TEST_CASE("metrics page: making the body of a steady scrape allocates nothing",
          "[http][allocations]") {
  FilteredPages filtered;
  PageBufferPool buffers;
  const std::shared_ptr<const ScrapeResult> result = small_result();
  const bool gzip = GENERATE(false, true);
  const std::string_view accept = GENERATE(
      "text/plain", "application/openmetrics-text;version=1.0.0",
      "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited");
  CAPTURE(gzip, accept);
  const PageWish wish = wish_for("/metrics", accept, gzip ? "gzip" : "");
  std::string first;
  for (int i = 0; i < 3; ++i) {
    on_this_thread = 0;
    const Answer answer = metrics_answer(*result, wish, filtered, buffers);
    const std::size_t count = on_this_thread;
    if (i == 0) {
      CHECK(count > 0);
      first = answer.body();
    } else {
      CHECK(count == 0);
      CHECK(answer.body() == first);
    }
  }
}

TEST_CASE("filtered pages: the same page and names give the same filtered page", "[http]") {
  FilteredPages pages;
  const std::shared_ptr<const Page> page = small_result()->page;
  const std::shared_ptr<const Page> first = pages.get(page, {"t_obj_A_Value"});
  CHECK(pages.get(page, {"t_obj_A_Value"}) == first);
  CHECK(pages.get(page, {"jmx_scrape_error"}) != first);
  const std::shared_ptr<const Page> other = small_result()->page;
  CHECK(pages.get(other, {"t_obj_A_Value"}) != first);
}

TEST_CASE("filtered pages: only a few are kept, and none keeps its page alive", "[http]") {
  FilteredPages pages;
  std::shared_ptr<const Page> page = small_result()->page;
  std::weak_ptr<const Page> first = pages.get(page, {"t_obj_A_Value"});
  for (int i = 0; i < 20; ++i) CHECK(pages.get(page, {"x" + std::to_string(i)}) != nullptr);
  CHECK(first.expired());
  first = pages.get(page, {"t_obj_A_Value"});
  const std::weak_ptr<const Page> source = page;
  page.reset();
  CHECK(source.expired());
  CHECK(pages.get(small_result()->page, {"x"}) != nullptr);
  CHECK(first.expired());
}

TEST_CASE("metrics page: the format follows Accept, compression Accept-Encoding", "[http]") {
  CHECK(wish_for("/metrics").format == Format::kText);
  CHECK_FALSE(wish_for("/metrics").gzip);
  const PageWish wish = wish_for("/metrics", "application/openmetrics-text;q=0.1", "br, gzip");
  CHECK(wish.format == Format::kOpenMetrics);
  CHECK(wish.gzip);
  CHECK_FALSE(wish.filtered);
}

TEST_CASE("metrics page: debug overrides Accept and is never compressed", "[http]") {
  const PageWish wish = wish_for("/metrics?debug=openmetrics", "text/plain", "gzip");
  CHECK(wish.debug);
  CHECK(wish.format == Format::kOpenMetrics);
  CHECK_FALSE(wish.gzip);
  CHECK(wish_for("/metrics?debug=text", "application/openmetrics-text").format == Format::kText);
  CHECK(wish_for("/metrics?debug=prometheus-protobuf").format == Format::kProtobufText);
  CHECK(wish_for("/metrics?debug=text", "a;escaping=dots").escaping == Escaping::kDots);
  // The first counts.
  CHECK(wish_for("/metrics?debug=text&debug=nonsense").format == Format::kText);
}

TEST_CASE("metrics page: another value of debug is refused in one line", "[http]") {
  CHECK(contains(refusal_of("/metrics?debug=true"), "debug=true is not known"));
  CHECK_FALSE(refusal_of("/metrics?debug=").empty());
  CHECK_FALSE(refusal_of("/metrics?debug=nonsense&debug=text").empty());
  CHECK_FALSE(refusal_of("/metrics?debug=TEXT").empty());
  CHECK_FALSE(refusal_of("/metrics?debug=protobuf").empty());
  CHECK_FALSE(contains(refusal_of("/metrics?debug=a%0D%0Ab"), "\n"));
}

TEST_CASE("metrics page: other parameters and a bare debug have no effect", "[http]") {
  const PageWish wish = wish_for("/metrics?debug&name=x&Name[]=y&collect[]=z");
  CHECK_FALSE(wish.debug);
  CHECK_FALSE(wish.filtered);
}

TEST_CASE("metrics page: an empty name filter is a filter", "[http]") {
  const PageWish wish = wish_for("/metrics?name[]=");
  CHECK(wish.filtered);
  FilteredPages pages;
  PageBufferPool buffers;
  const Answer text = metrics_answer(*small_result(), wish, pages, buffers);
  CHECK(text.status == 200);
  CHECK(text.body().empty());
  const PageWish open = wish_for("/metrics?name[]=", "application/openmetrics-text");
  CHECK(metrics_answer(*small_result(), open, pages, buffers).body() == "# EOF\n");
}

TEST_CASE("metrics page: a compressed page unpacks to the plain one", "[http]") {
  FilteredPages pages;
  PageBufferPool buffers;
  const std::shared_ptr<const ScrapeResult> result = small_result();
  const Answer plain = metrics_answer(*result, wish_for("/metrics"), pages, buffers);
  const Answer packed = metrics_answer(*result, wish_for("/metrics", "", "gzip"), pages, buffers);
  CHECK(packed.compressed);
  CHECK(contains(plain.body(), "t_obj_A_Value 42.5\n"));
  std::string unpacked(plain.body().size() + 1, '\0');
  libdeflate_decompressor* decompressor = libdeflate_alloc_decompressor();
  std::size_t size = 0;
  const libdeflate_result outcome =
      libdeflate_gzip_decompress(decompressor, packed.body().data(), packed.body().size(),
                                 unpacked.data(), unpacked.size(), &size);
  libdeflate_free_decompressor(decompressor);
  REQUIRE(outcome == LIBDEFLATE_SUCCESS);
  CHECK(unpacked.substr(0, size) == plain.body());
}

TEST_CASE("page buffers: a lease ends with its memory kept for the next, but not without bound",
          "[http]") {
  PageBufferPool pool;
  const char* memory = nullptr;
  {
    const PageBufferPool::Lease lease = pool.take();
    lease->text.assign(100'000, 'x');
    memory = lease->text.data();
  }
  {
    const PageBufferPool::Lease lease = pool.take();
    CHECK(lease->text.empty());
    CHECK(lease->text.data() == memory);
    lease->text.reserve(PageBufferPool::kMaxIdleBytes + 1);
  }
  const PageBufferPool::Lease lease = pool.take();
  CHECK(lease->text.capacity() < 100'000);
}

}  // namespace
}  // namespace jmxbridge
