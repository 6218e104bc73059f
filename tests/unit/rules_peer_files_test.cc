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
};

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

TEST_CASE("peer files: the peer's examples compile, and most of their rules settle", "[rules]") {
  const Tally tally = compile_all(JMXBRIDGE_TEST_DATA "/peer/example-configs");
  CHECK(tally.files == 20);
  INFO(tally.unsettled);
  CHECK(tally.settling * 10 >= tally.rules * 9);
}

}  // namespace jmxbridge
