#include "commands/recorded_scrape.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <chrono>
#include <future>
#include <utility>

#include "exposition/page.h"
#include "scrape/self_metrics.h"
#include "scrape/target.h"
#include "snapshot/recorded_connector.h"

namespace jmxbridge {
namespace {

/// Nothing waits in such a scrape, so this only has to be long.
constexpr std::chrono::hours kNoHurry{24};

std::shared_ptr<const ScrapeResult> scrape_once(asio::io_context& context, Target& target) {
  std::future<std::shared_ptr<const ScrapeResult>> result = asio::co_spawn(
      context, target.scrape(std::chrono::steady_clock::now() + kNoHurry), asio::use_future);
  context.restart();
  context.run();
  return result.get();
}

SampleText text_of(const Page& page, const std::vector<double>& values) {
  std::string text;
  page.render(Format::kText, values, text);
  Result<SampleText, SampleTextError> parsed = parse_sample_text(text);
  return parsed ? std::move(*parsed) : SampleText();
}

bool is_own(const SampleSpec& sample) { return sample.slot < SelfMetrics::kNumbers; }

TestedPage tested(const ScrapeResult& result) {
  TestedPage page{text_of(*result.page, result.values), {}};
  std::vector<FamilySpec> own;
  for (const FamilySpec& family : result.page->families()) {
    if (std::all_of(family.samples.begin(), family.samples.end(), is_own)) own.push_back(family);
  }
  for (const auto& [name, family] : text_of(Page(std::move(own)), result.values).families) {
    page.own.insert(name);
  }
  return page;
}

}  // namespace

TestedPage scrape_recordings(const Snapshot& snapshot,
                             std::vector<std::shared_ptr<const Recording>> recordings) {
  // A slow machine must not change the outcome.
  auto patient = std::make_shared<Snapshot>(snapshot);
  patient->config.scrape_timeout_seconds.reset();
  const std::size_t scrapes = recordings.size();
  RecordedConnector connector(std::move(recordings));
  ProcessCounters counters;
  asio::io_context context;
  Target target(context.get_executor(), "snapshot", connector, Endpoint{}, std::move(patient),
                counters);
  std::shared_ptr<const ScrapeResult> result;
  for (std::size_t i = 0; i < scrapes; ++i) result = scrape_once(context, target);
  return tested(*result);
}

}  // namespace jmxbridge
