#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/authorization.h"
#include "http/deadline.h"
#include "http/metrics_page.h"
#include "http/request.h"
#include "http/responses.h"
#include "http/router.h"
#include "tests/fuzz/require.h"

namespace {

using namespace jmxbridge;

std::shared_ptr<const ScrapeResult> make_result() {
  std::vector<FamilySpec> families;
  for (const char* name : {"jmx_scrape_error", "t_obj_A", "t_obj_A_Value", "a"}) {
    FamilySpec family;
    family.name = name;
    family.samples.emplace_back();
    families.push_back(std::move(family));
  }
  auto result = std::make_shared<ScrapeResult>();
  result->page = std::make_shared<const Page>(std::move(families));
  result->values = {1};
  return result;
}

/// The filter as the specification words it: one comparison a family and a requested text.
std::vector<std::string> filtered_plainly(const Page& page, const std::vector<std::string>& names) {
  std::vector<std::string> kept;
  for (const FamilySpec& family : page.families()) {
    const bool keep = std::any_of(names.begin(), names.end(), [&](const std::string& name) {
      return name.starts_with(family.name);
    });
    if (keep) kept.push_back(family.name);
  }
  return kept;
}

void check_page(const PageWish& wish) {
  static const std::shared_ptr<const ScrapeResult> result = make_result();
  static PageBufferPool buffers;
  static FilteredPages filtered;
  if (wish.filtered) {
    std::vector<std::string> kept;
    const std::shared_ptr<const Page> page = filter_page(*result->page, wish.names);
    for (const FamilySpec& family : page->families()) kept.push_back(family.name);
    JMXBRIDGE_REQUIRE_PROPERTY(kept == filtered_plainly(*result->page, wish.names));
  }
  const Answer answer = metrics_answer(*result, wish, filtered, buffers);
  JMXBRIDGE_REQUIRE_PROPERTY(answer.status == 200 && answer.compressed == wish.gzip);
  JMXBRIDGE_REQUIRE_PROPERTY(!wish.debug || !wish.gzip);
  std::string head;
  append_head(answer, kSecurityHeaders, true, 0, head);
  JMXBRIDGE_REQUIRE_PROPERTY(head.ends_with("\r\n\r\n") &&
                             head.find("\r\n\r\n") == head.size() - 4);
}

}  // namespace

// The lines of the input are a request target and the values of Accept (read as Authorization too),
// Accept-Encoding and the scrape time-out: any of them gives a route and a page, or a refusal in
// one line.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  std::array<std::string_view, 4> lines;
  for (std::string_view& line : lines) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  HttpRequest request;
  request.target = lines[0];
  request.accept = lines[1];
  request.accept_encoding = lines[2];
  request.scrape_timeout = lines[3];

  const Authorization authorization = read_authorization(lines[1]);
  JMXBRIDGE_REQUIRE_PROPERTY(authorization.kind != Authorization::Kind::kNone);
  JMXBRIDGE_REQUIRE_PROPERTY(authorization.user.find(':') == std::string::npos);
  JMXBRIDGE_REQUIRE_PROPERTY(authorization.kind == Authorization::Kind::kBasic ||
                             (authorization.user.empty() && authorization.password.empty()));

  const std::chrono::milliseconds otherwise(60'000);
  const std::chrono::milliseconds time =
      scrape_time(request.scrape_timeout, std::chrono::milliseconds(500), otherwise);
  JMXBRIDGE_REQUIRE_PROPERTY(time.count() >= 0 && time <= std::chrono::hours(1));

  const std::optional<Location> location = parse_target(request.target);
  if (!location) return 0;
  static const Router router("/custom");
  const Route* route = router.match(location->path);
  if (route != nullptr) JMXBRIDGE_REQUIRE_PROPERTY(location->path.starts_with(route->path));
  const Result<PageWish> wish = read_page_wish(request, *location);
  if (wish) {
    check_page(*wish);
  } else {
    JMXBRIDGE_REQUIRE_PROPERTY(!wish.error().text.empty());
    JMXBRIDGE_REQUIRE_PROPERTY(wish.error().text.find_first_of("\r\n") == std::string::npos);
  }
  return 0;
}
