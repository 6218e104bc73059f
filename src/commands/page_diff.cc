#include "commands/page_diff.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <vector>

#include "base/log.h"

namespace jmxbridge {
namespace {

constexpr std::size_t kLongestSeries = 500;
constexpr std::string_view kTotal = "_total";

std::string shown_series(std::string_view text) { return printable(text, kLongestSeries); }

std::string_view without(std::string_view name, std::string_view suffix) {
  return name.ends_with(suffix) ? name.substr(0, name.size() - suffix.size()) : name;
}

/// What a Java agent adds of its own process, by the beginnings of its families' names. A rule may
/// make families of such names as well.
bool is_of_agent(std::string_view family) {
  constexpr std::array<std::string_view, 10> kStarts = {
      "jvm_buffer_pool_", "jvm_classes_",
      "jvm_compilation_", "jvm_gc_collection_seconds",
      "jvm_memory_",      "jvm_native_memory_",
      "jvm_runtime_info", "jvm_info",
      "jvm_threads_",     "process_"};
  return std::any_of(kStarts.begin(), kStarts.end(),
                     [&](std::string_view start) { return family.starts_with(start); });
}

std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
  }
  return out;
}

/// One family of a page: its type, and its series by their text.
struct Family {
  std::string_view type;
  std::map<std::string, double> series;
};

class PageFamilies {
 public:
  explicit PageFamilies(const SampleText& text) {
    for (const TextSample& sample : text.samples) {
      const std::string_view name = family_of(text, sample.name);
      const auto [at, is_new] = families_.try_emplace(std::string(name));
      Family& family = at->second;
      if (is_new) {
        const auto metadata = text.families.find(name);
        const bool is_typed = metadata != text.families.end() && !metadata->second.type.empty();
        // What has no type is read as one of this.
        family.type = is_typed ? std::string_view(metadata->second.type) : "untyped";
        folded_.emplace(lower_case(name), name);
      }
      family.series.emplace(sample_name_text(sample), sample.value);
    }
  }

  const std::map<std::string, Family, std::less<>>& all() const { return families_; }
  const Family* find(std::string_view name) const {
    const auto at = families_.find(name);
    return at == families_.end() ? nullptr : &at->second;
  }
  /// The family of that name in other case, or empty.
  std::string_view in_other_case(std::string_view name) const {
    const auto at = folded_.find(lower_case(name));
    return at == folded_.end() ? std::string_view() : std::string_view(at->second);
  }

  std::size_t size() const {
    std::size_t count = 0;
    for (const auto& [name, family] : families_) count += family.series.size();
    return count;
  }

 private:
  std::map<std::string, Family, std::less<>> families_;
  std::map<std::string, std::string> folded_;
};

/// Lines of one kind, of which only the first are kept. Their order is that of their families.
class LimitedLines {
 public:
  LimitedLines(std::string_view kind, std::size_t limit) : kind_(kind), limit_(limit) {}

  /// `series`: how many the line stands for.
  void add(std::size_t series, const std::string& text) {
    count_ += series;
    if (limit_ > 0 && shown_ >= limit_) {
      hidden_ += series;
      return;
    }
    ++shown_;
    text_ += fmt::format("{:<8} {}\n", kind_, text);
  }
  void append_to(std::string& out) const {
    out += text_;
    if (hidden_ > 0)
      out += fmt::format("{:<8} … and {} more; --limit=0 shows all\n", kind_, hidden_);
  }
  std::size_t count() const { return count_; }

 private:
  std::string_view kind_;
  std::size_t limit_;
  std::size_t shown_ = 0;
  std::size_t hidden_ = 0;
  std::size_t count_ = 0;
  std::string text_;
};

bool is_same(double a, double b, const Tolerance& tolerance) {
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && std::isnan(b);
  if (a == b) return true;
  if (std::isinf(a) || std::isinf(b)) return false;
  const double most =
      std::max(tolerance.absolute, tolerance.relative * std::max(std::abs(a), std::abs(b)));
  return std::abs(a - b) <= most;
}

/// Where to look for a family that B lacks.
std::string where_is(std::string_view name, const Family& family, const PageFamilies& b) {
  if (name.ends_with(kTotal) && b.find(without(name, kTotal)) != nullptr) {
    return fmt::format(
        "B has it without {}, as it is no counter there; give its rule 'type: COUNTER'", kTotal);
  }
  if (b.find(std::string(name) + std::string(kTotal)) != nullptr) {
    return fmt::format("B has it as a counter, with {}; take 'type: COUNTER' from its rule",
                       kTotal);
  }
  if (const std::string_view other = b.in_other_case(name); !other.empty()) {
    return fmt::format("B has it as {}; set lowercaseOutputName as A has it", shown_series(other));
  }
  if (is_of_agent(name)) {
    return "the Java agent adds it of its own JVM; B has the same as java_lang_*, so change what "
           "reads it";
  }
  if (family.series.size() == 1) {
    return "B has nothing of this name; see with 'jmxbridge explain' what becomes of its bean";
  }
  return "B has none of them; see with 'jmxbridge explain' what becomes of their beans";
}

class Comparison {
 public:
  Comparison(const SampleText& a, const SampleText& b, const DiffOptions& options)
      : a_(a), b_(b), options_(options) {}

  PageDiff compare() {
    for (const auto& [name, family] : a_.all()) {
      const Family* other = b_.find(name);
      if (is_left_out(name, other != nullptr)) {
        if (is_of_agent(name)) of_agent_ += family.series.size();
        left_out_ += family.series.size() + (other != nullptr ? other->series.size() : 0);
      } else if (other == nullptr) {
        miss_family(name, family);
      } else {
        has_common_ = true;
        compare_families(name, family, *other);
      }
    }
    for (const auto& [name, family] : b_.all()) {
      if (a_.find(name) != nullptr) continue;
      if (is_left_out(name, /*in_both=*/false)) {
        left_out_ += family.series.size();
      } else {
        find_extra_family(name, family);
      }
    }
    return result();
  }

 private:
  bool is_left_out(std::string_view name, bool in_both) const {
    if (options_.own) return false;
    return is_own_family(name) || (is_of_agent(name) && !in_both);
  }

  void miss_family(std::string_view name, const Family& family) {
    const std::size_t count = family.series.size();
    const std::string what =
        count == 1 ? shown_series(family.series.begin()->first)
                   : fmt::format("{} ({}, {} series)", shown_series(name), family.type, count);
    missing_.add(count, fmt::format("{}: {}", what, where_is(name, family, b_)));
  }

  void find_extra_family(std::string_view name, const Family& family) {
    const std::size_t count = family.series.size();
    const std::string what =
        count == 1 ? shown_series(family.series.begin()->first)
                   : fmt::format("{} ({}, {} series)", shown_series(name), family.type, count);
    extra_.add(count, what +
                          ": A lacks it, so nothing reads it yet; keep it, or leave its bean out "
                          "with excludeObjectNames");
  }

  void compare_families(std::string_view name, const Family& a, const Family& b) {
    if (a.type != b.type) {
      types_.add(1, fmt::format("{}: {} in A, {} in B; give its rule the type that A has",
                                shown_series(name), a.type, b.type));
    }
    for (const auto& [key, value] : a.series) {
      const auto other = b.series.find(key);
      if (other == b.series.end()) {
        missing_.add(1, fmt::format("{}: B has the name with other labels, as {}; compare the "
                                    "rule's labels, or see whether its bean is gone",
                                    shown_series(key), shown_series(b.series.begin()->first)));
      } else {
        compare_values(key, value, other->second);
      }
    }
    for (const auto& [key, value] : b.series) {
      if (a.series.contains(key)) continue;
      extra_.add(1, fmt::format("{}: A has the name with other labels, as {}; compare the rule's "
                                "labels, or see whether its bean is new",
                                shown_series(key), shown_series(a.series.begin()->first)));
    }
  }

  void compare_values(const std::string& key, double a, double b) {
    if (is_same(a, b, options_.tolerance)) return;
    if (!options_.values) {
      ++moved_;
      return;
    }
    values_.add(1, fmt::format("{}: {} in A, {} in B; if it moves, allow for it with --tolerance; "
                               "else compare 'value' and 'valueFactor' of its rule",
                               shown_series(key), sample_number_text(a), sample_number_text(b)));
  }

  PageDiff result() const {
    PageDiff diff;
    for (const LimitedLines* lines : {&missing_, &extra_, &types_, &values_}) {
      lines->append_to(diff.text);
      diff.differences += lines->count();
    }
    diff.is_empty = !has_common_ && diff.differences == 0;
    diff.text +=
        fmt::format("A has {} series, B has {}; {} missing in B, {} extra, {} of another type",
                    a_.size(), b_.size(), missing_.count(), extra_.count(), types_.count());
    if (options_.values) {
      diff.text += fmt::format(", {} of another value\n", values_.count());
    } else {
      diff.text += '\n';
    }
    if (moved_ > 0) {
      diff.text += fmt::format(
          "{} series have another value, which is no difference as long as time goes on; --values "
          "or "
          "--tolerance=5% shows them\n",
          moved_);
    }
    if (left_out_ > 0) {
      diff.text += fmt::format(
          "{} series of the exporters themselves left out; --own compares them\n", left_out_);
    }
    if (of_agent_ > 0) {
      diff.text += fmt::format(
          "{} series of A come from the Java agent's own JVM (jvm_*, process_*); B has the same as "
          "java_lang_*, so change what reads them\n",
          of_agent_);
    }
    return diff;
  }

  const PageFamilies a_;
  const PageFamilies b_;
  const DiffOptions& options_;
  LimitedLines missing_{"missing", options_.limit};
  LimitedLines extra_{"extra", options_.limit};
  LimitedLines types_{"type", options_.limit};
  LimitedLines values_{"value", options_.limit};
  bool has_common_ = false;
  std::size_t moved_ = 0;
  std::size_t left_out_ = 0;
  std::size_t of_agent_ = 0;
};

}  // namespace

bool is_own_family(std::string_view family) {
  // The names are whole: a rule may make others that start with jmx_.
  constexpr std::array<std::string_view, 9> kNames = {
      "jmx_config_reload_failure",  "jmx_config_reload_success", "jmx_exporter_build_info",
      "jmx_http_requests_rejected", "jmx_scrape_cached_beans",   "jmx_scrape_duration_seconds",
      "jmx_scrape_error",           "jmx_scrape_timeout",        "jmx_up"};
  const std::string_view base = without(without(family, kTotal), "_created");
  return family.starts_with("jmxbridge_") ||
         std::find(kNames.begin(), kNames.end(), base) != kNames.end();
}

PageDiff compare_pages(const SampleText& a, const SampleText& b, const DiffOptions& options) {
  return Comparison(a, b, options).compare();
}

}  // namespace jmxbridge
