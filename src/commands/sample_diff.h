#pragma once

#include <set>
#include <string>
#include <vector>

#include "commands/rule_test_file.h"
#include "exposition/sample_text.h"

namespace jmxbridge {

/// A page as tests see it.
struct TestedPage {
  SampleText text;
  /// The families of which every sample is the daemon's own, by their names in the text.
  std::set<std::string, std::less<>> own;
};

/// What the page lacks, has too much or has otherwise than the test wants, a line each: `missing`,
/// `value`, `unexpected`, `present`, `type` or `help`, then what it is about. Empty: it passes.
std::vector<std::string> differences(const RuleTest& test, const TestedPage& page);

}  // namespace jmxbridge
