// What becomes of a target's attributes: which are read, and which samples they make.

#include <catch2/catch.hpp>
#include <chrono>
#include <string>
#include <vector>

#include "jmx/limits.h"
#include "scrape_bench.h"

namespace jmxbridge {
namespace {

using std::chrono::milliseconds;

}  // namespace

TEST_CASE("samples: a composite becomes one sample an item, in the order of item names",
          "[scrape]") {
  ServedTarget fake;
  ValueStore& store = fake.server.store;
  const Value sub = store.composite("inner", {{"z", integer_value(3)}});
  fake.server.add("d:type=A,name=n",
                  {{"C", store.composite("outer", {{"A", integer_value(2)}, {"b", sub}})}});
  const std::string page = fake.scrape();
  CHECK(samples(page) == Lines{"d_A_C_A{name=\"n\"} 2.0", "d_A_C_b_z{name=\"n\"} 3.0"});
  CHECK(has_line(page, "# HELP d_A_C_b_z inner d:name=n,type=A,attribute=z"));
}

TEST_CASE("samples: index keys that clash with properties gain an underscore", "[scrape]") {
  ServedTarget fake;
  ValueStore& store = fake.server.store;
  fake.server.add("d:type=A,name=n",
                  {{"T", store.table({"name", "gone"},
                                     {store.composite("row", {{"gone", Value{}},
                                                              {"name", text_value("x")},
                                                              {"other", integer_value(2)}})})}});
  CHECK(samples(fake.scrape()) == Lines{"d_A_T_other{name=\"n\",name_=\"x\"} 2.0"});
}

TEST_CASE("samples: two samples with the same labels make a family carry _objectname", "[scrape]") {
  CollectorConfig config = plain_config();
  config.rules = {rule("d<type=(\\w)><>", "same")};
  ServedTarget fake(config);
  fake.server.add("d:type=A", {{"X", integer_value(1)}});
  CHECK(samples(fake.scrape()) == Lines{"same 1.0"});
  fake.server.add("d:type=B", {{"Y", integer_value(2)}});
  CHECK(samples(fake.scrape()) ==
        Lines{"same{_objectname=\"d<type=A><>X\"} 1.0", "same{_objectname=\"d<type=B><>Y\"} 2.0"});
  fake.server.remove("d:type=B");
  CHECK(samples(fake.scrape()) == Lines{"same 1.0"});
}

TEST_CASE("samples: a negative counter costs its sample and is flagged", "[scrape]") {
  CollectorConfig config = plain_config();
  config.rules = {rule("d<type=(\\w)><>", "c_$1", FamilyType::kCounter)};
  ServedTarget fake(config);
  fake.server.add("d:type=A", {{"X", integer_value(-1)}});
  fake.server.add("d:type=B", {{"Y", integer_value(2)}});
  std::string page = fake.scrape();
  CHECK(samples(page) == Lines{"c_B_total 2.0"});
  CHECK(has_line(page, "jmx_scrape_error 1.0"));
  page = fake.scrape();
  CHECK(has_line(page, "jmx_scrape_error 1.0"));
  fake.server.value("d:type=A", "X") = integer_value(0);
  page = fake.scrape();
  CHECK(samples(page) == Lines{"c_A_total 0.0", "c_B_total 2.0"});
  CHECK(has_line(page, "jmx_scrape_error 0.0"));
}

TEST_CASE("samples: families of two types are untyped, and a negative number is shown",
          "[scrape]") {
  CollectorConfig config = plain_config();
  config.rules = {rule("d<type=A><>", "mixed", FamilyType::kCounter),
                  rule("d<type=B><>", "mixed", FamilyType::kGauge)};
  ServedTarget fake(config);
  fake.server.add("d:type=A", {{"X", integer_value(-1)}});
  fake.server.add("d:type=B", {{"Y", integer_value(2)}});
  const std::string page = fake.scrape();
  CHECK(has_line(page, "# TYPE mixed untyped"));
  CHECK(has_line(page, "mixed{_objectname=\"d<type=A><>X\"} -1.0"));
}

TEST_CASE("samples: a bean family with a name of the daemon's own is left out and flagged",
          "[scrape]") {
  CollectorConfig config = plain_config();
  config.rules = {rule("d<type=A><>", "jmx_up"), rule("d<type=B><>", "fine")};
  ServedTarget fake(config);
  fake.server.add("d:type=A", {{"X", integer_value(7)}});
  fake.server.add("d:type=B", {{"Y", integer_value(2)}});
  const std::string page = fake.scrape();
  CHECK(has_line(page, "jmx_up 1.0"));
  CHECK(has_line(page, "jmx_scrape_error 1.0"));
  CHECK(samples(page) == Lines{"fine 2.0"});
}

TEST_CASE("samples: includes, excludes and attribute filters select", "[scrape]") {
  CollectorConfig config = plain_config();
  config.include_object_names = {name_of("d:*"), name_of("java.lang:type=Threading")};
  config.exclude_object_names = {name_of("d:type=B,*")};
  config.exclude_object_name_attributes = {{name_of("d:type=A"), {"Y"}}};
  config.exclude_jvm_metrics = true;
  ServedTarget fake(config);
  fake.server.add("d:type=A", {{"X", integer_value(1)}, {"Y", integer_value(2)}});
  fake.server.add("d:type=B", {{"X", integer_value(1)}});
  fake.server.add("e:type=A", {{"X", integer_value(1)}});
  fake.server.add("java.lang:type=Threading", {{"Count", integer_value(3)}});
  fake.server.add("java.lang:type=Memory", {{"Count", integer_value(3)}});
  CHECK(samples(fake.scrape()) == Lines{"d_A_X 1.0", "java_lang_Threading_Count 3.0"});
  fake.take_log();
  fake.server.add("e:type=B", {{"X", integer_value(1)}});
  fake.server.add("d:type=C", {{"X", integer_value(4)}});
  CHECK(samples(fake.scrape()) == Lines{"d_A_X 1.0", "d_C_X 4.0", "java_lang_Threading_Count 3.0"});
  CHECK(fake.take_log() == Log{"changes", "describe 1", "fetch 3"});
}

TEST_CASE("samples: an attribute that an info lists twice is read once", "[scrape]") {
  ServedTarget fake;
  fake.server.add("d:type=A", {{"X", integer_value(1)}, {"Y", integer_value(2)}});
  MBeanInfo& info = fake.server.beans.at(name_of("d:type=A")).info;
  info.attributes.push_back(info.attributes.front());
  info.attributes.back().description = "the last one counts";
  const std::string page = fake.scrape();
  CHECK(samples(page) == Lines{"d_A_X 1.0", "d_A_Y 2.0"});
  CHECK(has_line(page, "# HELP d_A_X the last one counts d:name=null,type=A,attribute=X"));
  CHECK(has_line(page, "jmx_scrape_error 0.0"));
}

TEST_CASE("samples: a label value above its bound costs its sample and is flagged", "[scrape]") {
  ServedTarget fake;
  const std::string longest(Limits().label_value_bytes, 'x');
  fake.server.add("d:type=A,name=" + longest, {{"X", integer_value(1)}});
  CHECK(has_line(fake.scrape(), "jmx_scrape_error 0.0"));
  fake.server.add("d:type=A,name=" + longest + "y", {{"X", integer_value(2)}});
  const std::string page = fake.scrape();
  CHECK(samples(page) == Lines{"d_A_X{name=\"" + longest + "\"} 1.0"});
  CHECK(has_line(page, "jmx_scrape_error 1.0"));
}

TEST_CASE("samples: an empty include list collects nothing", "[scrape]") {
  CollectorConfig config = plain_config();
  config.include_object_names = std::vector<ObjectName>{};
  ServedTarget fake(config);
  fake.server.add("d:type=A", {{"X", integer_value(1)}});
  const std::string page = fake.scrape();
  CHECK(samples(page).empty());
  CHECK(has_line(page, "jmx_up 1.0"));
}

TEST_CASE("samples: texts are not read where no rule can use them", "[scrape]") {
  ServedTarget fake;
  fake.server.add("d:type=A", {{"X", integer_value(1)}, {"Name", text_value("n")}});
  fake.scrape();
  CHECK(fake.status().samples == 1);
  fake.server.beans.at(name_of("d:type=A")).values.erase("X");
  CHECK(samples(fake.scrape()).empty());
}

TEST_CASE("samples: classes that are never a sample are read once", "[scrape]") {
  ServedTarget fake;
  fake.server.add("d:type=A", {{"X", integer_value(1)}});
  fake.server.add("d:type=B", {{"List", other_value()}});
  CHECK(samples(fake.scrape()) == Lines{"d_A_X 1.0"});
  fake.take_log();
  CHECK(samples(fake.scrape()) == Lines{"d_A_X 1.0"});
  CHECK(fake.take_log() == Log{"changes", "fetch 1"});
}

TEST_CASE("samples: attributesAsLabels and extra metrics of a customizer", "[scrape]") {
  CollectorConfig config = plain_config();
  MetricCustomizer customizer;
  customizer.domain = "d";
  customizer.properties = {{"type", "A"}};
  customizer.attributes_as_labels = {"Version"};
  customizer.extra_metrics = {{.name = "present", .value = true, .description = "always"}};
  config.metric_customizers = {customizer};
  ServedTarget fake(config);
  fake.server.add("d:type=A", {{"X", integer_value(1)}, {"Version", text_value("1.2")}});
  CHECK(samples(fake.scrape()) ==
        Lines{"d_A_X{Version=\"1.2\"} 1.0", "d_A_present{Version=\"1.2\"} 1.0"});
  fake.server.value("d:type=A", "Version") = text_value("1.3");
  CHECK(samples(fake.scrape()) ==
        Lines{"d_A_X{Version=\"1.3\"} 1.0", "d_A_present{Version=\"1.3\"} 1.0"});
  fake.server.value("d:type=A", "Version") = Value{};
  CHECK(samples(fake.scrape()) == Lines{"d_A_X 1.0", "d_A_present 1.0"});
}

TEST_CASE("samples: extra metrics are there unless the filters leave the bean no attribute",
          "[scrape]") {
  CollectorConfig config = plain_config();
  MetricCustomizer customizer;
  customizer.domain = "d";
  customizer.extra_metrics = {{.name = "present", .value = true, .description = {}}};
  config.metric_customizers = {customizer};
  config.rules = {rule("present", "present")};
  ServedTarget fake(config);
  fake.server.add("d:type=A", {{"X", integer_value(1)}});
  // No rule uses the attribute, so it is not read; it is there all the same.
  CHECK(samples(fake.scrape()) == Lines{"present 1.0"});
  config.include_object_name_attributes = {{name_of("d:type=B"), {"X"}}};
  fake.bench.target().use(snapshot_of(config));
  CHECK(samples(fake.scrape()).empty());
  config.include_object_name_attributes = {{name_of("d:type=A"), {"X"}}};
  fake.bench.target().use(snapshot_of(config));
  CHECK(samples(fake.scrape()) == Lines{"present 1.0"});
}

TEST_CASE("samples: what a rule with cache makes of a text waits for a number", "[scrape]") {
  CollectorConfig config = plain_config();
  config.rules = {rule("<>X: 2", "two"), rule("<>X", "cached")};
  config.rules[1].cache = true;
  ServedTarget fake(config);
  fake.server.add("d:type=A", {{"X", other_value()}});
  fake.server.value("d:type=A", "X") = text_value("one");
  std::string page = fake.scrape();
  CHECK(samples(page).empty());
  CHECK(has_line(page, "jmx_scrape_cached_beans 1.0"));
  fake.server.value("d:type=A", "X") = integer_value(2);
  page = fake.scrape();
  CHECK(samples(page) == Lines{"cached 2.0"});
  CHECK(has_line(page, "jmx_scrape_cached_beans 1.0"));
}

TEST_CASE("samples: a stored no-match stays when a rule without cache matches", "[scrape]") {
  CollectorConfig config = plain_config();
  config.rules = {rule("<>X: 2", "two"), rule("<>Y", "cached")};
  config.rules[1].cache = true;
  ServedTarget fake(config);
  fake.server.add("d:type=A", {{"X", integer_value(1)}});
  CHECK(has_line(fake.scrape(), "jmx_scrape_cached_beans 1.0"));
  fake.server.value("d:type=A", "X") = integer_value(2);
  const std::string page = fake.scrape();
  CHECK(samples(page) == Lines{"two 2.0"});
  CHECK(has_line(page, "jmx_scrape_cached_beans 1.0"));
}

TEST_CASE("samples: a bean that is read twice in a scrape counts once as cached", "[scrape]") {
  CollectorConfig config = plain_config();
  config.rules = {rule("<>X", "x")};
  config.rules[0].cache = true;
  MetricCustomizer customizer;
  customizer.domain = "d";
  customizer.attributes_as_labels = {"Version"};
  config.metric_customizers = {customizer};
  ServedTarget fake(config);
  fake.server.add("d:type=A", {{"X", integer_value(1)}, {"Version", text_value("1.2")}});
  fake.scrape();
  // A label that is gone is noticed after the values that bear it.
  fake.server.value("d:type=A", "Version") = Value{};
  fake.take_log();
  const std::string page = fake.scrape();
  CHECK(samples(page) == Lines{"x 1.0"});
  CHECK(has_line(page, "jmx_scrape_cached_beans 1.0"));
  CHECK(fake.take_log() == Log{"changes", "fetch 1", "fetch 1"});
}

TEST_CASE("samples: the daemon's own counters say when they began, those of MBeans do not",
          "[scrape]") {
  CollectorConfig config = plain_config();
  config.rules = {rule("d<type=A><>", "counted", FamilyType::kCounter)};
  ServedTarget fake(config);
  fake.server.add("d:type=A", {{"X", integer_value(1)}});
  const auto result = fake.bench.finish(fake.bench.start());
  const auto now =
      std::chrono::duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch());
  std::size_t counters = 0;
  for (const FamilySpec& family : result->page->families()) {
    CAPTURE(family.name);
    const bool own = family.type == FamilyType::kCounter && family.name != "counted";
    CHECK(family.created_ms.has_value() == own);
    if (!own) continue;
    ++counters;
    CHECK(*family.created_ms <= now.count() + 2000);
    CHECK(*family.created_ms > now.count() - 3'600'000);
  }
  CHECK(counters >= 5);
}

}  // namespace jmxbridge
