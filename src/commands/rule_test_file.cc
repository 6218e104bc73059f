#include "commands/rule_test_file.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <filesystem>
#include <optional>
#include <utility>

#include "base/result.h"
#include "config/load.h"
#include "config/section.h"
#include "config/yaml_reader.h"

namespace jmxbridge {
namespace {

constexpr std::array<std::string_view, 5> kTopKeys = {"rule_file", "snapshot", "snapshots",
                                                      "tolerance", "tests"};
constexpr std::array<std::string_view, 7> kTestKeys = {
    "name", "snapshot", "snapshots", "expect", "complete", "absent", "tolerance"};

/// What the top level says and a test may say otherwise.
struct Defaults {
  std::vector<std::string> snapshots;
  double tolerance = 0;
};

class TestFileLoader {
 public:
  TestFileLoader(const std::string& path, RuleTestFile& out)
      : folder_(std::filesystem::path(path).parent_path()), out_(out) {}

  void load(const Section& top) {
    top.expect_keys(kTopKeys);
    const std::optional<std::string> rules = top.text("rule_file");
    if (top.find("rule_file") == nullptr || (rules && rules->empty())) {
      top.error(top.key_mark("rule_file"), "rule_file",
                "this is missing; name the configuration whose rules are tested");
    }
    if (rules) out_.rule_file = path_of(*rules);
    const Defaults defaults = load_defaults(top, {});
    const YamlNode* tests = top.find("tests");
    if (tests == nullptr || tests->type != YamlType::kSequence || tests->items.empty()) {
      top.error(tests == nullptr ? top.node().mark : tests->mark, "tests",
                "this is missing, or no list; write '- name: …' with 'expect: |' for each test");
      return;
    }
    for (std::size_t i = 0; i < tests->items.size(); ++i) {
      const YamlNode& node = *tests->items[i];
      const std::string path = element_path("tests", i);
      if (node.type == YamlType::kMapping) {
        load_test(Section(node, path, top.report()), i, defaults);
      } else {
        top.error(node.mark, path, found(node) + "; write a map with name and expect");
      }
    }
  }

 private:
  std::string path_of(const std::string& path) const { return (folder_ / path).string(); }

  Defaults load_defaults(const Section& section, Defaults otherwise) const {
    if (section.find("snapshot") != nullptr || section.find("snapshots") != nullptr) {
      otherwise.snapshots = load_snapshots(section);
    }
    otherwise.tolerance = load_tolerance(section).value_or(otherwise.tolerance);
    return otherwise;
  }

  std::vector<std::string> load_snapshots(const Section& section) const {
    std::vector<std::string> paths;
    if (section.find("snapshot") != nullptr && section.find("snapshots") != nullptr) {
      section.error(section.key_mark("snapshots"), "snapshots",
                    "snapshot is given as well; keep one of the two");
    }
    if (const std::optional<std::string> one = section.text("snapshot")) {
      paths.push_back(path_of(*one));
    }
    for (std::string& each : load_texts(section, "snapshots", "a list of snapshot files")) {
      paths.push_back(path_of(each));
    }
    return paths;
  }

  static std::vector<std::string> load_texts(const Section& section, std::string_view key,
                                             std::string_view wanted) {
    std::vector<std::string> texts;
    const YamlNode* node = section.find(key);
    if (node == nullptr) return texts;
    if (node->type != YamlType::kSequence) {
      section.wrong(key, *node, wanted);
      return texts;
    }
    for (std::size_t i = 0; i < node->items.size(); ++i) {
      const YamlNode& item = *node->items[i];
      if (item.type == YamlType::kString && !item.text.empty()) {
        texts.push_back(item.text);
      } else {
        section.error(item.mark, element_path(key, i),
                      found(item) + "; write a text, in quotes if need be");
      }
    }
    return texts;
  }

  static std::optional<double> load_tolerance(const Section& section) {
    const YamlNode* node = section.find("tolerance");
    if (node == nullptr) return std::nullopt;
    const bool is_number = node->type == YamlType::kInt || node->type == YamlType::kLong ||
                           node->type == YamlType::kFloat;
    if (is_number && node->number >= 0 && std::isfinite(node->number)) return node->number;
    section.wrong("tolerance", *node, "how far a number may be off, such as 0.001");
    return std::nullopt;
  }

  void load_test(const Section& section, std::size_t index, const Defaults& defaults) {
    section.expect_keys(kTestKeys);
    RuleTest test;
    test.name = section.text("name").value_or("");
    if (test.name.empty()) test.name = element_path("tests", index);
    Defaults own = load_defaults(section, defaults);
    test.snapshots = std::move(own.snapshots);
    test.tolerance = own.tolerance;
    if (test.snapshots.empty()) {
      section.error(section.node().mark, "snapshot",
                    "no snapshot is named, here or at the top; add 'snapshot: FILE', made with "
                    "'jmxbridge snapshot'");
    }
    load_expected(section, test);
    load_complete(section, test);
    load_absent(section, test);
    if (section.find("expect") == nullptr && test.absent.empty() && test.complete.empty() &&
        !test.all_complete) {
      section.error(section.node().mark, "expect",
                    "the test wants nothing; add expect, complete or absent");
    }
    out_.tests.push_back(std::move(test));
  }

  static void load_expected(const Section& section, RuleTest& test) {
    const std::optional<std::string> text = section.text("expect");
    if (!text) return;
    Result<SampleText, SampleTextError> expected = parse_sample_text(*text);
    if (expected) {
      test.expected = std::move(*expected);
      return;
    }
    const SampleTextError& error = expected.error();
    section.error(
        section.find("expect")->mark, "expect",
        fmt::format("line {} of this text, column {}: {}", error.line, error.column, error.text));
  }

  static void load_complete(const Section& section, RuleTest& test) {
    const YamlNode* node = section.find("complete");
    if (node != nullptr && node->type == YamlType::kBool) {
      test.all_complete = node->boolean;
      return;
    }
    test.complete = load_texts(section, "complete", "true, or a list of metric names");
  }

  static void load_absent(const Section& section, RuleTest& test) {
    const YamlNode* node = section.find("absent");
    std::vector<std::string> texts =
        load_texts(section, "absent", "a list of metric names, with labels if need be");
    for (const std::string& text : texts) {
      Result<TextSample, SampleTextError> name = parse_sample_name(text);
      if (name) {
        test.absent.push_back(std::move(*name));
      } else {
        section.error(
            node->mark, "absent",
            fmt::format("'{}', column {}: {}", text, name.error().column, name.error().text));
      }
    }
  }

  std::filesystem::path folder_;
  RuleTestFile& out_;
};

}  // namespace

LoadedRuleTests load_rule_tests_text(std::string_view text, const std::string& path) {
  LoadedRuleTests loaded{{}, Report(path)};
  const YamlDocument document = read_yaml(text, loaded.report, Severity::kError);
  if (!document.valid) return loaded;
  if (document.root == nullptr || document.root->type != YamlType::kMapping) {
    const Mark mark = document.root == nullptr ? Mark{} : document.root->mark;
    loaded.report.error(mark, "", "this is no test file; write rule_file, snapshot and tests");
    return loaded;
  }
  TestFileLoader(path, loaded.file).load(Section(*document.root, "", loaded.report));
  return loaded;
}

LoadedRuleTests load_rule_tests(const std::string& path) {
  const Result<std::string> text = read_yaml_file(path);
  if (text) return load_rule_tests_text(*text, path);
  LoadedRuleTests loaded{{}, Report(path)};
  loaded.report.error({}, "", text.error().text);
  return loaded;
}

}  // namespace jmxbridge
