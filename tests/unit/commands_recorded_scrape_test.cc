#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "commands/recorded_scrape.h"
#include "config/load.h"
#include "rules/rule_set.h"
#include "snapshot/read_snapshot.h"

using namespace jmxbridge;

namespace {

Snapshot rules(std::string_view text) {
  LoadedConfig loaded = load_config_text(text, "rules.yml", ConfigUse::kRulesOnly);
  std::shared_ptr<const RuleSet> set = RuleSet::compile(loaded.config, loaded.report);
  if (loaded.report.has_errors()) FAIL(loaded.report.text());
  return {std::move(loaded.config), std::move(set)};
}

std::shared_ptr<const Recording> with_size(int size) {
  Result<Recording> recording = read_snapshot(
      "{\"format\": \"jmxbridge-snapshot\", \"version\": 1, \"beans\": [{\"name\": \"d:type=T\", "
      "\"attributes\": [{\"name\": \"Size\", \"type\": \"long\", \"value\": " +
      std::to_string(size) + "}]}]}");
  if (!recording) FAIL(recording.error().text);
  return std::make_shared<const Recording>(std::move(*recording));
}

double number(const TestedPage& page, std::string_view name) {
  for (const TextSample& sample : page.text.samples) {
    if (sample.name == name) return sample.value;
  }
  FAIL("no sample " << name);
  return 0;
}

}  // namespace

TEST_CASE("recorded scrape: what a rule remembers of one snapshot holds in the next",
          "[commands]") {
  const Snapshot snapshot = rules(
      "rules:\n"
      "- {pattern: 'Size: 2', name: early}\n"
      "- {pattern: Size, name: remembered, cache: true}\n");
  CHECK(number(scrape_recordings(snapshot, {with_size(2)}), "early") == 2);
  const TestedPage page = scrape_recordings(snapshot, {with_size(1), with_size(2)});
  CHECK(number(page, "remembered") == 2);
  CHECK(number(page, "jmx_scrape_cached_beans") == 1);
  CHECK(number(page, "jmx_up") == 1);
  CHECK(number(page, "jmx_scrape_error") == 0);
}

TEST_CASE("recorded scrape: the daemon's own families are told apart by their names on the page",
          "[commands]") {
  const TestedPage page = scrape_recordings(rules("rules: [{}]"), {with_size(1)});
  CHECK(page.own.contains("jmx_scrape_error"));
  CHECK(page.own.contains("jmx_config_reload_success_total"));
  CHECK_FALSE(page.own.contains("d_T_Size"));
}

TEST_CASE("recorded scrape: a rule that fails on a value is an error of the scrape", "[commands]") {
  const Snapshot snapshot = rules("rules: [{pattern: Size, name: 'a$1'}]");
  CHECK(number(scrape_recordings(snapshot, {with_size(1)}), "jmx_scrape_error") == 1);
}

TEST_CASE("recorded scrape: scrapeTimeoutSeconds changes nothing", "[commands]") {
  const Snapshot snapshot = rules("scrapeTimeoutSeconds: 1\nrules: [{}]");
  CHECK(number(scrape_recordings(snapshot, {with_size(3)}), "d_T_Size") == 3);
  CHECK(snapshot.config.scrape_timeout_seconds == 1);
}
