#include "config/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace jmxbridge {

void Report::error(Mark mark, std::string_view key, std::string_view text) {
  findings_.push_back({Severity::kError, file_, mark, std::string(key), std::string(text)});
}

void Report::warning(Mark mark, std::string_view key, std::string_view text) {
  findings_.push_back({Severity::kWarning, file_, mark, std::string(key), std::string(text)});
}

bool Report::has_errors() const {
  return std::any_of(findings_.begin(), findings_.end(),
                     [](const Finding& f) { return f.severity == Severity::kError; });
}

bool Report::has_warnings() const {
  return std::any_of(findings_.begin(), findings_.end(),
                     [](const Finding& f) { return f.severity == Severity::kWarning; });
}

std::string Report::text() const {
  std::vector<const Finding*> sorted;
  sorted.reserve(findings_.size());
  for (const Finding& finding : findings_) sorted.push_back(&finding);
  // Findings of one place stay in the order they were met, which is that of their addresses.
  std::sort(sorted.begin(), sorted.end(), [](const Finding* a, const Finding* b) {
    return std::tie(a->mark.line, a->mark.column, a) < std::tie(b->mark.line, b->mark.column, b);
  });

  std::string out;
  for (const Finding* finding : sorted) {
    out += finding->file;
    if (finding->mark.line > 0) {
      out += fmt::format(":{}:{}", finding->mark.line, finding->mark.column);
    }
    out += finding->severity == Severity::kError ? ": error: " : ": warning: ";
    if (!finding->key.empty()) out += finding->key + ": ";
    out += finding->text;
    out += '\n';
  }
  return out;
}

}  // namespace jmxbridge
