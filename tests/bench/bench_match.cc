// How fast rules are matched: a file's rules over the attributes of a Kafka broker, against what
// plain PCRE2 (JIT) takes to run every pattern on every text in the same run; then 500 rules over
// 10,000, 25,000 and 50,000 attributes, which is linear if each attribute takes the same, and a
// tenth of the rules.
//
// usage: bench_match [RULES.yml]     without a file: rules of the bench's own
#define PCRE2_CODE_UNIT_WIDTH 8
#include <fmt/format.h>
#include <pcre2.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include "config/load.h"
#include "rules/rule_set.h"

using namespace jmxbridge;

namespace {

struct Attribute {
  std::string domain;
  std::vector<Property> properties;
  std::string name;
  std::string text;  ///< the match text, with the value 42
};

/// The beans of a broker: topics, partitions, request types, and a few of the JVM's own.
std::vector<Attribute> broker(std::size_t count) {
  const std::vector<std::string> meters = {"Count", "MeanRate", "OneMinuteRate", "FiveMinuteRate",
                                           "95thPercentile"};
  std::vector<Attribute> all;
  const auto add = [&](std::string domain, std::vector<Property> properties, std::string name) {
    Attribute attribute{std::move(domain), std::move(properties), std::move(name), {}};
    attribute.text = attribute.domain + '<';
    for (const Property& property : attribute.properties) {
      if (&property != &attribute.properties.front()) attribute.text += ", ";
      attribute.text += property.key + '=' + property.value;
    }
    attribute.text += "><>" + attribute.name + ": 42";
    all.push_back(std::move(attribute));
  };
  for (std::size_t i = 0; all.size() < count; ++i) {
    const std::string topic = fmt::format("orders-{}", i / 12);
    const std::string& meter = meters[i % meters.size()];
    switch (i % 6) {
      case 0:
        add("kafka.server",
            {{"type", "BrokerTopicMetrics"}, {"name", "BytesInPerSec"}, {"topic", topic}}, meter);
        break;
      case 1:
        add("kafka.cluster",
            {{"type", "Partition"},
             {"name", "UnderReplicated"},
             {"topic", topic},
             {"partition", "3"}},
            "Value");
        break;
      case 2:
        add("kafka.log", {{"type", "Log"}, {"name", "Size"}, {"topic", topic}, {"partition", "7"}},
            "Value");
        break;
      case 3:
        add("kafka.network",
            {{"type", "RequestMetrics"}, {"name", "TotalTimeMs"}, {"request", "Fetch"}}, meter);
        break;
      case 4:
        add("java.lang", {{"type", "GarbageCollector"}, {"name", "Copy"}}, "CollectionTime");
        break;
      default:
        add("kafka.server", {{"type", "ReplicaManager"}, {"name", "LeaderCount"}}, "Value");
        break;
    }
  }
  return all;
}

const char* const kOwnRules = R"(
hostPort: 127.0.0.1:1
rules:
- {pattern: 'kafka.server<type=raft-metrics><>commit-latency-avg', name: raft_latency}
- {pattern: 'kafka.(\w+)<type=(.+), name=(.+), clientId=(.+), brokerHost=(.+)><>Value', name: k_$1}
- {pattern: 'kafka.(\w+)<type=(.+), name=(.+), clientId=(.+)><>Value', name: k_$1}
- {pattern: 'kafka.coordinator.(\w+)<type=(.+), name=(.+)><>Value', name: coordinator_$1_$2_$3}
- {pattern: 'kafka.(\w+)<type=(.+), name=(.+)Percent\w*><>MeanRate', name: k_$1_$2_$3_percent}
- {pattern: 'kafka.(\w+)<type=(.+), name=(.+)Percent\w*, (.+)=(.+)><>Value', name: k_$1_$2_$3_percent}
- {pattern: 'kafka.(\w+)<type=(.+), name=(.+)PerSec\w*, (.+)=(.+), (.+)=(.+)><>Count', name: k_$1_$2_$3}
- {pattern: 'kafka.(\w+)<type=(.+), name=(.+)PerSec\w*, (.+)=(.+)><>Count', name: k_$1_$2_$3}
- {pattern: 'kafka.(\w+)<type=(.+), name=(.+)PerSec\w*><>Count', name: k_$1_$2_$3}
- {pattern: 'kafka.(\w+)<type=(.+), name=(.+), (.+)=(.+), (.+)=(.+)><>Value', name: k_$1_$2_$3}
- {pattern: 'kafka.(\w+)<type=(.+), name=(.+), (.+)=(.+)><>Value', name: k_$1_$2_$3}
- {pattern: 'kafka.(\w+)<type=(.+), name=(.+)><>Value', name: k_$1_$2_$3}
- {pattern: 'kafka.(\w+)<type=(.+), name=(.+), (.+)=(.+), (.+)=(.+)><>Count', name: k_$1_$2_$3_count}
- {pattern: 'kafka.(\w+)<type=(.+), name=(.+), (.+)=(.*), (.+)=(.+)><>(\d+)thPercentile', name: k_$1}
- {pattern: 'kafka.(\w+)<type=(.+), name=(.+), (.+)=(.+)><>Count', name: k_$1_$2_$3_count}
- {pattern: 'kafka.(\w+)<type=(.+), name=(.+), (.+)=(.*)><>(\d+)thPercentile', name: k_$1_$2_$3}
)";

double seconds_of(const auto& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

struct Times {
  double least = 1e9;
  double total = 0;
  int runs = 0;

  void add(double seconds) {
    least = std::min(least, seconds);
    total += seconds;
    ++runs;
  }
  std::string text() const {
    return fmt::format("min {:8.2f} ms  avg {:8.2f} ms", least * 1e3, total / runs * 1e3);
  }
};

/// Every pattern in its wrapping, as PCRE2 takes it, on every text until one matches.
class PlainPcre {
 public:
  explicit PlainPcre(const std::vector<RuleConfig>& rules) {
    for (const RuleConfig& rule : rules) {
      const std::string pattern = "^.*(?:" + (rule.pattern ? rule.pattern->text : "") + ").*$";
      int code = 0;
      PCRE2_SIZE offset = 0;
      codes_.push_back(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()), pattern.size(),
                                     PCRE2_UTF | PCRE2_ANCHORED | PCRE2_ENDANCHORED, &code, &offset,
                                     nullptr));
      if (codes_.back() != nullptr) pcre2_jit_compile(codes_.back(), PCRE2_JIT_COMPLETE);
    }
    data_ = pcre2_match_data_create(64, nullptr);
  }
  ~PlainPcre() {
    for (pcre2_code* code : codes_) pcre2_code_free(code);
    pcre2_match_data_free(data_);
  }
  PlainPcre(const PlainPcre&) = delete;
  PlainPcre& operator=(const PlainPcre&) = delete;

  std::int32_t first_match(const std::string& text) const {
    for (std::size_t i = 0; i < codes_.size(); ++i) {
      if (codes_[i] != nullptr &&
          pcre2_match(codes_[i], reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), 0,
                      PCRE2_NO_UTF_CHECK, data_, nullptr) > 0) {
        return static_cast<std::int32_t>(i);
      }
    }
    return -1;
  }

 private:
  std::vector<pcre2_code*> codes_;
  pcre2_match_data* data_ = nullptr;
};

Leaf leaf_of(const Attribute& attribute) {
  Leaf leaf;
  leaf.domain = attribute.domain;
  leaf.properties = attribute.properties;
  leaf.attribute = attribute.name;
  return leaf;
}

std::vector<RuleConfig> many_rules(std::size_t count) {
  std::vector<RuleConfig> rules;
  for (std::size_t i = 0; i < count; ++i) {
    RuleConfig rule;
    rule.pattern = TemplateText{
        fmt::format("kafka.server<type=(.+), name=(.+)Per{}, topic=(.+)><>Count", i), {}};
    rule.name = TemplateText{"n_$1_$2", {}};
    rules.push_back(std::move(rule));
  }
  return rules;
}

double time_many(std::size_t rule_count, std::size_t attribute_count) {
  CollectorConfig config;
  config.rules = many_rules(rule_count);
  Report report("bench");
  const std::shared_ptr<const RuleSet> rules = RuleSet::compile(config, report);
  const std::vector<Attribute> attributes = broker(attribute_count);
  Value value;
  value.kind = ValueKind::kInteger;
  value.integer = 42;
  return seconds_of([&] {
    for (const Attribute& attribute : attributes) rules->evaluate(leaf_of(attribute), value);
  });
}

}  // namespace

int main(int argc, char** argv) {
  std::string text = kOwnRules;
  if (argc > 1) {
    std::ifstream in(argv[1]);
    std::ostringstream all;
    all << in.rdbuf();
    text = all.str();
  }
  const CollectorConfig config = load_config_text(text, argc > 1 ? argv[1] : "own").config;
  Report report("bench");
  std::shared_ptr<const RuleSet> rules;
  const double compiling = seconds_of([&] { rules = RuleSet::compile(config, report); });
  if (report.has_errors() || config.rules.empty()) {
    std::cerr << report.text() << "no rules to run\n";
    return 1;
  }
  const std::vector<Attribute> attributes = broker(21'000);
  const PlainPcre plain(config.rules);
  Value value;
  value.kind = ValueKind::kInteger;
  value.integer = 42;

  std::size_t differ = 0;
  std::size_t matched = 0;
  std::size_t settled = 0;
  std::int64_t sum = 0;
  Times plain_times;
  Times our_times;
  Times can_times;
  const std::uint64_t runs_before = RuleSet::regex_runs();
  constexpr int kRounds = 10;
  for (int round = 0; round < kRounds; ++round) {
    plain_times.add(seconds_of([&] {
      for (const Attribute& attribute : attributes) sum += plain.first_match(attribute.text);
    }));
    our_times.add(seconds_of([&] {
      for (const Attribute& attribute : attributes) {
        sum -= rules->evaluate(leaf_of(attribute), value).rule;
      }
    }));
  }
  const std::uint64_t runs = RuleSet::regex_runs() - runs_before;
  for (const Attribute& attribute : attributes) {
    const Match match = rules->evaluate(leaf_of(attribute), value);
    if (match.rule != plain.first_match(attribute.text)) ++differ;
    if (match.rule >= 0) ++matched;
    if (match.settled) ++settled;
  }
  can_times.add(seconds_of([&] {
    for (const Attribute& attribute : attributes) {
      sum += rules->can_match(leaf_of(attribute), ValueRange::kScalar) ? 1 : 0;
    }
  }));
  std::cout << fmt::format("{} rules, compiled in {:.1f} ms; {} attributes, {} match, {} settle\n",
                           config.rules.size(), compiling * 1e3, attributes.size(), matched,
                           settled)
            << fmt::format("  plain PCRE2   {}\n", plain_times.text())
            << fmt::format(
                   "  evaluate      {}  ratio {:.2f}, {:.2f} regex runs each\n", our_times.text(),
                   our_times.least / plain_times.least,
                   static_cast<double>(runs) / kRounds / static_cast<double>(attributes.size()))
            << fmt::format("  can_match     {}\n", can_times.text());
  for (const std::size_t count : {std::size_t{10'000}, std::size_t{25'000}, std::size_t{50'000}}) {
    const double seconds = time_many(500, count);
    std::cout << fmt::format("500 rules, {} attributes {:8.1f} ms, {:.2f} us each\n", count,
                             seconds * 1e3, seconds * 1e6 / static_cast<double>(count));
  }
  std::cout << fmt::format("50 rules, 50000 attributes {:8.1f} ms\n", time_many(50, 50'000) * 1e3);
  if (differ != 0) std::cerr << differ << " attributes match another rule than with PCRE2\n";
  return differ == 0 ? 0 : 1;
}
