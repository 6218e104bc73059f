#include "config/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace jmxbridge {
namespace {

std::string_view name_of(Severity severity) {
  switch (severity) {
    case Severity::kNote:
      return "note";
    case Severity::kWarning:
      return "warning";
    case Severity::kError:
      break;
  }
  return "error";
}

std::string line_of(const Finding& finding) {
  std::string line = finding.file;
  if (finding.mark.line > 0) {
    line += fmt::format(":{}:{}", finding.mark.line, finding.mark.column);
  }
  line += fmt::format(": {}: ", name_of(finding.severity));
  if (!finding.key.empty()) line += finding.key + ": ";
  return line + finding.text;
}

}  // namespace

void Report::error(Mark mark, std::string_view key, std::string_view text) {
  findings_.push_back({Severity::kError, file_, mark, std::string(key), std::string(text)});
}

void Report::warning(Mark mark, std::string_view key, std::string_view text) {
  findings_.push_back({Severity::kWarning, file_, mark, std::string(key), std::string(text)});
}

void Report::note(Mark mark, std::string_view key, std::string_view text) {
  findings_.push_back({Severity::kNote, file_, mark, std::string(key), std::string(text)});
}

std::size_t Report::count(Severity severity) const {
  return static_cast<std::size_t>(
      std::count_if(findings_.begin(), findings_.end(),
                    [severity](const Finding& f) { return f.severity == severity; }));
}

std::vector<const Finding*> Report::sorted() const {
  std::vector<const Finding*> sorted;
  sorted.reserve(findings_.size());
  for (const Finding& finding : findings_) sorted.push_back(&finding);
  // Findings of one place stay in the order they were met, which is that of their addresses.
  std::sort(sorted.begin(), sorted.end(), [](const Finding* a, const Finding* b) {
    return std::tie(a->mark.line, a->mark.column, a) < std::tie(b->mark.line, b->mark.column, b);
  });
  return sorted;
}

std::string Report::text() const {
  std::string out;
  for (const Finding* finding : sorted()) out += line_of(*finding) + '\n';
  return out;
}

std::vector<std::string> Report::lines(Severity severity) const {
  std::vector<std::string> lines;
  for (const Finding* finding : sorted()) {
    if (finding->severity == severity) lines.push_back(line_of(*finding));
  }
  return lines;
}

}  // namespace jmxbridge
