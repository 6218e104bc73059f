#include "http/landing_page.h"

#include <catch2/catch.hpp>
#include <string>

#include "http_fixture.h"

namespace jmxbridge {
namespace {

constexpr std::string_view kHostile = "<script>alert(\"x\" + 'y')</script>&amp;\x01\xff";

TEST_CASE("landing page: hostile text is escaped wherever it stands", "[http]") {
  TargetStatus status;
  status.name = kHostile;
  status.lane = kHostile;
  status.last_error = kHostile;
  status.set_aside_beans = {std::string(kHostile)};
  const Router router("/a\"><script>");
  const std::string page = landing_page(status, router.routes());
  CHECK_FALSE(contains(page, "<script"));
  CHECK_FALSE(contains(page, "'y'"));
  CHECK_FALSE(contains(page, "\x01"));
  CHECK_FALSE(contains(page, "\xff"));
  const std::string escaped = "&lt;script&gt;alert(&quot;x&quot; + &#39;y&#39;)&lt;/script&gt;";
  std::size_t found = 0;
  for (std::size_t at = page.find(escaped); at != std::string::npos;
       at = page.find(escaped, at + 1)) {
    ++found;
  }
  CHECK(found == 4);
  CHECK(contains(page, "href=\"/a&quot;&gt;&lt;script&gt;\""));
}

TEST_CASE("landing page: long text and long lists are cut", "[http]") {
  TargetStatus status;
  status.last_error = std::string(100'000, 'e');
  for (int i = 0; i < 1'000; ++i) status.set_aside_beans.push_back("bean:n=" + std::to_string(i));
  const std::string page = landing_page(status, Router("/metrics").routes());
  CHECK(page.size() < 20'000);
  CHECK(contains(page, "bean:n=19<"));
  CHECK_FALSE(contains(page, "bean:n=20<"));
  CHECK(contains(page, "and 980 more"));
}

TEST_CASE("landing page: it says how the target stands", "[http]") {
  TargetStatus status;
  status.name = "broker-1";
  status.lane = "portable";
  status.beans = 9'001;
  status.samples = 21'002;
  status.last_duration = std::chrono::milliseconds(123);
  status.sessions_opened = 7;
  const std::vector<Route> kept = Router("/metrics").routes();
  CHECK(contains(landing_page(status, kept), "not scraped yet"));
  status.scrapes = 55;
  status.last_error = "connection refused";
  const std::string down = landing_page(status, kept);
  CHECK(contains(down, ">down<"));
  CHECK(contains(down, "connection refused"));
  status.up = true;
  status.scraping = true;
  status.last_error.clear();
  const std::string up = landing_page(status, kept);
  CHECK(contains(up, ">up<"));
  CHECK_FALSE(contains(up, "Last error"));
  CHECK_FALSE(contains(up, "set aside"));
  CHECK(contains(up, "the portable lane<"));
  status.lane_reason = "its port speaks <b>";
  CHECK(contains(landing_page(status, kept), "the portable lane: its port speaks &lt;b&gt;<"));
  status.lane_reason.clear();
  status.lane = "fast";
  status.portable_beans = 3;
  CHECK(contains(landing_page(status, kept), "the fast lane, and the portable lane for 3 MBeans<"));
  for (const char* part : {"broker-1", "9001", "21002", "123 ms", "55, and one"}) {
    INFO(part);
    CHECK(contains(up, part));
  }
}

TEST_CASE("landing page: it links every path and explains the parameters", "[http]") {
  const Router router("/custom");
  const std::string page = landing_page({}, router.routes());
  for (const char* path : {"/metrics", "/custom", "/-/healthy", "/-/ready", "/config"}) {
    INFO(path);
    CHECK(contains(page, "<a href=\"" + std::string(path) + "\">"));
  }
  // What takes POST alone is no link.
  CHECK(contains(page, "<code>/-/reload</code>"));
  CHECK(contains(page, "name[]="));
  CHECK(contains(page, "debug=text"));
}

TEST_CASE("landing page: its policy allows its own style and nothing else", "[http]") {
  const std::string_view policy = landing_page_policy();
  CHECK(contains(policy, "default-src 'none'"));
  CHECK(contains(policy, "style-src 'sha256-"));
  CHECK_FALSE(contains(policy, "unsafe"));
  CHECK_FALSE(contains(policy, "script-src"));
  // A digest in base64: 44 characters, the last a padding.
  const std::size_t digest = policy.find("sha256-") + 7;
  CHECK(policy.substr(digest + 43, 2) == "='");
}

}  // namespace
}  // namespace jmxbridge
