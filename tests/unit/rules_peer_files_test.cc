#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "config/load.h"
#include "rules/rule_set.h"

namespace jmxbridge {
namespace {

struct Tally {
  int files = 0;
  std::size_t rules = 0;
  std::size_t settling = 0;
  std::string unsettled;
  /// `FILE KEY WHAT` of findings that depend on the patterns, ascending.
  std::vector<std::string> findings;
};

/// What a finding says of a pattern, or nothing.
std::string kind_of(const Finding& finding) {
  for (const char* kind : {"is never used", "matches no attribute", "repeats the '='",
                           "takes longer names", "the family"}) {
    if (finding.text.find(kind) != std::string::npos) return kind;
  }
  return {};
}

/// Compiles the rules of every file of the folder; none may have an error.
Tally compile_all(const std::string& folder) {
  Tally tally;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string extension = entry.path().extension().string();
    if (extension != ".yml" && extension != ".yaml") continue;
    std::ifstream in(entry.path());
    std::ostringstream text;
    text << in.rdbuf();
    const LoadedConfig loaded = load_config_text(text.str(), entry.path().string());
    Report report(entry.path().string());
    const std::shared_ptr<const RuleSet> rules = RuleSet::compile(loaded.config, report);
    INFO(report.text());
    CHECK_FALSE(report.has_errors());
    CHECK(rules->size() == loaded.config.rules.size());
    CHECK(rules->size() > 0);
    ++tally.files;
    for (const Finding& finding : report.findings()) {
      const std::string kind = kind_of(finding);
      if (kind.empty()) continue;
      tally.findings.push_back(entry.path().filename().string() + ' ' + finding.key + ' ' + kind);
    }
    std::sort(tally.findings.begin(), tally.findings.end());
    tally.rules += rules->size();
    for (std::size_t i = 0; i < rules->size(); ++i) {
      if (rules->why_unsettled(i).empty()) {
        ++tally.settling;
      } else {
        tally.unsettled += entry.path().filename().string() + ": " +
                           loaded.config.rules[i].pattern->text + ": " +
                           std::string(rules->why_unsettled(i)) + '\n';
      }
    }
  }
  return tally;
}

}  // namespace

TEST_CASE("peer files: the rules of the recorded configurations compile", "[rules]") {
  CHECK(compile_all(JMXBRIDGE_TEST_DATA "/peer/conformance/configs").files == 5);
}

TEST_CASE("peer files: the generated rules compile", "[rules]") {
  CHECK(compile_all(JMXBRIDGE_TEST_DATA "/peer/conformance/rules").files == 30);
}

TEST_CASE("peer files: of the generated rules these made no sample, or split a family", "[rules]") {
  CHECK(compile_all(JMXBRIDGE_TEST_DATA "/peer/conformance/rules").findings ==
        std::vector<std::string>{
            "1012.yml rules[2] is never used",
            "1012.yml rules[4] is never used",
            "1012.yml rules[5] is never used",
            "1012.yml rules[6] is never used",
            "1012.yml rules[7].name the family",
            "1016.yml rules[5] is never used",
            "1017.yml rules[2] is never used",
            "1023.yml rules[7].pattern matches no attribute",
            "1037.yml rules[5].pattern matches no attribute",
            "1040.yml rules[7] is never used",
        });
}

TEST_CASE("peer files: the peer's examples compile, and most of their rules settle", "[rules]") {
  const Tally tally = compile_all(JMXBRIDGE_TEST_DATA "/peer/example-configs");
  CHECK(tally.files == 20);
  INFO(tally.unsettled);
  CHECK(tally.settling * 10 >= tally.rules * 9);
  CHECK(tally.findings == std::vector<std::string>{
                              "kafka-0-8-2.yml rules[18] is never used",
                              "kafka-0-8-2.yml rules[20] is never used",
                              "kafka-2_0_0.yml rules[19] is never used",
                              "kafka-2_0_0.yml rules[20] is never used",
                              "kafka-kraft-3_0_0.yml rules[10] is never used",
                              "kafka-kraft-3_0_0.yml rules[11] is never used",
                              "kafka-kraft-3_0_0.yml rules[22] is never used",
                              "kafka-kraft-3_0_0.yml rules[23] is never used",
                              "kafka-kraft-3_0_0.yml rules[9] is never used",
                          });
}

}  // namespace jmxbridge
