// Infos, state sets, summaries and mapped texts, from the values of a target to its page.

#include <catch2/catch.hpp>
#include <string>
#include <utility>
#include <vector>

#include "scrape_bench.h"

namespace jmxbridge {
namespace {

RuleConfig with_label(RuleConfig rule, const char* name, const char* value) {
  rule.has_labels = true;
  rule.labels.push_back({TemplateText{name, {}}, TemplateText{value, {}}});
  return rule;
}

RuleConfig with_states(RuleConfig rule, std::vector<std::string> states) {
  rule.states = std::move(states);
  return rule;
}

RuleConfig with_quantile(RuleConfig rule, const char* quantile) {
  rule.quantile = TemplateText{quantile, {}};
  return rule;
}

RuleConfig state_rule() {
  return with_states(
      with_label(rule("name=(.+)><>State", "task_state", FamilyType::kStateSet), "task", "$1"),
      {"RUNNING", "PAUSED"});
}

std::vector<RuleConfig> latency_rules() {
  return {with_quantile(rule("<>(\\d+)thPercentile", "latency", FamilyType::kSummary), "0.$1"),
          rule("<>Count", "latency_count", FamilyType::kSummary),
          rule("<>Total", "latency_sum", FamilyType::kSummary)};
}

struct Fixture {
  explicit Fixture(std::vector<RuleConfig> rules) : bench(server, snapshot(std::move(rules))) {}

  static std::shared_ptr<const Snapshot> snapshot(std::vector<RuleConfig> rules) {
    CollectorConfig config = plain_config();
    config.rules = std::move(rules);
    return snapshot_of(config);
  }

  /// One scrape in both formats: text is returned, OpenMetrics kept.
  std::string scrape() {
    result = bench.finish(bench.start());
    open.clear();
    result->page->render(Format::kOpenMetrics, result->values, open);
    return Bench::text(result);
  }

  FakeServer server;
  Bench bench;
  std::shared_ptr<const ScrapeResult> result;
  std::string open;
};

bool failed(const std::string& page) {
  return page.find("\njmx_scrape_error 1.0\n") != std::string::npos;
}

}  // namespace

TEST_CASE("rule keys: a state set follows its text and keeps its page", "[scrape]") {
  Fixture fake({state_rule()});
  fake.server.add("d:type=T,name=a", {{"State", text_value("RUNNING")}});
  std::string page = fake.scrape();
  CHECK(samples(page, true) ==
        Lines{"# HELP task_state Attribute exposed d:name=a,type=T,attribute=State",
              "# TYPE task_state gauge", "task_state{task=\"a\",task_state=\"PAUSED\"} 0.0",
              "task_state{task=\"a\",task_state=\"RUNNING\"} 1.0"});
  CHECK(fake.open.find("# TYPE task_state stateset\n") != std::string::npos);
  CHECK_FALSE(failed(page));
  const std::shared_ptr<const Page> first = fake.result->page;

  fake.server.value("d:type=T,name=a", "State") = text_value("PAUSED");
  page = fake.scrape();
  CHECK(samples(page) == Lines{"task_state{task=\"a\",task_state=\"PAUSED\"} 1.0",
                               "task_state{task=\"a\",task_state=\"RUNNING\"} 0.0"});
  CHECK(fake.result->page == first);

  fake.server.value("d:type=T,name=a", "State") = text_value("FAILED: no disk");
  page = fake.scrape();
  CHECK(samples(page) == Lines{"task_state{task=\"a\",task_state=\"PAUSED\"} 0.0",
                               "task_state{task=\"a\",task_state=\"RUNNING\"} 0.0"});
  CHECK(failed(page));
  fake.server.value("d:type=T,name=a", "State") = text_value("RUNNING");
  CHECK_FALSE(failed(fake.scrape()));
}

TEST_CASE("rule keys: a mapped text comes and goes with its number", "[scrape]") {
  RuleConfig mapped = rule("<>Health", "health", FamilyType::kGauge);
  mapped.map = {{"UP", 1}, {"DOWN", 0}};
  Fixture fake({mapped});
  fake.server.add("d:type=T", {{"Health", text_value("UP")}});
  CHECK(samples(fake.scrape()) == Lines{"health 1.0"});
  fake.server.value("d:type=T", "Health") = text_value("DOWN");
  CHECK(samples(fake.scrape()) == Lines{"health 0.0"});
  fake.server.value("d:type=T", "Health") = text_value("UNKNOWN");
  const std::string page = fake.scrape();
  CHECK(samples(page).empty());
  CHECK_FALSE(failed(page));
  fake.server.value("d:type=T", "Health") = text_value("UP");
  CHECK(samples(fake.scrape()) == Lines{"health 1.0"});
}

TEST_CASE("rule keys: a map follows numbers whose rules would be settled without it", "[scrape]") {
  RuleConfig mapped = rule("<>Code", "code", FamilyType::kGauge);
  mapped.map = {{"200", 1}, {"500", 0}};
  Fixture fake({mapped});
  fake.server.add("d:type=T", {{"Code", integer_value(200)}});
  CHECK(samples(fake.scrape()) == Lines{"code 1.0"});
  fake.server.value("d:type=T", "Code") = integer_value(500);
  CHECK(samples(fake.scrape()) == Lines{"code 0.0"});
  fake.server.value("d:type=T", "Code") = integer_value(404);
  CHECK(samples(fake.scrape()).empty());
}

TEST_CASE("rule keys: texts are read for infos, which show them as labels", "[scrape]") {
  Fixture fake({with_label(rule("<>Version: (.+)", "app_info", FamilyType::kInfo), "version", "$1"),
                rule("<>Count", "count", FamilyType::kGauge)});
  fake.server.add("d:type=T", {{"Version", text_value("1.2")}, {"Count", integer_value(3)}});
  CHECK(samples(fake.scrape()) == Lines{"app_info{version=\"1.2\"} 1", "count 3.0"});
  CHECK(fake.open.find("# TYPE app info\n") != std::string::npos);
  CHECK(fake.open.find("\napp_info{version=\"1.2\"} 1\n") != std::string::npos);
  fake.server.value("d:type=T", "Version") = text_value("1.3");
  CHECK(samples(fake.scrape()) == Lines{"app_info{version=\"1.3\"} 1", "count 3.0"});
}

TEST_CASE("rule keys: a summary is one family of quantiles, sum and count", "[scrape]") {
  Fixture fake(latency_rules());
  fake.server.add("d:type=T", {{"50thPercentile", double_value(0.25)},
                               {"99thPercentile", double_value(4)},
                               {"999thPercentile", double_value(5)},
                               {"Count", integer_value(7)},
                               {"Total", double_value(12)}});
  CHECK(samples(fake.scrape()) ==
        Lines{"latency{quantile=\"0.5\"} 0.25", "latency{quantile=\"0.99\"} 4.0",
              "latency{quantile=\"0.999\"} 5.0", "latency_sum 12.0", "latency_count 7.0"});
  CHECK(fake.open.find("# TYPE latency summary\n") != std::string::npos);
}

TEST_CASE("rule keys: summaries of two beans with the same labels stay whole", "[scrape]") {
  Fixture fake(latency_rules());
  for (const char* name : {"d:type=A", "d:type=B"}) {
    fake.server.add(name, {{"50thPercentile", double_value(1)}, {"Count", integer_value(2)}});
  }
  const std::string page = fake.scrape();
  CHECK(samples(page) == Lines{"latency{_objectname=\"d<type=A><>\",quantile=\"0.5\"} 1.0",
                               "latency_count{_objectname=\"d<type=A><>\"} 2.0",
                               "latency{_objectname=\"d<type=B><>\",quantile=\"0.5\"} 1.0",
                               "latency_count{_objectname=\"d<type=B><>\"} 2.0"});
  CHECK_FALSE(failed(page));
}

TEST_CASE("rule keys: one quantile twice keeps the first of the bean", "[scrape]") {
  Fixture fake({with_quantile(rule("<>Median", "latency", FamilyType::kSummary), "0.5"),
                with_quantile(rule("<>P50", "latency", FamilyType::kSummary), "0.50")});
  fake.server.add("d:type=T", {{"Median", integer_value(1)}, {"P50", integer_value(2)}});
  const std::string page = fake.scrape();
  CHECK(samples(page) == Lines{"latency{_objectname=\"d<type=T><>\",quantile=\"0.5\"} 1.0"});
  CHECK(failed(page));
}

TEST_CASE("rule keys: a summary's count cannot be negative, and comes back", "[scrape]") {
  Fixture fake(latency_rules());
  fake.server.add("d:type=T", {{"50thPercentile", double_value(-1)}, {"Count", integer_value(-1)}});
  const std::string page = fake.scrape();
  CHECK(samples(page) == Lines{"latency{quantile=\"0.5\"} -1.0"});
  CHECK(failed(page));
  fake.server.value("d:type=T", "Count") = integer_value(1);
  CHECK(samples(fake.scrape()) == Lines{"latency{quantile=\"0.5\"} -1.0", "latency_count 1.0"});
}

TEST_CASE("rule keys: the first type of a family counts where one is of the own types",
          "[scrape]") {
  Fixture fake({rule("<>A", "x", FamilyType::kGauge), rule("<>B", "x_info", FamilyType::kInfo),
                with_states(rule("<>C", "y", FamilyType::kStateSet), {"on"}),
                rule("<>D", "y", FamilyType::kUnknown)});
  fake.server.add("d:type=T", {{"A", integer_value(1)},
                               {"B", text_value("b")},
                               {"C", text_value("on")},
                               {"D", integer_value(4)}});
  const std::string page = fake.scrape();
  CHECK(samples(page) == Lines{"x 1.0", "y{y=\"on\"} 1.0"});
  CHECK(failed(page));
  fake.server.remove("d:type=T");
  fake.server.add("d:type=T", {{"B", text_value("b")}, {"D", integer_value(4)}});
  CHECK(samples(fake.scrape()) == Lines{"x_info 1", "y 4.0"});
}

TEST_CASE("rule keys: no two families have samples of one name", "[scrape]") {
  std::vector<RuleConfig> rules = latency_rules();
  rules.push_back(rule("<>Own", "latency_count", FamilyType::kGauge));
  rules.push_back(with_states(rule("<>State", "z_total", FamilyType::kStateSet), {"on"}));
  rules.push_back(rule("<>Z", "z", FamilyType::kCounter));
  rules.push_back(rule("<>I", "i", FamilyType::kInfo));
  rules.push_back(with_states(rule("<>J", "i_info", FamilyType::kStateSet), {"on"}));
  Fixture fake(rules);
  fake.server.add("d:type=T", {{"50thPercentile", integer_value(1)},
                               {"Count", integer_value(2)},
                               {"Own", integer_value(3)},
                               {"State", text_value("on")},
                               {"Z", integer_value(4)},
                               {"I", integer_value(5)},
                               {"J", text_value("on")}});
  std::string page = fake.scrape();
  CHECK(samples(page) == Lines{"i_info 1", "latency_count 3.0", "z_total 4.0"});
  CHECK(failed(page));

  fake.server.remove("d:type=T");
  fake.server.add("d:type=T", {{"50thPercentile", integer_value(1)},
                               {"Count", integer_value(2)},
                               {"State", text_value("on")},
                               {"J", text_value("on")}});
  page = fake.scrape();
  CHECK(samples(page) == Lines{"i_info{i_info=\"on\"} 1.0", "latency{quantile=\"0.5\"} 1.0",
                               "latency_count 2.0", "z_total{z_total=\"on\"} 1.0"});
  CHECK_FALSE(failed(page));
}

TEST_CASE("rule keys: a state set cannot take the place of the daemon's own families", "[scrape]") {
  Fixture fake(
      {with_states(rule("<>State", "jmx_scrape_timeout_total", FamilyType::kStateSet), {"on"})});
  fake.server.add("d:type=T", {{"State", text_value("on")}});
  const std::string page = fake.scrape();
  CHECK(page.find("jmx_scrape_timeout_total{") == std::string::npos);
  CHECK(page.find("\njmx_scrape_timeout_total 0.0\n") != std::string::npos);
  CHECK(failed(page));
}

TEST_CASE("rule keys: state sets of beans with the same labels are told apart by bean",
          "[scrape]") {
  Fixture fake({with_states(rule("<>State", "s", FamilyType::kStateSet), {"a: b", "c"})});
  fake.server.add("d:type=A", {{"State", text_value("a: b")}});
  fake.server.add("d:type=B", {{"State", text_value("c")}});
  CHECK(samples(fake.scrape()) == Lines{"s{_objectname=\"d<type=A><>State\",s=\"a: b\"} 1.0",
                                        "s{_objectname=\"d<type=A><>State\",s=\"c\"} 0.0",
                                        "s{_objectname=\"d<type=B><>State\",s=\"a: b\"} 0.0",
                                        "s{_objectname=\"d<type=B><>State\",s=\"c\"} 1.0"});
}

}  // namespace jmxbridge
