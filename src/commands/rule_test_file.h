#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/report.h"
#include "exposition/sample_text.h"

namespace jmxbridge {

/// What one test wants of the page that a rule file makes of snapshots.
struct RuleTest {
  std::string name;
  /// The page is that of the last one; those before are scraped first. Paths, as they are opened.
  std::vector<std::string> snapshots;
  /// Must be there: each sample with its number; types and helps where they are given.
  SampleText expected;
  bool all_complete = false;          ///< nothing else may be there
  std::vector<std::string> complete;  ///< of these families nothing else may be there
  /// Must not be there: samples of this name that have at least these labels.
  std::vector<TextSample> absent;
  double tolerance = 0;  ///< how far a number may be off, absolutely
};

/// A file for `jmxbridge test-rules`.
struct RuleTestFile {
  std::string rule_file;  ///< the path, as it is opened
  std::vector<RuleTest> tests;
};

/// What a test file says; usable only if the report has no errors.
struct LoadedRuleTests {
  RuleTestFile file;
  Report report;
};

/// Reads a test file: all findings at once. Paths in it are relative to its folder.
LoadedRuleTests load_rule_tests(const std::string& path);

/// The same for text that is already here.
LoadedRuleTests load_rule_tests_text(std::string_view text, const std::string& path);

}  // namespace jmxbridge
