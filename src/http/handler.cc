#include "http/handler.h"

#include <fmt/format.h>

#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "http/deadline.h"
#include "http/landing_page.h"
#include "http/metrics_page.h"

namespace jmxbridge {
namespace {

Answer not_found(const Router& router) {
  std::string text = "There is nothing at this path; what there is:";
  for (const Route& route : router.routes()) {
    fmt::format_to(std::back_inserter(text), " {}", route.path);
  }
  return plain_answer(404, text);
}

Answer method_not_allowed(const Route& route) {
  Answer answer = plain_answer(
      405, fmt::format("This method is not answered here; use one of {}.", route.allowed()));
  answer.headers = fmt::format("Allow: {}\r\n", route.allowed());
  return answer;
}

Answer landing_answer(const Site& site) {
  Answer answer;
  answer.content_type = kHtml;
  answer.text = landing_page(site.service.status(), site.router.routes());
  answer.headers = fmt::format(
      "Content-Security-Policy: {}\r\nReferrer-Policy: no-referrer\r\nCache-Control: no-store\r\n",
      landing_page_policy());
  return answer;
}

Answer ready_answer(const Site& site) {
  if (site.draining) return plain_answer(503, "Exporter is shutting down.");
  return plain_answer(200, "Exporter is ready.");
}

Answer config_answer(const Site& site) {
  Answer answer;
  answer.text = site.configuration.text();
  answer.headers = "Cache-Control: no-store\r\n";
  return answer;
}

asio::awaitable<Answer> reload_answer(Site& site) {
  const Result<void> reloaded = co_await site.configuration.reload();
  if (reloaded) co_return plain_answer(200, "The configuration was read again.");
  co_return plain_answer(500, reloaded.error().text);
}

Answer unauthorized_answer(const Site& site, const Access& access,
                           const Authorization& authorization) {
  if (site.options.on_unauthorized) site.options.on_unauthorized();
  Answer answer;
  answer.status = 401;
  answer.text = access.refusal;
  if (answer.text.empty()) answer.content_type = {};
  if (authorization.kind != Authorization::Kind::kOtherScheme || access.challenges_other_schemes) {
    answer.headers = access.challenge;
  }
  return answer;
}

/// What a request is answered that is not let in; nothing if it is.
asio::awaitable<std::optional<Answer>> refusal(Site& site, const Access& access,
                                               const HttpRequest& request,
                                               std::chrono::steady_clock::time_point arrived) {
  if (access.rate && !access.rate->take(arrived)) {
    if (site.options.on_rejected) site.options.on_rejected();
    co_return plain_answer(429, "Too many requests; ask less often, or raise rate_limit.");
  }
  if (!access.users) co_return std::nullopt;
  const Authorization authorization = read_authorization(request.authorization);
  const Authenticator::Verdict verdict = co_await access.users->judge(authorization);
  if (verdict == Authenticator::Verdict::kAdmitted) co_return std::nullopt;
  if (verdict == Authenticator::Verdict::kRefused) {
    co_return unauthorized_answer(site, access, authorization);
  }
  if (site.options.on_rejected) site.options.on_rejected();
  Answer busy = plain_answer(503, "Too many passwords are being checked; try again in a moment.");
  busy.headers = "Retry-After: 1\r\n";
  co_return busy;
}

Answer too_many_answer(const Site& site) {
  if (site.options.on_rejected) site.options.on_rejected();
  if (site.bound.status() == 503) {
    return plain_answer(503, "Too many scrapes are under way; try again in a moment.");
  }
  Answer answer;
  answer.status = site.bound.status();
  answer.content_type = {};
  return answer;
}

asio::awaitable<Answer> scrape_answer(Site& site, const HttpRequest& request,
                                      const Location& location,
                                      std::chrono::steady_clock::time_point arrived) {
  std::optional<RequestBound::Place> place = site.bound.take();
  if (!place) co_return too_many_answer(site);
  const Result<PageWish> wish = read_page_wish(request, location);
  if (!wish) co_return plain_answer(500, wish.error().text);
  const std::chrono::milliseconds time = scrape_time(
      request.scrape_timeout, site.options.timeout_offset, site.options.default_timeout);
  const Result<std::shared_ptr<const ScrapeResult>> result =
      co_await site.service.scrape(arrived + time);
  if (!result) co_return plain_answer(500, result.error().text);
  if (!*result || !(*result)->page) {
    co_return plain_answer(500, "The scrape ended without a page; the log says why.");
  }
  Answer answer = metrics_answer(**result, *wish, site.filtered, site.buffers);
  answer.place = std::move(place);
  co_return answer;
}

}  // namespace

asio::awaitable<Answer> answer_request(Site& site, const Access& access, const HttpRequest& request,
                                       std::chrono::steady_clock::time_point arrived) {
  std::optional<Answer> refused = co_await refusal(site, access, request, arrived);
  if (refused) co_return std::move(*refused);
  const std::optional<Location> location = parse_target(request.target);
  if (!location) {
    co_return plain_answer(400, "The request target is malformed; check its percent-encoding.");
  }
  const Route* route = site.router.match(location->path);
  if (route == nullptr) co_return not_found(site.router);
  if (!route->takes(request.method)) co_return method_not_allowed(*route);
  switch (route->kind) {
    case RouteKind::kLanding:
      co_return landing_answer(site);
    case RouteKind::kHealthy:
      co_return plain_answer(200, "Exporter is healthy.");
    case RouteKind::kReady:
      co_return ready_answer(site);
    case RouteKind::kConfig:
      co_return config_answer(site);
    case RouteKind::kReload: {
      Answer reloaded = co_await reload_answer(site);
      co_return reloaded;
    }
    case RouteKind::kMetrics:
      break;
  }
  Answer scraped = co_await scrape_answer(site, request, *location, arrived);
  co_return scraped;
}

}  // namespace jmxbridge
