#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "config/load.h"
#include "environment_variable.h"
#include "rules/rule_set.h"

namespace jmxbridge {
namespace {

struct Case {
  std::string name;
  bool accepted = false;
  std::string where;  ///< a line, "any" or "file"; empty if accepted
  std::string text;
};

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size()) {
    text.replace(at, what.size(), by);
  }
  return text;
}

std::vector<Case> read_cases() {
  std::ifstream in(JMXBRIDGE_TEST_DATA "/peer/config-acceptance.txt");
  std::vector<Case> cases;
  std::string line;
  while (std::getline(in, line)) {
    if (line.rfind("=== ", 0) == 0) {
      const std::size_t bar = line.rfind(" | ");
      REQUIRE(bar != std::string::npos);
      Case next;
      next.name = line.substr(4, bar - 4);
      std::istringstream verdict(line.substr(bar + 3));
      std::string word;
      verdict >> word >> next.where;
      REQUIRE((word == "accept" || word == "reject"));
      next.accepted = word == "accept";
      cases.push_back(std::move(next));
    } else if (!cases.empty()) {
      cases.back().text += line + "\n";
    }
  }
  for (Case& each : cases) {
    each.text = replaced(each.text, "<BOM>", "\xEF\xBB\xBF");
    each.text = replaced(each.text, "<CR>", "\r");
    each.text = replaced(each.text, "<BEL>", "\a");
  }
  return cases;
}

}  // namespace

TEST_CASE("acceptance: every recorded case is accepted or refused as the peer does", "[rules]") {
  const EnvironmentVariable home("HOME", "somebody");
  const std::vector<Case> cases = read_cases();
  REQUIRE(cases.size() == 86);
  for (const Case& each : cases) {
    INFO(each.name << "\n" << each.text);
    LoadedConfig loaded = load_config_text(each.text, "case.yml");
    RuleSet::compile(loaded.config, loaded.report);
    INFO(loaded.report.text());
    CHECK(loaded.report.has_errors() != each.accepted);
    for (const Finding& finding : loaded.report.findings()) {
      if (finding.severity != Severity::kError) continue;
      CHECK(finding.file == "case.yml");
      if (each.where == "any") CHECK(finding.mark.line >= 1);
      if (each.where != "any" && each.where != "file") {
        CHECK(finding.mark.line == std::stoi(each.where));
        CHECK(finding.mark.column >= 1);
      }
    }
  }
}

}  // namespace jmxbridge
