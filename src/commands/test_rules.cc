#include "commands/test_rules.h"

#include <fmt/format.h>

#include <cstdio>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/log.h"
#include "commands/configuration.h"
#include "commands/recorded_scrape.h"
#include "commands/rule_test_file.h"
#include "commands/sample_diff.h"
#include "snapshot/read_snapshot.h"

namespace jmxbridge {
namespace {

void complain(const std::string& text) { std::fputs(text.c_str(), stderr); }

/// Runs the tests of one file; each snapshot is read once, each sequence of them scraped once.
class TestRun {
 public:
  explicit TestRun(const std::string& path) : path_(path) {}

  /// False if a test fails, or the file cannot be used.
  bool run() {
    LoadedRuleTests loaded = load_rule_tests(path_);
    if (!loaded.report.findings().empty()) {
      complain(loaded.report.text());
      return false;
    }
    LoadedSnapshot rules = load_rules(loaded.file.rule_file, ConfigUse::kRulesOnly);
    if (!rules.snapshot) {
      complain(rules.report.text());
      return false;
    }
    rules_ = std::move(rules.snapshot);
    for (const RuleTest& test : loaded.file.tests) {
      for (const std::string& snapshot : test.snapshots) {
        if (!read(snapshot)) return false;
      }
    }
    return run_all(loaded.file.tests);
  }

 private:
  bool read(const std::string& path) {
    if (recordings_.contains(path)) return true;
    Result<Recording> recording = read_snapshot_file(path);
    if (!recording) {
      complain(recording.error().text + "\n");
      return false;
    }
    recordings_[path] = std::make_shared<const Recording>(std::move(*recording));
    return true;
  }

  bool run_all(const std::vector<RuleTest>& tests) {
    std::size_t failed = 0;
    for (const RuleTest& test : tests) {
      const std::vector<std::string> found = differences(test, page_of(test.snapshots));
      fmt::print("{} {}\n", found.empty() ? "ok     " : "FAILED ", printable(test.name));
      for (const std::string& line : found) fmt::print("    {}\n", line);
      if (!found.empty()) ++failed;
    }
    if (failed == 0) {
      fmt::print("{}: {} ok\n", path_, tests.size());
    } else {
      fmt::print("{}: {} of {} failed\n", path_, failed, tests.size());
    }
    return failed == 0;
  }

  const TestedPage& page_of(const std::vector<std::string>& snapshots) {
    const auto known = pages_.find(snapshots);
    if (known != pages_.end()) return known->second;
    std::vector<std::shared_ptr<const Recording>> sequence;
    sequence.reserve(snapshots.size());
    for (const std::string& path : snapshots) sequence.push_back(recordings_.at(path));
    return pages_.emplace(snapshots, scrape_recordings(*rules_, std::move(sequence))).first->second;
  }

  const std::string& path_;
  std::shared_ptr<const Snapshot> rules_;
  std::map<std::string, std::shared_ptr<const Recording>> recordings_;
  std::map<std::vector<std::string>, TestedPage> pages_;
};

}  // namespace

int test_rules(const CommandLine& line) {
  set_up_log(line.log_level, line.log_format);
  bool all_pass = true;
  for (const std::string& path : line.files) all_pass = TestRun(path).run() && all_pass;
  return all_pass ? kExitFine : kExitError;
}

}  // namespace jmxbridge
