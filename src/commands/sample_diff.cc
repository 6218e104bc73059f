#include "commands/sample_diff.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string_view>

#include "base/log.h"

namespace jmxbridge {
namespace {

/// As many lines of one kind are shown; the rest is counted.
constexpr std::size_t kShownLines = 20;
/// As many samples of the same name are shown beside one that is missing.
constexpr std::size_t kShownSiblings = 3;
constexpr std::size_t kLongestSample = 2000;

std::string shown_sample(const std::string& text) { return printable(text, kLongestSample); }

/// Lines of one kind, of which only the first are kept.
class Lines {
 public:
  explicit Lines(std::string_view kind) : kind_(kind) {}

  void add(const std::string& text) {
    if (++count_ <= kShownLines) lines_.push_back(fmt::format("{:<11} {}", kind_, text));
  }
  void move_to(std::vector<std::string>& out) {
    out.insert(out.end(), lines_.begin(), lines_.end());
    if (count_ > kShownLines) {
      out.push_back(fmt::format("{:<11} … and {} more", kind_, count_ - kShownLines));
    }
  }

 private:
  std::string_view kind_;
  std::vector<std::string> lines_;
  std::size_t count_ = 0;
};

bool same_number(double a, double b, double tolerance) {
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && std::isnan(b);
  return a == b || std::abs(a - b) <= tolerance;
}

bool has_labels(const TextSample& sample, const std::vector<Label>& wanted) {
  return std::all_of(wanted.begin(), wanted.end(), [&](const Label& label) {
    return std::find(sample.labels.begin(), sample.labels.end(), label) != sample.labels.end();
  });
}

/// The page's samples, found by their name and labels.
class Samples {
 public:
  explicit Samples(const SampleText& text) {
    for (const TextSample& sample : text.samples) {
      by_key_[sample_name_text(sample)] = &sample;
      by_name_[sample.name].push_back(&sample);
    }
  }

  const TextSample* find(const std::string& key) const {
    const auto at = by_key_.find(key);
    return at == by_key_.end() ? nullptr : at->second;
  }

  /// What there is of that name instead, for the reader to see the difference.
  std::string siblings(const std::string& name) const {
    const auto at = by_name_.find(name);
    if (at == by_name_.end()) return "; no sample has this name";
    std::string text = "; there is ";
    for (std::size_t i = 0; i < at->second.size() && i < kShownSiblings; ++i) {
      if (i > 0) text += ", ";
      text += shown_sample(sample_name_text(*at->second[i]));
    }
    if (at->second.size() > kShownSiblings) {
      text += fmt::format(" and {} more", at->second.size() - kShownSiblings);
    }
    return text;
  }

 private:
  std::map<std::string, const TextSample*> by_key_;
  std::map<std::string, std::vector<const TextSample*>> by_name_;
};

void compare_expected(const RuleTest& test, const TestedPage& page,
                      std::set<std::string>& expected_keys, std::vector<std::string>& out) {
  const Samples samples(page.text);
  Lines missing("missing");
  Lines values("value");
  for (const TextSample& wanted : test.expected.samples) {
    const std::string key = sample_name_text(wanted);
    expected_keys.insert(key);
    const TextSample* there = samples.find(key);
    if (there == nullptr) {
      missing.add(fmt::format("{} {}{}", shown_sample(key), sample_number_text(wanted.value),
                              samples.siblings(wanted.name)));
    } else if (!same_number(wanted.value, there->value, test.tolerance)) {
      values.add(fmt::format("{}: expected {}, found {}", shown_sample(key),
                             sample_number_text(wanted.value), sample_number_text(there->value)));
    }
  }
  missing.move_to(out);
  values.move_to(out);
}

void find_unexpected(const RuleTest& test, const TestedPage& page,
                     const std::set<std::string>& expected_keys, std::vector<std::string>& out) {
  Lines unexpected("unexpected");
  for (const TextSample& sample : page.text.samples) {
    const std::string_view family = family_of(page.text, sample.name);
    const bool is_judged =
        (test.all_complete && !page.own.contains(family)) ||
        std::find(test.complete.begin(), test.complete.end(), family) != test.complete.end();
    const std::string key = sample_name_text(sample);
    if (is_judged && !expected_keys.contains(key)) {
      unexpected.add(shown_sample(key) + " " + sample_number_text(sample.value));
    }
  }
  unexpected.move_to(out);
}

void find_present(const RuleTest& test, const TestedPage& page, std::vector<std::string>& out) {
  Lines present("present");
  for (const TextSample& sample : page.text.samples) {
    const std::string_view family = family_of(page.text, sample.name);
    const bool is_unwanted =
        std::any_of(test.absent.begin(), test.absent.end(), [&](const TextSample& absent) {
          return (absent.name == sample.name || absent.name == family) &&
                 has_labels(sample, absent.labels);
        });
    if (is_unwanted) {
      present.add(shown_sample(sample_name_text(sample)) + " " + sample_number_text(sample.value));
    }
  }
  present.move_to(out);
}

void compare_families(const RuleTest& test, const TestedPage& page, std::vector<std::string>& out) {
  Lines types("type");
  Lines helps("help");
  for (const auto& [name, wanted] : test.expected.families) {
    const auto there = page.text.families.find(name);
    const bool is_there = there != page.text.families.end();
    const std::string type = is_there ? there->second.type : "nothing";
    if (!wanted.type.empty() && wanted.type != type) {
      types.add(fmt::format("{}: expected {}, found {}", shown_sample(name), wanted.type, type));
    }
    if (wanted.has_help && is_there && wanted.help != there->second.help) {
      helps.add(fmt::format("{}: expected '{}', found '{}'", shown_sample(name),
                            shown_sample(wanted.help), shown_sample(there->second.help)));
    }
  }
  types.move_to(out);
  helps.move_to(out);
}

/// A scrape that loses samples is a failure that the rules made, unless the test wants it.
void judge_scrape(const RuleTest& test, const TestedPage& page, std::vector<std::string>& out) {
  constexpr std::string_view kError = "jmx_scrape_error";
  const auto is_error = [&](const TextSample& sample) { return sample.name == kError; };
  if (std::any_of(test.expected.samples.begin(), test.expected.samples.end(), is_error)) return;
  const auto there = std::find_if(page.text.samples.begin(), page.text.samples.end(), is_error);
  if (there != page.text.samples.end() && there->value != 0) {
    out.push_back(
        fmt::format("{:<11} {} is 1: a sample was lost, as the warning says; mend the "
                    "rule, or expect it",
                    "scrape", kError));
  }
}

}  // namespace

std::vector<std::string> differences(const RuleTest& test, const TestedPage& page) {
  std::vector<std::string> out;
  std::set<std::string> expected_keys;
  judge_scrape(test, page, out);
  compare_expected(test, page, expected_keys, out);
  find_unexpected(test, page, expected_keys, out);
  find_present(test, page, out);
  compare_families(test, page, out);
  return out;
}

}  // namespace jmxbridge
