#include "rules/rule_set.h"

#include <catch2/catch.hpp>

#include "rules_fixture.h"

using namespace jmxbridge;

namespace {

std::string by_default(const OwnedLeaf& leaf, const Value& value) {
  return shown(rules_of({RuleMaker()})->evaluate(leaf.leaf(), value));
}

/// The one sample that a rule makes of an ordinary leaf.
RuleSample sample_of(const RuleConfig& rule, const OwnedLeaf& leaf = {"d:type=T,name=N", "Attr"},
                     const Value& value = integer_value(1)) {
  const Match match = rules_of({rule})->evaluate(leaf.leaf(), value);
  INFO(match.error);
  REQUIRE(match.kind == Match::Kind::kSample);
  REQUIRE(match.samples.size() == 1);
  return match.samples.front();
}

std::string family(const std::string& name, FamilyType type, bool infer = false,
                   bool lower_case = false) {
  CollectorConfig config = config_of({RuleMaker("").name(name).type(type)});
  config.infer_counter_type_from_name = infer;
  config.lowercase_output_name = lower_case;
  const OwnedLeaf leaf("d:type=T", "A");
  const RuleSample sample = rules_of(config)->evaluate(leaf.leaf(), integer_value(1)).samples.at(0);
  return sample.family + (sample.type == FamilyType::kCounter ? "_total" : "");
}

}  // namespace

TEST_CASE("rule_set: the default rule names by domain, first property, keys and attribute",
          "[rules]") {
  CHECK(by_default({"hadoop:service=DataNode,name=DataNodeActivity-ams-hdd001-50010",
                    "replaceBlockOpMinTime"},
                   integer_value(200)) ==
        "hadoop_DataNode_replaceBlockOpMinTime{name=\"DataNodeActivity-ams-hdd001-50010\"}");
  CHECK(by_default({"org.apache.cassandra.metrics:type=Compaction,name=CompletedTasks", "Value"},
                   double_value(0.2)) ==
        "org_apache_cassandra_metrics_Compaction_Value{name=\"CompletedTasks\"}");
  CHECK(by_default({"boolean:Type=Test", "True"}, boolean_value(true)) == "boolean_Test_True{}");
  CHECK(
      by_default({"t.q:type=Q,name=\"a,b=\\\"c\\\"\",empty=,sp= x ", "Value"}, integer_value(1)) ==
      "t_q_Q_Value{empty=\"\",name=\"\"a,b=\\\"c\\\"\"\",sp=\" x \"}");
  CHECK(by_default({"t.uni:type=åä,name=ök", "Value"}, integer_value(8)) ==
        "t_uni_Value{name=\"ök\"}");
  CHECK(by_default({"io.prometheus.jmx:type=tabularData,source=/dev/sda1",
                    "avail",
                    {"Server 1 Disk Usage Table"}},
                   double_value(1)) ==
        "io_prometheus_jmx_tabularData_Server_1_Disk_Usage_Table_avail{source=\"/dev/sda1\"}");
  CHECK(by_default({"d:", "A"}, integer_value(1)) == "d_A{}");
  CHECK(by_default({"ClusterStatus:cluster=c, jobType=ALL", "A"}, integer_value(1)) ==
        "ClusterStatus_c_A{_jobType=\"ALL\"}");
}

TEST_CASE("rule_set: lower-casing takes names and label names, never values", "[rules]") {
  CollectorConfig config = config_of({RuleMaker()});
  config.lowercase_output_name = true;
  config.lowercase_output_label_names = true;
  const OwnedLeaf leaf("D.x:Type=T,Name=Some", "Attr");
  CHECK(shown(rules_of(config)->evaluate(leaf.leaf(), integer_value(1))) ==
        "d_x_t_attr{name=\"Some\"}");
  config.rules = {RuleMaker("").name("A_B").label("Lab", "Val")};
  CHECK(shown(rules_of(config)->evaluate(leaf.leaf(), integer_value(1))) == "a_b{lab=\"Val\"}");
}

TEST_CASE("rule_set: the first rule that matches takes the leaf", "[rules]") {
  const OwnedLeaf leaf("d:type=T", "Url");
  const auto rules = rules_of(
      {RuleMaker("<>Nothing"), RuleMaker("<>Url"), RuleMaker("<>Url: (.*)").name("n").value("1")});
  Match match = rules->evaluate(leaf.leaf(), text_value("x"));
  CHECK(match.kind == Match::Kind::kDropped);
  CHECK(match.rule == 1);
  match = rules->evaluate(leaf.leaf(), integer_value(5));
  CHECK(shown(match) == "d_T_Url{}");
  const OwnedLeaf other("d:type=T", "Other");
  match = rules->evaluate(other.leaf(), integer_value(5));
  CHECK(match.kind == Match::Kind::kNone);
  CHECK(match.rule == -1);
  CHECK(rules_of(std::vector<RuleConfig>{})->evaluate(leaf.leaf(), integer_value(1)).kind ==
        Match::Kind::kNone);
}

TEST_CASE("rule_set: kinds that never reach a rule match nothing", "[rules]") {
  const OwnedLeaf leaf("d:type=T", "A");
  for (const ValueKind kind : {ValueKind::kNull, ValueKind::kComposite, ValueKind::kTabular,
                               ValueKind::kArray, ValueKind::kUnknownClass}) {
    Value value;
    value.kind = kind;
    const Match match = rules_of({RuleMaker()})->evaluate(leaf.leaf(), value);
    CHECK(match.kind == Match::Kind::kNone);
    CHECK_FALSE(match.settled);
  }
}

TEST_CASE("rule_set: an empty name, a bad value and a text without value are dropped", "[rules]") {
  const OwnedLeaf leaf("d:type=T", "A");
  const auto kind = [&](const RuleConfig& rule, const Value& value) {
    return rules_of({rule})->evaluate(leaf.leaf(), value).kind;
  };
  CHECK(kind(RuleMaker("(z)?").name("$1"), integer_value(1)) == Match::Kind::kDropped);
  CHECK(kind(RuleMaker("").name("n").value("null"), integer_value(1)) == Match::Kind::kDropped);
  CHECK(kind(RuleMaker("").name("n").value("true"), integer_value(1)) == Match::Kind::kDropped);
  CHECK(kind(RuleMaker("").name("n"), text_value("17")) == Match::Kind::kDropped);
  CHECK(kind(RuleMaker("").name("n").value(""), integer_value(1)) == Match::Kind::kSample);
}

TEST_CASE("rule_set: the value is read as Java reads doubles", "[rules]") {
  const OwnedLeaf leaf("d:type=T", "A");
  CHECK(sample_of(RuleMaker("").name("n").value(" 1e3 ")).fixed == 1000);
  CHECK(sample_of(RuleMaker("").name("n").value("0x1p3")).fixed == 8);
  CHECK(sample_of(RuleMaker("").name("n").value("5d")).fixed == 5);
  CHECK(sample_of(RuleMaker(": (.*)").name("n").value("1$1"), leaf, integer_value(7)).fixed == 17);
  CHECK(sample_of(RuleMaker(": (.*)").name("n").value("$1"), leaf, text_value("2.5")).fixed == 2.5);
  CHECK_FALSE(sample_of(RuleMaker("").name("n")).fixed.has_value());
  const RuleSample sample = sample_of(RuleMaker("").name("n").value("1").factor(5));
  CHECK(sample.factor == 5);
  CHECK(sample.fixed == 1);
}

TEST_CASE("rule_set: reserved suffixes go, and infer decides counters", "[rules]") {
  CHECK(family("foo_total", FamilyType::kGauge) == "foo");
  CHECK(family("foo_total", FamilyType::kUnknown) == "foo");
  CHECK(family("foo_total", FamilyType::kCounter) == "foo_total");
  CHECK(family("foo", FamilyType::kCounter) == "foo_total");
  CHECK(family("foo_bucket_total", FamilyType::kGauge) == "foo");
  CHECK(family("bar_created", FamilyType::kCounter) == "bar_total");
  CHECK(family("baz.info", FamilyType::kUnknown) == "baz");
  CHECK(family("_total", FamilyType::kGauge) == "total");
  CHECK(family("x_total_info", FamilyType::kUnknown, true) == "x");
  CHECK(family("x_total", FamilyType::kGauge, true) == "x_total");
  CHECK(family("Never_RequestTotal_TOTAL", FamilyType::kGauge, true, true) ==
        "never_requesttotal_total");
  CHECK(family("Foo_TOTAL", FamilyType::kGauge, true) == "Foo_TOTAL");
}

TEST_CASE("rule_set: rule labels without name or value are left out", "[rules]") {
  const RuleSample sample = sample_of(RuleMaker("^(d)(z)?")
                                          .name("n")
                                          .label("", "v")
                                          .label("$2", "v")
                                          .label("a-b", "$1")
                                          .label("e", "$2")
                                          .label("x:y", "\\$é"));
  CHECK(sample.labels == std::vector<Label>{{"a_b", "d"}, {"x:y", "$é"}});
}

TEST_CASE("rule_set: labels ascend in Java's order", "[rules]") {
  const RuleSample sample = sample_of(RuleMaker("")
                                          .name("n")
                                          .label("a", "1")
                                          .label("_b", "1")
                                          .label("B", "1")
                                          .label("c:", "1")
                                          .label("c1", "1")
                                          .label("cA", "1"));
  std::string names;
  for (const Label& label : sample.labels) names += label.name + ' ';
  CHECK(names == "B _b a c1 c: cA ");
}

TEST_CASE("rule_set: labels of the bean come on top, empty ones too", "[rules]") {
  const OwnedLeaf leaf("d:type=T,name=N", "A", {}, {}, {{"Text", ""}, {"Ab", "v"}});
  CHECK(shown(rules_of({RuleMaker()})->evaluate(leaf.leaf(), integer_value(1))) ==
        "d_T_A{Ab=\"v\",Text=\"\",name=\"N\"}");
  CHECK(shown(rules_of({RuleMaker("").name("n").label("z", "1")})
                  ->evaluate(leaf.leaf(), integer_value(1))) == "n{Ab=\"v\",Text=\"\",z=\"1\"}");
}

TEST_CASE("rule_set: a label name twice is an error, but for properties the first counts",
          "[rules]") {
  const OwnedLeaf clash("d:type=T,a-b=1,a_b=2,z=3", "A");
  Match match = rules_of({RuleMaker()})->evaluate(clash.leaf(), integer_value(1));
  CHECK(shown(match) == "d_T_A{a_b=\"1\",z=\"3\"}");
  CHECK(match.flagged);
  CHECK(match.error.find("'a_b'") != std::string::npos);

  const OwnedLeaf leaf("d:type=T", "A", {}, {}, {{"x", "1"}});
  match =
      rules_of({RuleMaker("").name("n").label("x", "2")})->evaluate(leaf.leaf(), integer_value(1));
  CHECK(match.kind == Match::Kind::kError);
  CHECK(match.error == "rules[0] (line 1): it makes two labels 'x': rename one.");
  match = rules_of({RuleMaker("").name("n").label("a-b", "2").label("a_b", "2")})
              ->evaluate(leaf.leaf(), integer_value(1));
  CHECK(match.kind == Match::Kind::kError);
  match = rules_of({RuleMaker("").name("n").label("a-b", "2").label("a_b", "")})
              ->evaluate(leaf.leaf(), integer_value(1));
  CHECK(match.kind == Match::Kind::kSample);
  CHECK_FALSE(match.flagged);
}

TEST_CASE("rule_set: a template that cannot be expanded costs its sample", "[rules]") {
  const OwnedLeaf leaf("d:type=T", "A");
  const auto error = [&](const RuleConfig& rule, const Value& value = integer_value(1)) {
    const Match match = rules_of({rule})->evaluate(leaf.leaf(), value);
    CHECK(match.samples.empty());
    return match.kind == Match::Kind::kError ? match.error : "no error";
  };
  CHECK(error(RuleMaker("(a)?").name("$2")) ==
        "rules[0] (line 1): its name cannot be expanded: it refers to group 2, but the pattern has "
        "1: lower the number.");
  CHECK(error(RuleMaker("").name("n").help("$")).find("its help") != std::string::npos);
  CHECK(error(RuleMaker("").name("n").value("\\")).find("its value") != std::string::npos);
  CHECK(error(RuleMaker("").name("n").label("$x", "")).find("its label name") != std::string::npos);
  CHECK(error(RuleMaker("").name("n").label("x", "${a}")).find("its label value") !=
        std::string::npos);
  CHECK(error(RuleMaker("").name("n").label("x", std::nullopt)).find("'x' has no value") !=
        std::string::npos);
  // Templates come before the question whether there is a number.
  CHECK(error(RuleMaker("").name("n").help("$1"), text_value("x")).find("its help") !=
        std::string::npos);
  // But an empty name or a value that is no number ends it first.
  CHECK(error(RuleMaker("").name("").help("$1")) == "no error");
  CHECK(error(RuleMaker("").name("n").value("x").help("$1")) == "no error");
  CHECK(error(RuleMaker().value("1")).find("no pattern") != std::string::npos);
}

TEST_CASE("rule_set: help is the rule's or says where the sample comes from", "[rules]") {
  const auto help = [](const OwnedLeaf& leaf, const RuleConfig& rule = RuleMaker()) {
    return sample_of(rule, leaf).help;
  };
  CHECK(help({"t.col:k=v", "Value", {}, "Attribute exposed for management"}) ==
        "Attribute exposed for management t.col:name=null,type=null,attribute=Value");
  CHECK(help({"java.lang:type=Memory", "used", {"Heap"}, "java.lang.management.MemoryUsage"}) ==
        "java.lang.management.MemoryUsage java.lang:name=null,type=Memory,attribute=used");
  CHECK(help({"java.lang:name=Copy,type=GarbageCollector",
              "CollectionCount",
              {},
              "CollectionCount"}) ==
        "java.lang:name=Copy,type=GarbageCollector,attribute=CollectionCount");
  CHECK(help({"d:type=T", "A", {}, ""}) == " d:name=null,type=T,attribute=A");
  CHECK(help({"d:type=T", "A"}) == "d:name=null,type=T,attribute=A");
  CHECK(help({"d:type=T", "MaxSize"}, RuleMaker().snake()) ==
        "d:name=null,type=T,attribute=MaxSize");
  CHECK(help({"d:type=T", "A"}, RuleMaker("(T)").name("n").help("of $1")) == "of T");
  CHECK(help({"d:type=T", "A"}, RuleMaker("").name("n").help("")) == "");
}

TEST_CASE("rule_set: the object name ends before the last colon of the match text", "[rules]") {
  CHECK(sample_of(RuleMaker(), {"t.mut:type=Mut", "Thing_bucket"}).object_name ==
        "t.mut<type=Mut><>Thing_bucket");
  CHECK(sample_of(RuleMaker().snake(), {"d:type=T", "MaxSize"}).object_name ==
        "d<type=T><>max_size");
  CHECK(sample_of(RuleMaker("").name("n").value("1"), {"d:type=T", "A"}, text_value("a:b:c"))
            .object_name == "d<type=T><>A: a:b");
}

TEST_CASE("rule_set: a rule with cache sees <cache> for the value", "[rules]") {
  const OwnedLeaf leaf("d:type=T", "A");
  const auto rules = rules_of({RuleMaker("A: (\\d+)").name("number").cache(),
                               RuleMaker("A: (.*)").name("n").help("$1").cache()});
  const Match match = rules->evaluate(leaf.leaf(), integer_value(5));
  REQUIRE(match.kind == Match::Kind::kSample);
  CHECK(match.rule == 1);
  CHECK(match.cached);
  CHECK(match.settled);
  CHECK(match.samples.front().help == "<cache>");
  CHECK(match.samples.front().object_name == "d<type=T><>A");
  CHECK(rules->has_cached_rules());
  CHECK_FALSE(rules_of({RuleMaker()})->has_cached_rules());
  // A value taken from there is no number.
  CHECK(shown(rules_of({RuleMaker("A: (.*)").name("n").value("$1").cache()})
                  ->evaluate(leaf.leaf(), integer_value(5))) == "dropped");
}

TEST_CASE("rule_set: a rule with cache keeps what it makes of a text, for a number to come",
          "[rules]") {
  const OwnedLeaf leaf("d:type=T", "A");
  const auto rules = rules_of({RuleMaker("A").name("n").cache()});
  const Match match = rules->evaluate(leaf.leaf(), text_value("x"));
  CHECK(match.cached);
  REQUIRE(match.samples.size() == 1);
  CHECK_FALSE(match.samples.front().fixed);
  CHECK(rules_of({RuleMaker("A").name("n")})->evaluate(leaf.leaf(), text_value("x")).kind ==
        Match::Kind::kDropped);
}

TEST_CASE("rule_set: after a stored no-match only uncached rules are asked", "[rules]") {
  const OwnedLeaf leaf("d:type=T", "A");
  const auto rules = rules_of({RuleMaker("A").name("cached").cache(), RuleMaker("A: 5").name("n")});
  CHECK(shown(rules->evaluate(leaf.leaf(), integer_value(5))) == "cached{}");
  const Match match = rules->evaluate(leaf.leaf(), integer_value(5), RuleChoice::kUncached);
  CHECK(shown(match) == "n{}");
  CHECK_FALSE(match.cached);
  CHECK(shown(rules->evaluate(leaf.leaf(), integer_value(6), RuleChoice::kUncached)) == "none");
}

TEST_CASE("rule_set: a pattern that takes too many steps is an error that names the rule",
          "[rules]") {
  const OwnedLeaf leaf("d:type=" + std::string(300, 'a'), "A");
  const Match match =
      rules_of({RuleMaker("(a+)+(a+)+(a+)+!").name("n")})->evaluate(leaf.leaf(), text_value("!?"));
  CHECK(match.kind != Match::Kind::kSample);
  const Match error = rules_of({RuleMaker("^d<type=(a+)+(a+)+(a+)+b").name("n")})
                          ->evaluate(leaf.leaf(), text_value("b"));
  CHECK(error.kind == Match::Kind::kError);
  CHECK(error.rule == 0);
  CHECK_FALSE(error.settled);
  CHECK(error.error.find("too many steps") != std::string::npos);
}

TEST_CASE("rule_set: text that is no UTF-8 matches nothing", "[rules]") {
  const OwnedLeaf leaf("d:type=T", "A");
  CHECK(rules_of({RuleMaker("")})->evaluate(leaf.leaf(), text_value("\xFF\xFE")).kind ==
        Match::Kind::kNone);
  const OwnedLeaf bad("d:type=\xC3", "A");
  CHECK(rules_of({RuleMaker("")})->evaluate(bad.leaf(), integer_value(1)).kind ==
        Match::Kind::kNone);
}

TEST_CASE("rule_set: can_match rules out what no value can make match", "[rules]") {
  const OwnedLeaf leaf("kafka.server:type=A,name=B", "Count");
  const auto can = [&](const std::string& pattern, ValueRange range) {
    return rules_of({RuleMaker(pattern)})->can_match(leaf.leaf(), range);
  };
  CHECK(can("kafka.server<type=(.+), name=(.+)><>Count", ValueRange::kScalar));
  CHECK_FALSE(can("kafka.server<type=(.+), topic=(.+)><>Count", ValueRange::kScalar));
  // A text value could hold anything.
  CHECK(can("kafka.server<type=(.+), topic=(.+)><>Count", ValueRange::kAny));
  CHECK_FALSE(can("^java.lang<type=(.+)", ValueRange::kAny));
  CHECK(can("^kafka.server<type=(.+)", ValueRange::kAny));
  CHECK(can(": true", ValueRange::kScalar));
  CHECK(can("true|5", ValueRange::kScalar));
  CHECK_FALSE(can("^x|^y", ValueRange::kScalar));
  CHECK_FALSE(rules_of(std::vector<RuleConfig>{})->can_match(leaf.leaf()));
  CHECK(rules_of({RuleMaker("^x"), RuleMaker()})->can_match(leaf.leaf()));
}

TEST_CASE("rule_set: what a rule's pattern cannot be in is not run", "[rules]") {
  const OwnedLeaf leaf("kafka.server:type=A,name=B", "Count");
  const auto rules = rules_of({RuleMaker("java.lang<type=(.+)>"), RuleMaker("name=B.*<>Rate"),
                               RuleMaker("^server"), RuleMaker("<>Count")});
  const std::uint64_t before = RuleSet::regex_runs();
  CHECK(rules->evaluate(leaf.leaf(), integer_value(1)).rule == 3);
  CHECK(RuleSet::regex_runs() == before + 1);
}
