#include <array>
#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "config/load.h"

namespace jmxbridge {
namespace {

struct Case {
  std::string name;
  bool accepted = false;
  std::string where;  ///< a line, "any" or "file"
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

// Refused where rules are compiled: the loader must find nothing wrong with them.
constexpr std::array<const char*, 6> kRefusedByRules = {
    "regex: unopened group",      "regex: trailing backslash",
    "regex: range the wrong way", "regex: unknown flag",
    "regex: unknown group name",  "regex: unclosed quotation swallows the wrapper",
};

// Refused where the HTTP server's part is read: the collector's loader does not look into it.
constexpr std::array<const char*, 9> kRefusedByHttp = {
    "http: path blank",
    "http: threads minimum zero",
    "http: threads as text",
    "http: request seconds zero",
    "http: authentication null",
    "http: basic without password",
    "http: algorithm in the wrong case",
    "http: SHA-256 without hash",
    "http: PBKDF2 iterations zero",
};

template <std::size_t N>
bool listed(const std::array<const char*, N>& names, const std::string& name) {
  for (const char* each : names) {
    if (name == each) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("config: every recorded case is accepted or refused as the peer does", "[config]") {
  const std::vector<Case> cases = read_cases();
  REQUIRE(cases.size() == 86);
  std::size_t elsewhere = 0;
  for (const Case& each : cases) {
    INFO(each.name << "\n" << each.text);
    const Report report = load_config_text(each.text, "case.yml").report;
    INFO(report.text());
    if (listed(kRefusedByRules, each.name) || listed(kRefusedByHttp, each.name)) {
      ++elsewhere;
      CHECK_FALSE(each.accepted);
      CHECK_FALSE(report.has_errors());
      continue;
    }
    CHECK(report.has_errors() != each.accepted);
    if (each.accepted) continue;
    for (const Finding& finding : report.findings()) {
      if (finding.severity != Severity::kError) continue;
      CHECK(finding.file == "case.yml");
      if (each.where == "any") CHECK(finding.mark.line >= 1);
      if (each.where != "any" && each.where != "file") {
        CHECK(finding.mark.line == std::stoi(each.where));
        CHECK(finding.mark.column >= 1);
      }
    }
  }
  CHECK(elsewhere == kRefusedByRules.size() + kRefusedByHttp.size());
}

}  // namespace jmxbridge
